"""The admin keeps the rules: it saves through the services."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from change_tracker.people.groupadmin import AudienceAdmin
from change_tracker.people.models import (
    Audience,
    AudienceMember,
    OrgUnit,
    PeopleSync,
    Person,
    ReportingLine,
)
from change_tracker.people.services.audiences import Clause, set_clauses
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

PREFIX = "clauses"
NO_LINES = {
    f"{PREFIX}-TOTAL_FORMS": "0",
    f"{PREFIX}-INITIAL_FORMS": "0",
}


@pytest.fixture
def browser(hr: Person) -> Client:
    """HR in the admin, with Django's permissions for it."""
    user = hr.user
    assert isinstance(user, User)
    user.is_staff = True
    user.save()
    ours = Permission.objects.filter(content_type__app_label="change_tracker")
    user.user_permissions.set(ours.exclude(codename="add_initiative"))
    client = Client()
    client.force_login(user)
    return client


def url(model: str, action: str, *args: object) -> str:
    return reverse(f"admin:change_tracker_{model}_{action}", args=args)


def person_form(person: Person, **values: object) -> dict[str, object]:
    names = (
        "display_name",
        "external_id",
        "email",
        "job_title",
        "location",
        "timezone",
        "language",
    )
    form: dict[str, object] = {name: getattr(person, name) for name in names}
    form |= {"unit": person.unit_id or "", "manager": person.manager_id or "", "user": ""}
    return form | {"starts_on": "", "ends_on": ""} | values


def test_a_new_manager_redraws_the_lines(
    browser: Client, hr: Person, manager: Person, employee: Person
) -> None:
    form = person_form(manager, manager=hr.pk, user=manager.user_id)

    answer = browser.post(url("person", "change", manager.pk), form)

    assert answer.status_code == 302
    manager.refresh_from_db()
    assert (manager.manager, manager.version) == (hr, 2)
    assert ReportingLine.objects.filter(manager=hr, person=employee, depth=2).exists()


def test_a_loop_is_refused_in_words(browser: Client, manager: Person, employee: Person) -> None:
    form = person_form(manager, manager=employee.pk, user=manager.user_id)

    answer = browser.post(url("person", "change", manager.pk), form, follow=True)

    assert "would report to themselves" in answer.content.decode()
    manager.refresh_from_db()
    assert manager.manager is None


def test_days_in_the_wrong_order_are_refused_in_words(browser: Client, employee: Person) -> None:
    stay = {"starts_on": "2026-12-02", "ends_on": "2026-12-01"}
    days = {"from_on": "2026-12-02", "to_on": "2026-12-01"}

    for answer in (
        browser.post(url("person", "change", employee.pk), person_form(employee, **stay)),
        browser.post(url("absence", "add"), {"person": employee.pk} | days),
        browser.post(
            url("freezeperiod", "add"), {"unit": employee.unit_id, "reason": "Year end"} | days
        ),
    ):
        page = answer.content.decode()
        assert "The last day is before the first." in page
        assert "violated" not in page


def test_somebody_added_joins_the_audiences(browser: Client) -> None:
    unit = factories.make_unit("Repairs")
    audience = factories.make_audience(unit=unit)
    new = Person(external_id="new", display_name="Bo Lind", unit=unit)

    answer = browser.post(url("person", "add"), person_form(new))

    assert answer.status_code == 302
    assert audience.members.get().person.external_id == "new"


def test_a_unit_moves_with_its_subtree(browser: Client) -> None:
    homes, repairs = factories.make_unit("Homes"), factories.make_unit("Repairs")
    gas = factories.make_unit("Gas", parent=repairs)
    form = {"name": "Repairs", "external_id": repairs.external_id, "parent": homes.pk}

    browser.post(url("orgunit", "change", repairs.pk), form)

    assert OrgUnit.objects.get(pk=gas.pk).path == f"/{homes.pk}/{repairs.pk}/{gas.pk}/"


def test_an_audience_gets_its_rule_and_its_members(browser: Client, employee: Person) -> None:
    form = {
        "name": "Repairs",
        **NO_LINES,
        f"{PREFIX}-TOTAL_FORMS": "1",
        f"{PREFIX}-0-effect": "include",
        f"{PREFIX}-0-kind": "unit",
        f"{PREFIX}-0-unit": employee.unit_id,
        f"{PREFIX}-0-with_subtree": "on",
    }

    answer = browser.post(url("audience", "add"), form)

    assert answer.status_code == 302
    assert Audience.objects.get().members.get().person == employee


