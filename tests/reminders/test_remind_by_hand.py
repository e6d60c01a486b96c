"""Reminding chosen people of a plan: a look at whom it reaches, and it leaves as all mail does."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative, InitiativeMember
from change_tracker.people.models import Absence, Person
from change_tracker.reminders.byhand import (
    Call,
    NobodyRemindedError,
    preview_reminding,
    remind_people,
)
from change_tracker.reminders.models import Digest, MailPreference, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import drain
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import main_of, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
DAY = timedelta(days=1)


@pytest.fixture
def that_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, state="active")


@pytest.fixture
def plan(initiative: Initiative) -> TrainingPlan:
    return factories.make_plan(initiative, title="First week")


def enrol(plan: TrainingPlan, name: str, due: timedelta = 20 * DAY, **values: Any) -> Enrolment:
    """Somebody with an address, who got the plan long ago; by default nothing is near."""
    said = {"email": f"{name.lower()}@example.com"} | values
    person = factories.make_person(name, **said)
    return factories.make_enrolment(plan, person, due_on=TODAY + due, assigned_on=TODAY - 60 * DAY)


def look(lead: Person, **filters: Any) -> Any:
    return preview_reminding(Enrolment.objects.filter(**filters), actor=user_of(lead), now=NOW)


def user_of(person: Person) -> Any:
    return person.user


def remind(lead: Person, plan: TrainingPlan) -> Any:
    return remind_people(
        Enrolment.objects.all(),
        plan=plan,
        expected=look(lead).digest,
        actor=user_of(lead),
        now=NOW,
    )


def verdict_of(lead: Person, row: Enrolment) -> Call:
    calls = look(lead, pk=row.pk)
    found: Call = next(iter(calls.of))
    return found


def test_who_is_late_and_who_has_something_open_get_a_mail_of_the_day(
    plan: TrainingPlan, lead: Person
) -> None:
    enrol(plan, "Late", -9 * DAY)
    enrol(plan, "Open")
    Reminder.objects.all().delete()

    done = remind(lead, plan)

    assert len(done.reached) == 2
    rows = Reminder.objects.order_by("recipient__display_name")
    assert [(each.recipient.display_name, each.kind, each.step) for each in rows] == [
        ("Late", "training_late", "asked_20261118"),
        ("Open", "training_due", "asked_20261118"),
    ]
    plan_reminders(now=NOW)
    drain(clock=lambda: NOW)
    assert sorted(each.to[0] for each in mail.outbox) == ["late@example.com", "open@example.com"]
    assert (
        "1 late" in next(each for each in mail.outbox if each.to[0] == "late@example.com").subject
    )


def test_it_is_never_a_second_mail_on_one_day(plan: TrainingPlan, lead: Person) -> None:
    row = enrol(plan, "Late", -1 * DAY)
    remind(lead, plan)
    assert verdict_of(lead, row) == Call.ON_ITS_WAY
    plan_reminders(now=NOW)
    drain(clock=lambda: NOW)

    assert verdict_of(lead, row) == Call.TODAY
    assert len(mail.outbox) == 1
    assert Digest.objects.count() == 1


def test_who_is_done_before_it_leaves_is_not_written_to(plan: TrainingPlan, lead: Person) -> None:
    row = enrol(plan, "Open")
    remind(lead, plan)
    TrainingRecord.objects.filter(enrolment=row).update(state="completed", completed_on=TODAY)
    Enrolment.objects.filter(pk=row.pk).update(state="completed")

    plan_reminders(now=NOW)
    drain(clock=lambda: NOW)

    assert mail.outbox == []
    assert Reminder.objects.get().closed_reason == "completed"


def test_who_is_left_out_and_why(plan: TrainingPlan, lead: Person) -> None:
    done, waiting, gone = enrol(plan, "Done"), enrol(plan, "Asks"), enrol(plan, "Gone")
    Enrolment.objects.filter(pk=done.pk).update(state="completed")
    factories.make_request(waiting.records.get())
    Person.objects.filter(pk=gone.person_id).update(ends_on=TODAY - DAY)
    nowhere = enrol(plan, "Nowhere", email="")
    one, two = (enrol(plan, name, email="crew@example.com") for name in ("One", "Two"))
    never = enrol(plan, "Never")
    MailPreference.objects.create(person=never.person, cadence="never")
    oneself = factories.make_enrolment(plan, lead, due_on=TODAY + DAY)
    undated = enrol(plan, "Undated")
    undated.records.update(due_on=None, due_rule="")

    assert {
        row.person.display_name: verdict_of(lead, row)
        for row in (done, waiting, gone, nowhere, one, two, never, oneself, undated)
    } == {
        "Done": Call.NOTHING_DUE,
        "Asks": Call.ASKED,
        "Gone": Call.GONE,
        "Nowhere": Call.UNREACHABLE,
        "One": Call.UNREACHABLE,
        "Two": Call.UNREACHABLE,
        "Never": Call.NOT_WANTED,
        lead.display_name: Call.ONESELF,
        "Undated": Call.NOTHING_DUE,
    }


def test_after_four_mails_it_is_the_leads_to_speak(plan: TrainingPlan, lead: Person) -> None:
    row = enrol(plan, "Late", -30 * DAY)
    record = row.records.get()
    for number in range(4):
        digest = Digest.objects.create(
            recipient=row.person,
            local_on=TODAY - (number + 2) * DAY,
            state="sent",
            sent_at=NOW - (number + 2) * DAY,
            available_at=NOW,
            message_id=f"<{number}@example.com>",
        )
        Reminder.objects.create(
            recipient=row.person,
            kind="training_late",
            step=f"late_{number}",
            initiative=plan.initiative,
            record=record,
            dedupe_key=f"k{number}",
            digest=digest,
            state="sent",
            due_revision=record.due_revision,
            send_on=TODAY,
            planned_at=NOW,
        )

    assert verdict_of(lead, row) == Call.ENOUGH


def test_who_is_away_reads_it_when_they_are_back(plan: TrainingPlan, lead: Person) -> None:
    row = enrol(plan, "Away")
    Absence.objects.create(person=row.person, from_on=TODAY, to_on=TODAY + 5 * DAY)

    calls = look(lead)
    remind(lead, plan)

    assert (len(calls.reached), calls.later) == (1, 1)
    assert Reminder.objects.get().send_on > TODAY + 5 * DAY


def test_anything_else_than_was_shown_is_refused(plan: TrainingPlan, lead: Person) -> None:
    row = enrol(plan, "Open")
    shown = look(lead)
    factories.make_request(row.records.get())

    with pytest.raises(PeopleChangedError):
        remind_people(
            Enrolment.objects.all(),
            plan=plan,
            expected=shown.digest,
            actor=user_of(lead),
            now=NOW,
        )

    assert not Reminder.objects.exists()


def test_nobody_is_reminded_of_what_does_not_run(plan: TrainingPlan, lead: Person) -> None:
    enrol(plan, "Open")
    Initiative.objects.update(state="on_hold")

    with pytest.raises(NobodyRemindedError):
        remind(lead, plan)


def test_it_is_a_line_in_the_history(plan: TrainingPlan, lead: Person) -> None:
    enrol(plan, "Open")
    remind(lead, plan)

    line = AuditEvent.objects.about(plan).get(verb="reminded")
    assert line.changes == {"reached": 1}


@pytest.mark.exhaustive
def test_queries_do_not_grow_with_the_people(
    plan: TrainingPlan, lead: Person, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        enrol(plan, f"P{number}")

    with django_assert_max_num_queries(18):
        assert len(look(lead).reached) == 30


def url_of(plan: TrainingPlan, query: str = "?everyone=on") -> str:
    return f"/change/i/{plan.initiative.slug}/training/{plan.pk}/people/remind/{query}"


def press(page: Any, url: str, **more: Any) -> Any:
    found = re.search(r'name="digest" value="(\w+)"', main_of(page.get(url)))
    return page.post(url, {"digest": found[1] if found else ""}, **more)


def test_a_lead_chooses_people_looks_and_reminds_them(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    late, asks = enrol(plan, "Late", -9 * DAY), enrol(plan, "Asks")
    enrol(plan, "Other")
    factories.make_request(asks.records.get())
    page = sign_in.page(lead)
    url = url_of(plan, f"?chosen={late.pk}&chosen={asks.pk}")
    whole = page.get(f"/change/i/{plan.initiative.slug}/training/{plan.pk}/").content.decode()

    check = words(page.get(url))
    after = press(page, url, follow=True)

    assert f'formaction="{url_of(plan, "")}"' in whole
    assert "1 person is reminded of what is open to them." in check
    assert "1 has asked for more time: answer that first" in check
    assert "1 person is reminded, with their mail of the day." in words(after)
    assert [each.recipient for each in Reminder.objects.all()] == [late.person]


def test_the_page_says_why_nobody_is_reminded(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    enrol(plan, "Open")
    page = sign_in.page(lead)

    assert "Nobody is chosen." in words(page.get(url_of(plan, "")))
    assert page.post(url_of(plan), {"digest": "0" * 64}).status_code == 409
    Initiative.objects.update(state="on_hold")
    assert "the initiative is not under way" in words(page.get(url_of(plan)))
    assert page.post(url_of(plan)).status_code == 409
    assert not Reminder.objects.exists()


def test_who_only_reads_the_plan_reminds_nobody(
    plan: TrainingPlan, sponsor: Person, sign_in: SignIn
) -> None:
    InitiativeMember.objects.create(initiative=plan.initiative, person=sponsor, role="sponsor")

    assert sign_in.page(sponsor).get(url_of(plan)).status_code == 403


def test_many_are_reminded_by_a_worker(plan: TrainingPlan, lead: Person, sign_in: SignIn) -> None:
    for number in range(201):
        enrol(plan, f"P{number}")
    page = sign_in.page(lead)

    check = page.get(url_of(plan))
    response: Any = press(page, url_of(plan))

    assert "it is done in the background" in words(check)
    job = JobRun.objects.get()
    assert response.url == f"/change/jobs/{job.pk}/"
    assert not Reminder.objects.exists()
    run_jobs(clock=lambda: NOW)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 201, 201)
    assert job.summary == "201 people are reminded, with their mail of the day."
    assert Reminder.objects.count() == 201


API = "/change/api/v1/remindings/"


@pytest.mark.parametrize("dry_run", [True, False])
def test_another_system_is_told_at_once_that_nobody_is_reminded_now(
    plan: TrainingPlan, lead: Person, sign_in: SignIn, dry_run: bool
) -> None:
    late = enrol(plan, "Late", -9 * DAY)
    type(plan.initiative).objects.filter(pk=plan.initiative_id).update(state="on_hold")
    body = {"plan": plan.pk, "enrolments": [late.pk], "dry_run": dry_run}

    answer = sign_in.api(lead).post(API, body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_running")


def test_another_system_looks_first_and_then_reminds(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    late, asks = enrol(plan, "Late", -9 * DAY), enrol(plan, "Asks")
    factories.make_request(asks.records.get())
    api = sign_in.api(lead)
    body = {"plan": plan.pk, "enrolments": [late.pk, asks.pk]}

    shown = api.post(API, body | {"dry_run": True}, format="json").json()
    nothing_yet = Reminder.objects.exists()
    done = api.post(API, body | {"digest": shown["digest"]}, format="json")
    again = api.post(API, body | {"digest": shown["digest"]}, format="json")

    assert not nothing_yet
    assert (shown["reached"], shown["later"]) == ([late.pk], 0)
    assert shown["left_out"] == [{"enrolment": asks.pk, "code": "asked"}]
    assert (done.status_code, done.json()) == (200, shown)
    assert (again.status_code, again.json()["code"]) == (409, "people_changed")
    assert Reminder.objects.count() == 1


def test_another_lead_reminds_nobody_here(plan: TrainingPlan, hr: Person, sign_in: SignIn) -> None:
    row = enrol(plan, "Open")
    stranger = factories.make_person("Lea", login=factories.make_user("lea", "add_initiative"))
    body = {"plan": plan.pk, "enrolments": [row.pk]}

    unseen = sign_in.api(stranger).post(API, body, format="json")
    by_hr = sign_in.api(hr).post(API, body, format="json")

    assert unseen.status_code == 400
    assert by_hr.json()["reached"] == [row.pk]


def test_who_is_in_the_plan_reminds_nobody_of_it(plan: TrainingPlan, sign_in: SignIn) -> None:
    row = enrol(plan, "Open", login=True)

    answer = sign_in.api(row.person).post(
        API, {"plan": plan.pk, "enrolments": [row.pk]}, format="json"
    )

    assert answer.status_code == 403
    assert not Reminder.objects.exists()
