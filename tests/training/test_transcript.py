"""What somebody has done: on a page, as a file, whatever happens later."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import OrgUnit, Person
from change_tracker.training import services
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)


@pytest.fixture
def plan(initiative: Initiative) -> TrainingPlan:
    titles = ("Listen", "Book", "Write", "Ask")
    activities = [factories.make_activity(initiative, title=name) for name in titles]
    return factories.make_plan(initiative, title="First week", items=activities)


@pytest.fixture
def enrolment(plan: TrainingPlan, employee: Person, lead: Person) -> Enrolment:
    """Listen is done by herself with a score, Write exempt, Book and Ask are open."""
    group = factories.make_audience(employee, name="Crews")
    factories.make_rule(plan, group, due_rule="fixed", due_on=date(2026, 11, 16))
    services.assign_plan(plan=plan, actor=lead.user, today=date(2026, 11, 2), now=NOW)
    enrolment = Enrolment.objects.get()
    listen = of(enrolment, "Listen")
    services.complete_record(record=listen, actor=login(employee), **WHEN)
    TrainingRecord.objects.filter(pk=listen.pk).update(score=Decimal("87.50"), activity_version=3)
    services.waive_record(
        record=of(enrolment, "Write"), reason="Wrote the book.", actor=login(lead), **WHEN
    )
    return enrolment


def login(person: Person) -> Any:
    """Who signs in as that person."""
    return person.user


def of(enrolment: Enrolment, title: str) -> TrainingRecord:
    return enrolment.records.get(activity__title=title)


def url(person: Person, form: str = "") -> str:
    return f"/change/people/{person.pk}/transcript{f'.{form}' if form else '/'}"


def lines(sign_in: SignIn, reader: Person, person: Person) -> list[dict[str, str]]:
    answer = sign_in.page(reader).get(url(person, "csv"))
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_it_names_what_is_done_and_exempt_with_day_version_and_score(
    enrolment: Enrolment, employee: Person, sign_in: SignIn
) -> None:
    said = words(sign_in.page(employee).get(url(employee)))

    assert "Listen Version 3" in said
    assert "87.50" in said
    assert "Exempt" in said
    assert "Wrote the book." in said
    assert "Ask" not in said  # open work is on my training


def test_the_file_has_a_line_for_each_with_iso_dates(
    enrolment: Enrolment, employee: Person, sign_in: SignIn
) -> None:
    write, listen = lines(sign_in, employee, employee)

    assert listen == {
        "Training": "Listen",
        "Plan": "First week",
        "Initiative": "One Front Door",
        "State": "Completed",
        "Due on": "2026-11-16",
        "Completed on": TODAY.isoformat(),
        "Counts until": "",
        "Ended on": "",
        "Version": "3",
        "Attempt": "1",
        "Score": "87.50",
        "Recorded by": employee.display_name,
        "Reason": "",
    }
    assert (write["State"], write["Reason"]) == ("Exempt", "Wrote the book.")


def test_what_was_learnt_elsewhere_stands_below_the_same_headings(
    employee: Person, manager: Person, sign_in: SignIn
) -> None:
    factories.make_learning(
        employee, state="confirmed", decided_by=manager, decided_on=TODAY, answer="Well done."
    )

    (line,) = lines(sign_in, employee, employee)

    assert {heading: value for heading, value in line.items() if value} == {
        "Training": "Service days",
        "Plan": "conference",
        "State": "Accepted",
        "Completed on": "2026-11-01",
        "Recorded by": manager.display_name,
        "Reason": "Well done.",
    }


def test_the_spreadsheet_has_real_dates(
    enrolment: Enrolment, employee: Person, sign_in: SignIn
) -> None:
    answer = sign_in.page(employee).get(url(employee, "xlsx"))

    sheet = load_workbook(io.BytesIO(answer.getvalue())).worksheets[0]
    done = next(row for row in sheet.iter_rows() if row[0].value == "Listen")
    assert done[5].is_date
    assert done[5].value.date() == TODAY
    assert done[10].value == 87.5


def test_it_survives_a_move_the_end_of_the_plan_and_leaving(
    enrolment: Enrolment, employee: Person, lead: Person, hr: Person, sign_in: SignIn
) -> None:
    before = lines(sign_in, hr, employee)
    services.withdraw_enrolment(enrolment=enrolment, reason="Moved", actor=lead.user, **WHEN)
    unit = OrgUnit.objects.create(external_id="else", name="Elsewhere", path="/else/")
    Person.objects.filter(pk=employee.pk).update(unit=unit, ends_on=date(2026, 11, 1))

    assert len(before) == 2
    assert lines(sign_in, hr, employee) == before


def test_a_manager_reads_what_is_done_and_nothing_else(
    enrolment: Enrolment, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    (only,) = lines(sign_in, manager, employee)
    page = words(sign_in.page(manager).get(url(employee)))

    assert (only["Training"], only["State"]) == ("Listen", "Completed")
    assert {only[name] for name in ("Completed on", "Version", "Score", "Recorded by")} == {""}
    assert "87.50" not in page
    assert "Wrote the book." not in page
    assert "are not shown to managers" in page


def test_a_lead_reads_only_what_belongs_to_their_initiative(
    enrolment: Enrolment, employee: Person, lead: Person, hr: Person, sign_in: SignIn
) -> None:
    other = factories.make_initiative(title="Another")
    activity = factories.make_activity(other, title="Elsewhere")
    plan = factories.make_plan(other, title="Other plan", items=[activity])
    elsewhere = factories.make_enrolment(plan, employee)
    services.complete_record(record=of(elsewhere, "Elsewhere"), actor=login(employee), **WHEN)

    assert {line["Training"] for line in lines(sign_in, lead, employee)} == {"Listen", "Write"}
    assert "Elsewhere" in {line["Training"] for line in lines(sign_in, hr, employee)}


def test_without_anything_done_it_says_what_will_stand_there(
    employee: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)

    said = words(page.get(url(employee)))

    assert "Nothing is done yet." in said
    assert "Download" not in said


def test_what_was_only_learnt_elsewhere_can_be_downloaded_too(
    employee: Person, sign_in: SignIn
) -> None:
    factories.make_learning(employee)

    page = sign_in.page(employee).get(f"/change/people/{employee.pk}/transcript/")

    assert f"/change/people/{employee.pk}/transcript.csv" in page.content.decode()


def test_my_transcript_leads_to_ones_own(employee: Person, sign_in: SignIn) -> None:
    answer = sign_in.page(employee).get("/change/transcript/")

    assert answer.headers["Location"] == url(employee)
