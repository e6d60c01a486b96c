"""Fifty initiatives, 2,000 resistances and 10,000 actions cost a page no query more."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from change_tracker.initiatives.models import Initiative, InitiativeMember
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceReview, ResistanceSource
from tests import factories
from tests.conftest import SignIn
from tests.contracts.test_page_budgets import BUDGETS
from tests.factories import NOW, TODAY
from tests.portal.browsing import INITIATIVES, overview_url, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive, pytest.mark.long]

SOURCES, ACTIONS = 40, 5  # of each initiative, and of each resistance
PAGES = {
    "initiatives": INITIATIVES,
    "initiative": overview_url("desk"),
    "register": "/change/i/desk/resistance/",
}


def fill(lead: Person, number: int, **values: Any) -> None:
    """So many initiatives, each with its register and what is done about it; a few statements."""
    kind = factories.make_source_type()
    slugs = [f"large-{n}" for n in range(number)] if not values else [values["slug"]]
    Initiative.objects.bulk_create(
        Initiative(title=slug, slug=slug, state="active", go_live_on=TODAY) for slug in slugs
    )
    made = list(Initiative.objects.filter(slug__in=slugs))
    InitiativeMember.objects.bulk_create(
        InitiativeMember(initiative=each, person=lead, role="lead") for each in made
    )
    ResistanceSource.objects.bulk_create(
        ResistanceSource(initiative=each, type=kind, statement=f"Entry {n}")
        for each in made
        for n in range(SOURCES)
    )
    sources = list(ResistanceSource.objects.filter(initiative__in=made))
    ResistanceReview.objects.bulk_create(
        ResistanceReview(source=each, level=each.pk % 6, reviewed_on=TODAY) for each in sources
    )
    MitigationAction.objects.bulk_create(
        MitigationAction(
            initiative_id=each.initiative_id,
            title=f"Action {n}",
            kind="coaching",
            owner=lead,
            due_on=TODAY + timedelta(days=each.pk % 9 - 4),
        )
        for each in sources
        for n in range(ACTIONS)
    )
    actions = MitigationAction.objects.filter(initiative__in=made).order_by("initiative", "pk")
    in_order = sorted(sources, key=lambda each: (-each.initiative_id, each.pk))
    through = MitigationAction.sources.through
    pairs = zip([each for each in in_order for _ in range(ACTIONS)], actions, strict=True)
    through.objects.bulk_create(
        through(resistancesource=source, mitigationaction=action) for source, action in pairs
    )


def test_portfolio_overview_and_register_keep_to_their_budgets(
    lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    with time_machine.travel(NOW, tick=False):
        fill(lead, 1, slug="desk")
        few = {name: len(queries(page, url)) for name, url in PAGES.items()}
        fill(lead, 49)

        many = {name: len(queries(page, url)) for name, url in PAGES.items()}

        assert ResistanceSource.objects.count() == 50 * SOURCES
        assert MitigationAction.objects.count() == 50 * SOURCES * ACTIONS
        assert many == few
        assert all(number <= BUDGETS[name] for name, number in many.items()), many
        assert "50 initiatives" in words(page.get(INITIATIVES))