def test_the_form_of_an_audience_says_how_many_are_in_it_or_why_nobody_is(
    browser: Client, employee: Person
) -> None:
    group = factories.make_audience(employee)
    empty = factories.make_audience(unit=factories.make_unit("Nobody works here"))

    full = browser.get(url("audience", "change", group.pk)).content.decode()
    none = browser.get(url("audience", "change", empty.pk)).content.decode()

    assert said_of(full, "members_now") == "1"
    assert said_of(full, "nobody_because") == "-"
    assert said_of(none, "members_now") == "0"
    assert said_of(none, "nobody_because") == (
        "Nobody who works here is found by: everyone in Nobody works here and below."
    )
    new = browser.get(url("audience", "add")).content.decode()
    assert said_of(new, "members_now") == "-"


def said_of(page: str, field: str) -> str:
    """What stands in a field of a form that is only read."""
    row = page.partition(f"field-{field}")[2]
    return row.partition('class="readonly">')[2].partition("</div>")[0]


def test_lines_of_a_rule_are_taken_away_and_added(
    browser: Client, employee: Person, outsider: Person
) -> None:
    audience = factories.make_audience(employee, outsider)
    first, second = audience.clauses.order_by("pk")
    form = {
        "name": "Changed",
        **NO_LINES,
        f"{PREFIX}-TOTAL_FORMS": "3",
        f"{PREFIX}-INITIAL_FORMS": "2",
        f"{PREFIX}-0-id": first.pk,
        f"{PREFIX}-0-audience": audience.pk,
        f"{PREFIX}-0-DELETE": "on",
        f"{PREFIX}-1-id": second.pk,
        f"{PREFIX}-1-audience": audience.pk,
        f"{PREFIX}-2-effect": "include",
        f"{PREFIX}-2-kind": "job_title",
        f"{PREFIX}-2-job_title": "Planner",
    }

    check = browser.post(url("audience", "change", audience.pk), form)
    page = check.content.decode()
    assert "Changed: 0 join, 1 leave." in page
    assert audience.clauses.count() == 2
    stale = browser.post(url("audience", "change", audience.pk), form | {"ct-digest": "0"})
    assert "Nothing has happened yet." in stale.content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answer = browser.post(url("audience", "change", audience.pk), sent)

    assert answer.status_code == 302, answer.context["adminform"].errors
    rule = list(audience.clauses.order_by("pk").values_list("kind", "person", "job_title"))
    assert rule == [("person", outsider.pk, ""), ("job_title", None, "Planner")]
    assert audience.members.get(is_open=True).person == outsider
    audience.refresh_from_db()
    assert audience.name == "Changed"


def test_lines_that_are_no_longer_those_of_the_page_are_not_written(
    browser: Client, employee: Person, manager: Person
) -> None:
    """In another window the rule has become another one."""
    audience = factories.make_audience(employee)
    shown = audience.clauses.get()
    form = {
        "name": "Another name",
        f"{PREFIX}-TOTAL_FORMS": "1",
        f"{PREFIX}-INITIAL_FORMS": "1",
        f"{PREFIX}-0-id": shown.pk,
        f"{PREFIX}-0-audience": audience.pk,
    }
    clause = Clause(kind="person", person=manager)
    set_clauses(audience=audience, clauses=[clause], actor=None, today=TODAY, now=NOW)

    answer = browser.post(url("audience", "change", audience.pk), form)

    assert "Load it again and repeat your change." in answer.content.decode()
    audience.refresh_from_db()
    assert audience.name != "Another name"
    assert [each.person for each in audience.clauses.all()] == [manager]


