"""Whom an initiative touches: the list of its groups, and the forms behind it."""

from datetime import date
from typing import Any

import pytest

from change_tracker.initiatives.models import AffectedGroup, Initiative
from change_tracker.initiatives.queries import groups_of
from change_tracker.people.models import Audience, Person
from change_tracker.people.queries import people_once, with_clauses
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import queries, title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)


@pytest.fixture
def group(initiative: Initiative, employee: Person) -> AffectedGroup:
    audience = factories.make_audience(employee, name="Crews", unit=employee.unit)
    return factories.make_group(initiative, audience, impact=4, influence=2)


def setup_url(initiative: Initiative) -> str:
    return f"/change/i/{initiative.slug}/setup/"


def groups_url(initiative: Initiative, rest: str = "") -> str:
    return f"/change/i/{initiative.slug}/groups/{rest}"


def said(group: AffectedGroup, **changes: Any) -> dict[str, Any]:
    """What the form sends when only `changes` are made."""
    return {"impact": group.impact, "version": group.version} | changes


def test_each_group_has_its_head_count_its_rule_and_how_hard_it_is_hit(
    initiative: Initiative, group: AffectedGroup, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    response = page.get(setup_url(initiative))

    text = words(response)
    assert "Crews 1 person today Hit strongly: most of each day differs" in text
    assert "Everyone in Repairs and below" in text
    assert groups_url(initiative, f"{group.pk}/edit/") in response.content.decode()


def test_who_only_reads_finds_no_buttons_and_a_sponsor_no_rule(
    initiative: Initiative, group: AffectedGroup, sponsor: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(sponsor).get(setup_url(initiative)))

    assert "Crews 1 person today" in text
    assert "Everyone in Repairs" not in text
    assert "Change" not in text.partition("Whom it touches")[2].partition("Where it stands")[0]
    assert "Add a group" not in text


def test_an_empty_list_says_what_belongs_here_and_has_one_next_step(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    html = sign_in.page(lead).get(setup_url(initiative)).content.decode()

    assert "No group yet." in html
    assert f'href="{groups_url(initiative, "new/")}"' in html


def test_a_group_is_added_with_all_that_can_be_said_of_it(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    audience = factories.make_audience(factories.make_person(), name="Crews", created_by=lead.user)
    page = sign_in.page(lead)
    begun = page.get(groups_url(initiative, "new/"), {"audience": audience.pk})
    assert f'<option value="{audience.pk}" selected>' in begun.content.decode()

    response = page.post(
        groups_url(initiative, "new/"),
        {
            "audience": audience.pk,
            "impact": 5,
            "from_state": "Seven numbers",
            "to_state": "One number",
            "message": "You answer every call.",
            "influence": 4,
            "support": -2,
            "from_on": "2026-12-01",
            "to_on": "2027-03-31",
        },
        follow=True,
    )

    assert "“Crews” is added: 1 person." in words(response)
    group = initiative.affected_groups.get()
    assert (group.impact, group.influence, group.support) == (5, 4, -2)
    assert (group.from_on, group.to_on) == (date(2026, 12, 1), date(2027, 3, 31))
    assert group.message == "You answer every call."


def test_the_same_group_is_not_offered_a_second_time(
    initiative: Initiative, group: AffectedGroup, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(
        groups_url(initiative, "new/"), {"audience": group.audience_id, "impact": 1}
    )

    assert response.status_code == 400
    assert initiative.affected_groups.count() == 1


def test_it_is_changed_and_the_judgement_can_be_taken_back(
    initiative: Initiative, group: AffectedGroup, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = groups_url(initiative, f"{group.pk}/edit/")
    assert "not by the group." in words(page.get(url))

    response = page.post(url, said(group, impact=1, message="Little changes."), follow=True)

    assert "“Crews” is changed." in words(response)
    assert response.request["PATH_INFO"] == setup_url(initiative)
    group.refresh_from_db()
    assert (group.impact, group.influence, group.message) == (1, None, "Little changes.")


def test_a_period_that_ends_before_it_begins_is_refused_beside_its_field(
    initiative: Initiative, group: AffectedGroup, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(
        groups_url(initiative, f"{group.pk}/edit/"),
        said(group, from_on="2027-01-01", to_on="2026-12-01", message="Kept"),
    )

    assert response.status_code == 400
    assert title(response).startswith("Error:")
    assert "The last day is before the first." in response.content.decode()
    assert "Kept" in response.content.decode()


def test_a_change_of_an_older_version_is_refused(
    initiative: Initiative, group: AffectedGroup, lead: Person, sign_in: SignIn
) -> None:
    AffectedGroup.objects.filter(pk=group.pk).update(version=2, impact=2)

    response = sign_in.page(lead).post(
        groups_url(initiative, f"{group.pk}/edit/"), said(group, impact=5)
    )

    assert response.status_code == 409
    group.refresh_from_db()
    assert group.impact == 2


def test_a_group_of_another_initiative_is_not_found_here(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    other = factories.make_initiative(lead=lead)
    group = factories.make_group(other, factories.make_audience())

    for verb in ("edit", "delete"):
        url = groups_url(initiative, f"{group.pk}/{verb}/")
        assert sign_in.page(lead).get(url).status_code == 404


def test_a_group_is_taken_out_of_a_draft_after_a_question(
    lead: Person, employee: Person, sign_in: SignIn
) -> None:
    draft = factories.make_initiative(lead=lead, state="draft")
    audience = factories.make_audience(employee, name="Crews")
    group = factories.make_group(draft, audience)
    page = sign_in.page(lead)
    edit = page.get(groups_url(draft, f"{group.pk}/edit/")).content.decode()
    assert groups_url(draft, f"{group.pk}/delete/") in edit

    question = page.get(groups_url(draft, f"{group.pk}/delete/"))
    assert "Take “Crews” out of the initiative?" in words(question)
    assert draft.affected_groups.exists()
    after = page.post(groups_url(draft, f"{group.pk}/delete/"), follow=True)

    assert "“Crews” is taken out." in words(after)
    assert not draft.affected_groups.exists()
    audience.refresh_from_db()


def test_what_is_published_keeps_its_groups(
    initiative: Initiative, group: AffectedGroup, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = groups_url(initiative, f"{group.pk}/delete/")

    edit = page.get(groups_url(initiative, f"{group.pk}/edit/")).content.decode()
    assert url not in edit
    assert "no longer a draft" in words(page.get(url))
    assert page.post(url).status_code == 409
    assert initiative.affected_groups.exists()


def test_its_people_are_counted_once_and_not_for_each_line_of_its_rule(
    initiative: Initiative, lead: Person
) -> None:
    people = [factories.make_person() for _ in range(3)]
    audience = factories.make_audience(*people)
    factories.make_group(initiative, audience)

    rows = with_clauses(Audience.objects.filter(pk=audience.pk))
    counted = rows.annotate(people=people_once("pk")).order_by("line_id")

    assert list(counted.values_list("people", flat=True)) == [3, None, None]
    assert lead.user is not None
    assert [line.people for line in groups_of(initiative, lead.user)] == [3]


@pytest.mark.exhaustive
@pytest.mark.parametrize("count", [1, 100])
def test_the_list_costs_the_same_for_more_groups(
    count: int, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    for _ in range(count):
        audience = factories.make_audience(factories.make_person(), unit=factories.make_unit())
        factories.make_group(initiative, audience)

    assert len(queries(sign_in.page(lead), setup_url(initiative))) == 5
