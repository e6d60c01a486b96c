"""Audiences over the API: the rule as a whole, the members as far as one may see them."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.people.models import (
    Audience,
    AudienceClause,
    AudienceMember,
    PeopleSync,
    Person,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db
AUDIENCES = "/change/api/v1/audiences/"


def of_unit(unit: Any, **values: Any) -> dict[str, Any]:
    return {"effect": "include", "kind": "unit", "unit": unit.pk, **values}


def test_a_lead_makes_an_audience_of_a_unit(
    lead: Person, employee: Person, sign_in: SignIn
) -> None:
    body = {
        "name": "Repairs",
        "clauses": [
            of_unit(employee.unit),
            {"effect": "exclude", "kind": "job_title", "job_title": "Trainee"},
        ],
    }

    answer = sign_in.api(lead).post(AUDIENCES, body, format="json")

    assert answer.status_code == 201, answer.content
    assert answer.json()["rule"] == (
        "Everyone in Repairs and below, without everyone with the job title “Trainee”"
    )
    audience = Audience.objects.get()
    assert audience.created_by == lead.user
    assert audience.members.get().person == employee


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_line_of_a_rule_says_what_it_is_about_also_where_little_is_changed(
    method: str, hr: Person, employee: Person, sign_in: SignIn
) -> None:
    audience = factories.make_audience(employee)
    change = getattr(sign_in.api(hr), method)
    body = {"name": audience.name, "clauses": [{}]}

    answer = change(f"{AUDIENCES}{audience.pk}/", body, format="json")

    assert answer.status_code == 400
    assert "'kind': ['This field is required.']" in str(answer.json()["errors"]["clauses"])
    assert audience.clauses.count() == 1


def test_the_rule_is_replaced_as_a_whole_and_stays_when_it_is_not_given(
    hr: Person, employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    audience = factories.make_audience(employee)
    url = f"{AUDIENCES}{audience.pk}/"
    clauses = [{"kind": "person", "person": outsider.pk}]

    renamed = sign_in.api(hr).patch(url, {"name": "Planners"}, format="json")
    replaced = sign_in.api(hr).patch(url, {"clauses": clauses}, format="json")

    assert [each["person"] for each in renamed.json()["clauses"]] == [employee.pk]
    assert [each["person"] for each in replaced.json()["clauses"]] == [outsider.pk]
    assert audience.members.get(is_open=True).person == outsider
    assert (replaced["ETag"], replaced.json()["version"]) == ('"3"', 3)
    stale = sign_in.api(hr).patch(url, {"clauses": []}, format="json", HTTP_IF_MATCH='"2"')
    assert stale.status_code == 412


def test_a_rule_is_looked_at_first_and_then_applied_as_it_was_shown_or_not(
    hr: Person, employee: Person, sign_in: SignIn
) -> None:
    audience = factories.make_audience(employee)
    client, url = sign_in.api(hr), f"{AUDIENCES}{audience.pk}/"
    unit = factories.make_unit()
    factories.make_person(unit=unit)
    body: dict[str, Any] = {"clauses": [of_unit(unit)]}

    seen = client.post(f"{url}preview/", body, format="json").json()
    assert seen["changes"] == [{"audience": audience.pk, "joined": 1, "left": 1, "follows": []}]
    assert audience.members.get(is_open=True).person == employee
    factories.make_person(unit=unit)
    refused = client.patch(url, body | {"digest": seen["digest"]}, format="json")
    alone = client.patch(url, {"digest": seen["digest"]}, format="json")
    made = client.post(AUDIENCES, {"name": "B", "digest": "x"}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (409, "changed_since_preview")
    assert (alone.status_code, made.status_code) == (400, 400)
    assert audience.members.get(is_open=True).person == employee
    again = client.post(f"{url}preview/", body, format="json").json()
    done = client.patch(url, body | {"digest": again["digest"]}, format="json")
    assert done.status_code == 200
    assert "digest" not in done.json()
    assert audience.members.filter(is_open=True).count() == 2


def test_a_preview_is_for_whoever_may_change_the_rule_and_of_the_version_that_they_know(
    hr: Person, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    audience = factories.make_audience(employee)
    url = f"{AUDIENCES}{audience.pk}/preview/"
    body: dict[str, Any] = {"clauses": []}

    assert sign_in.api(lead).post(url, body, format="json").status_code == 404
    assert sign_in.api(employee).post(url, body, format="json").status_code == 403
    stale = sign_in.api(hr).post(url, body, format="json", HTTP_IF_MATCH='"7"')
    assert stale.status_code == 412


@pytest.mark.parametrize(
    "clause",
    [
        {"kind": "unit"},
        {"kind": "job_title", "job_title": ""},
        {"kind": "shoe_size"},
        {"kind": "unit", "unit": 999_999},
    ],
)
def test_a_clause_without_meaning_is_refused_and_nothing_is_made(
    hr: Person, clause: dict[str, Any], sign_in: SignIn
) -> None:
    body = {"name": "A", "clauses": [clause]}

    assert sign_in.api(hr).post(AUDIENCES, body, format="json").status_code == 400
    assert not Audience.objects.exists()


def test_a_lead_changes_the_audiences_of_their_initiative_and_no_others(
    lead: Person, employee: Person, sign_in: SignIn
) -> None:
    mine, other = factories.make_audience(employee), factories.make_audience(employee)
    factories.make_initiative(lead=lead, group=mine)

    for audience, code in ((mine, 200), (other, 404)):
        answer = sign_in.api(lead).patch(f"{AUDIENCES}{audience.pk}/", {"name": "X"}, format="json")
        assert answer.status_code == code


def test_an_agent_reads_the_audiences_of_the_initiative_and_changes_none(
    lead: Person, outsider: Person, employee: Person, sign_in: SignIn
) -> None:
    audience = factories.make_audience(employee)
    initiative = factories.make_initiative(lead=lead, group=audience)
    factories.make_role(initiative, outsider, "change_agent")
    client, url = sign_in.api(outsider), f"{AUDIENCES}{audience.pk}/"

    assert client.get(url).json()["clauses"] != []
    assert client.patch(url, {"name": "X"}, format="json").status_code == 403
    assert client.post(AUDIENCES, {"name": "X"}, format="json").status_code == 403


def test_somebody_who_leads_an_initiative_makes_audiences_without_further_rights(
    outsider: Person, employee: Person, sign_in: SignIn
) -> None:
    factories.make_initiative(lead=outsider)
    body = {"name": "Repairs", "clauses": [of_unit(employee.unit)]}

    assert sign_in.api(outsider).post(AUDIENCES, body, format="json").status_code == 201


def test_a_rule_comes_with_its_head_count_and_with_why_it_finds_nobody(
    lead: Person, employee: Person, sign_in: SignIn
) -> None:
    client = sign_in.api(lead)
    finds = client.post(AUDIENCES, {"name": "A", "clauses": [of_unit(employee.unit)]}).json()
    clauses = [of_unit(employee.unit), of_unit(employee.unit, effect="exclude")]
    nobody = client.post(AUDIENCES, {"name": "B", "clauses": clauses}).json()
    because = "Everyone found is left out again by: without everyone in Repairs and below."

    assert (finds["people"], finds["nobody_because"]) == (1, "")
    assert (nobody["people"], nobody["nobody_because"]) == (0, because)
    listed = client.get(AUDIENCES).json()["results"]
    assert [(each["people"], each["nobody_because"]) for each in listed] == [(0, because), (1, "")]
    alone = client.get(f"{AUDIENCES}{nobody['id']}/").json()
    assert alone["nobody_because"] == because


def test_members_read_the_name_of_their_audience_and_not_the_rule(
    employee: Person, manager: Person, outsider: Person, sign_in: SignIn
) -> None:
    audience = factories.make_audience(employee, outsider)
    url = f"{AUDIENCES}{audience.pk}/"

    for somebody in (employee, manager):
        assert sign_in.api(somebody).get(url).json() == {
            "id": audience.pk,
            "name": audience.name,
        }
        assert sign_in.api(somebody).patch(url, {}, format="json").status_code == 403


def test_the_members_are_listed_as_far_as_one_may_see_them(
    lead: Person, hr: Person, employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    audience = factories.make_audience(employee, outsider)
    factories.make_initiative(lead=lead, group=audience)
    url = f"{AUDIENCES}{audience.pk}/members/"

    def names(somebody: Person, **query: str) -> set[str]:
        rows = sign_in.api(somebody).get(url, query).json()["results"]
        return {row["person_name"] for row in rows}

    assert names(lead) == names(hr) == {"Amira Hassan", "Noor Ali"}
    assert names(employee) == {"Amira Hassan"}
    assert names(hr, on="2025-12-31") == set()
    assert sign_in.api(hr).get(url, {"on": "soon"}).status_code == 400


def test_members_come_in_keyset_pages(hr: Person, sign_in: SignIn) -> None:
    audience = factories.make_audience(*(factories.make_person() for _ in range(3)))

    first = sign_in.api(hr).get(f"{AUDIENCES}{audience.pk}/members/", {"page_size": 2}).json()
    second = sign_in.api(hr).get(first["next"]).json()

    assert (len(first["results"]), len(second["results"])) == (2, 1)


@pytest.mark.exhaustive
def test_queries_do_not_grow_with_rows(
    hr: Person, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    initiative = factories.make_initiative(lead=lead)
    first = factories.make_audience(employee)

    def grow(count: int) -> None:
        for _ in range(count):
            person, unit = factories.make_person(), factories.make_unit()
            factories.make_group(initiative, factories.make_audience(person, unit=unit))
            AudienceClause.objects.create(audience=first, kind="person", person=person)
            AudienceMember.objects.create(audience=first, person=person, joined_on=date(2026, 1, 1))

    def queries() -> list[int]:
        found = []
        for somebody in (hr, lead, employee):
            for url in (AUDIENCES, f"{AUDIENCES}{first.pk}/", f"{AUDIENCES}{first.pk}/members/"):
                with CaptureQueriesContext(connection) as captured:
                    sign_in.api(somebody).get(url)
                found.append(len(captured))
        return found

    factories.make_group(initiative, first)
    grow(1)
    queries()  # permissions are read once for each user object
    before = queries()
    grow(30)

    assert queries() == before


def test_hr_reads_what_became_of_each_sync(
    hr: Person, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    PeopleSync.objects.create(source="roster.csv", state="applied", ran_at=NOW)
    url = "/change/api/v1/people-syncs/"

    (row,) = sign_in.api(hr).get(url, {"state": "applied"}).json()["results"]
    assert row["source"] == "roster.csv"
    for somebody in (lead, employee):
        assert sign_in.api(somebody).get(url).json()["results"] == []
    assert sign_in.api(hr).post(url, {}, format="json").status_code == 405
