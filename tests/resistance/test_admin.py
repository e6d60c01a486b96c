"""The admin of the register and the catalogue: through services, reviews append-only."""

from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.resistance.admin import SourceTypeAdmin
from change_tracker.resistance.models import ResistanceSource, SourceType
from change_tracker.resistance.services.catalogue import load_catalogue
from change_tracker.resistance.services.packs import read_pack
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Person:
    login = factories.make_user("ada", is_superuser=True, is_staff=True)
    return factories.make_person("Ada", login=login)


@pytest.fixture
def client(ada: Person, sign_in: SignIn) -> Client:
    return sign_in.page(ada)


def at(model: str, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:change_tracker_{model}_{page}", args=args)


def review_form(source: ResistanceSource, **values: Any) -> dict[str, Any]:
    """What a browser sends when it saves the page of `source`, with `values` typed in."""
    count = source.reviews.count()
    return {
        "type": source.type_id,
        "statement": source.statement,
        "origin": source.origin,
        "stage": source.stage,
        "target_level": source.target_level,
        "reviews-TOTAL_FORMS": count,
        "reviews-INITIAL_FORMS": count,
    } | values


def test_site_staff_who_lead_record_and_review(
    client: Client, ada: Person, initiative: Initiative
) -> None:
    factories.make_role(initiative, ada, "lead")
    kind = factories.make_source_type(readiness_stage="ability")
    sent = {
        "initiative": initiative.pk,
        "type": kind.pk,
        "statement": "No time.",
        "origin": "observed",
        "target_level": 1,
        "reviews-TOTAL_FORMS": 0,
        "reviews-INITIAL_FORMS": 0,
    }
    client.post(at("resistancesource", "add"), sent)
    source = ResistanceSource.objects.get()
    typed = {
        "statement": "No time at all.",
        "reviews-TOTAL_FORMS": 1,
        "reviews-0-source": source.pk,
        "reviews-0-level": 4,
        "reviews-0-reviewed_on": "2026-11-01",
    }
    client.post(at("resistancesource", "change", source.pk), review_form(source, **typed))

    source.refresh_from_db()
    assert (source.stage, source.statement) == ("ability", "No time at all.")
    assert (source.reviews.get().level, source.reviews.get().reviewer) == (4, ada)
    verbs = AuditEvent.objects.filter(actor_label="ada").values_list("object_type", "verb")
    assert list(verbs.order_by("pk")) == [
        ("resistancesource", "created"),
        ("resistancesource", "changed"),
        ("resistancereview", "created"),
    ]


def test_a_review_is_not_changed_in_the_admin_either(
    client: Client, ada: Person, source: ResistanceSource
) -> None:
    factories.make_role(source.initiative, ada, "lead")
    review = factories.make_review(source, 3)
    typed = {
        "reviews-0-id": review.pk,
        "reviews-0-source": source.pk,
        "reviews-0-level": 1,
        "reviews-0-DELETE": "on",
    }

    client.post(at("resistancesource", "change", source.pk), review_form(source, **typed))

    review.refresh_from_db()
    assert (review.level, source.reviews.count()) == (3, 1)


def test_site_staff_who_do_not_lead_only_read_the_register(
    client: Client, source: ResistanceSource
) -> None:
    page = client.get(at("resistancesource", "change", source.pk))
    assert (page.status_code, page.context["has_change_permission"]) == (200, False)

    typed = {"statement": "Mine"}
    client.post(at("resistancesource", "change", source.pk), review_form(source, **typed))
    client.post(
        at("resistancesource"), {"action": "move_to_assessed", "_selected_action": source.pk}
    )

    source.refresh_from_db()
    assert (source.statement, source.state) == ("Our jobs go next.", "identified")


def test_an_entry_shows_where_it_comes_from_and_keeps_its_slug(client: Client) -> None:
    load_catalogue(read_pack(), actor=None, now=NOW)
    row = SourceType.objects.get(slug="complacency")
    recommended = list(row.recommendations.all())
    url = at("sourcetype", "change", row.pk)

    assert "Complacency or resistance to change" in client.get(url).content.decode()
    sent = {
        "slug": "other",
        "label": "Smugness",
        "category": row.category_id,
        "readiness_stage": row.readiness_stage,
        "signs": row.signs,
        "recommendations-TOTAL_FORMS": len(recommended),
        "recommendations-INITIAL_FORMS": len(recommended),
        "recommendations-0-DELETE": "on",
        "technique_suggestions-TOTAL_FORMS": 0,
        "technique_suggestions-INITIAL_FORMS": 0,
    }
    for number, each in enumerate(recommended):
        sent[f"recommendations-{number}-id"] = each.pk
        sent[f"recommendations-{number}-source_type"] = row.pk
    response = client.post(url, sent, follow=True)

    assert response.status_code == 200
    row.refresh_from_db()
    assert (row.slug, row.label) == ("complacency", "Smugness")
    assert row.recommendations.count() == len(recommended) - 1
    assert load_catalogue(read_pack(), actor=None, now=NOW).left_alone == ["sources/complacency"]


def test_a_kind_of_resistance_is_added_with_an_answer(client: Client) -> None:
    category = factories.make_source_type().category
    strategy = factories.make_strategy()
    sent = {
        "slug": "rumours",
        "label": "Rumours",
        "category": category.pk,
        "readiness_stage": "awareness",
        "recommendations-TOTAL_FORMS": 1,
        "recommendations-INITIAL_FORMS": 0,
        "recommendations-0-strategy": strategy.pk,
        "recommendations-0-basis": "proposed",
        "technique_suggestions-TOTAL_FORMS": 0,
        "technique_suggestions-INITIAL_FORMS": 0,
    }

    client.post(at("sourcetype", "add"), sent | {"recommendations-TOTAL_FORMS": 0})
    assert not SourceType.objects.filter(slug="rumours").exists()
    client.post(at("sourcetype", "add"), sent)

    row = SourceType.objects.get(slug="rumours")
    assert row.recommendations.get().strategy == strategy


def test_answers_that_somebody_adds_while_the_form_is_saved_stay(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = factories.make_source_type()
    there, theirs, mine = (factories.make_strategy() for _ in range(3))
    first = kind.recommendations.create(strategy=there, basis="proposed")
    sent = {
        "label": "Said better",
        "category": kind.category_id,
        "readiness_stage": kind.readiness_stage,
        "recommendations-TOTAL_FORMS": 2,
        "recommendations-INITIAL_FORMS": 1,
        "recommendations-0-id": first.pk,
        "recommendations-0-source_type": kind.pk,
        "recommendations-1-strategy": mine.pk,
        "recommendations-1-basis": "proposed",
        "technique_suggestions-TOTAL_FORMS": 0,
        "technique_suggestions-INITIAL_FORMS": 0,
    }

    def after_the_other(*given: Any, **named: Any) -> Any:
        """When the page has read the answers, and before it writes."""
        if not kind.recommendations.filter(strategy=theirs).exists():
            kind.recommendations.create(strategy=theirs, basis="proposed")
            SourceType.objects.filter(pk=kind.pk).update(version=F("version") + 1)
        return save_model(*given, **named)

    save_model = SourceTypeAdmin.save_model
    monkeypatch.setattr(SourceTypeAdmin, "save_model", after_the_other)
    response = client.post(at("sourcetype", "change", kind.pk), sent)

    assert response.status_code == 302, response.content
    assert {each.strategy for each in kind.recommendations.all()} == {there, theirs, mine}