def test_a_line_that_somebody_adds_while_the_form_is_saved_is_not_lost(
    browser: Client, employee: Person, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    audience = factories.make_audience(employee)
    form = {
        "name": "Another name",
        f"{PREFIX}-TOTAL_FORMS": "1",
        f"{PREFIX}-INITIAL_FORMS": "1",
        f"{PREFIX}-0-id": audience.clauses.get().pk,
        f"{PREFIX}-0-audience": audience.pk,
    }
    # Nobody joins or leaves by it today, so that no page asks once more.
    lines = [
        Clause(kind="person", person=employee),
        Clause(kind="person", effect="exclude", person=manager),
    ]

    def after_the_other(*given: Any, **named: Any) -> Any:
        """When the page has read the rule, and before it writes."""
        theirs = Audience.objects.get(pk=audience.pk)
        set_clauses(audience=theirs, clauses=lines, actor=None, today=TODAY, now=NOW)
        return save_model(*given, **named)

    save_model = AudienceAdmin.save_model
    monkeypatch.setattr(AudienceAdmin, "save_model", after_the_other)
    answer = browser.post(url("audience", "change", audience.pk), form, follow=True)

    assert "Load it again and repeat your change." in answer.content.decode()


def test_a_line_that_says_two_things_is_explained(browser: Client, employee: Person) -> None:
    form = {
        "name": "Repairs",
        **NO_LINES,
        f"{PREFIX}-TOTAL_FORMS": "1",
        f"{PREFIX}-0-effect": "include",
        f"{PREFIX}-0-kind": "unit",
        f"{PREFIX}-0-unit": employee.unit_id,
        f"{PREFIX}-0-job_title": "Planner",
    }

    answer = browser.post(url("audience", "add"), form)

    assert "Say one thing in each line" in answer.content.decode()
    assert "violated" not in answer.content.decode()
    assert not Audience.objects.exists()


@pytest.mark.parametrize("model", ["audiencemember", "peoplesync"])
def test_what_services_write_is_read_only(browser: Client, employee: Person, model: str) -> None:
    factories.make_audience(employee)
    PeopleSync.objects.create(source="roster.csv", state="applied", ran_at=NOW)
    rows: dict[str, object] = {
        "audiencemember": AudienceMember.objects.first(),
        "peoplesync": PeopleSync.objects.first(),
    }
    row = rows[model]

    assert browser.get(url(model, "changelist")).status_code == 200
    assert browser.get(url(model, "add")).status_code == 403
    assert browser.post(url(model, "change", getattr(row, "pk", 0)), {}).status_code == 403


@pytest.mark.parametrize("model", ["person", "orgunit", "audience"])
def test_nothing_is_deleted(browser: Client, employee: Person, model: str) -> None:
    factories.make_audience(employee)
    row = {"person": Person, "orgunit": OrgUnit, "audience": Audience}[model].objects.first()  # type: ignore[attr-defined]  # each has a manager

    assert browser.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.exhaustive
def test_queries_do_not_grow_with_rows(browser: Client, manager: Person) -> None:
    first = factories.make_audience()

    def grow(count: int) -> None:
        for _ in range(count):
            unit = factories.make_unit(parent=factories.make_unit())
            person = factories.make_person(unit=unit, manager=manager)
            factories.make_audience(person, created_by=factories.make_user())
            first.clauses.create(kind="person", person=person)
            PeopleSync.objects.create(
                source="roster.csv", state="applied", ran_at=NOW, actor_user=factories.make_user()
            )

    def queries() -> list[int]:
        pages = [
            url(model, "changelist")
            for model in ("person", "orgunit", "audience", "audiencemember", "peoplesync")
        ]
        found = []
        for page in (*pages, url("audience", "change", first.pk)):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(page).status_code == 200
            found.append(len(captured))
        return found

    grow(1)
    queries()
    before = queries()
    grow(20)

    assert queries() == before


def test_whom_mail_does_not_reach_is_listed(browser: Client) -> None:
    factories.make_person("Nia Bay", email="")
    for name, address in (("Raj Sen", "Office@example.org"), ("Ola Berg", "office@example.org")):
        factories.make_person(name, email=address)
    factories.make_person("Kit Rowe", email="office@example.org", ends_on=date(2020, 1, 1))

    def listed(value: str) -> set[str]:
        page = browser.get(url("person", "changelist"), {"address": value})
        return {each.display_name for each in page.context["cl"].result_list}

    assert listed("none") == {"Nia Bay"}
    assert listed("shared") == {"Raj Sen", "Ola Berg"}
