"""Recording what people did who cannot sign in to say so."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.errors import ForbiddenError
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.models import Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.training import services
from change_tracker.training.errors import (
    AlreadyHandedInError,
    CannotUndoError,
    NotAttestedError,
    NotOpenError,
    NotYetOpenError,
    SignsInError,
)
from change_tracker.training.models import (
    Enrolment,
    LearningActivity,
    Submission,
    TrainingPlan,
    TrainingRecord,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}
URL = "/change/for-others/"
API = "/change/api/v1/"


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead)


@pytest.fixture
def plan(initiative: Initiative) -> TrainingPlan:
    activities = [factories.make_activity(initiative, title=name) for name in ("Listen", "Book")]
    return factories.make_plan(initiative, title="First week", items=activities)


@pytest.fixture
def crew(plan: TrainingPlan, manager: Person) -> list[Person]:
    """Two plumbers of Dan's, who have neither a login nor an address."""
    people = [
        factories.make_person(name, manager=manager, email="")
        for name in ("Carl Moss", "Ida Brandt")
    ]
    for person in people:
        factories.make_enrolment(plan, person)
    return people


def record_of(person: Person, title: str = "Listen") -> TrainingRecord:
    return TrainingRecord.objects.get(person=person, activity__title=title)


def records_of(people: list[Person], title: str = "Listen") -> Any:
    return TrainingRecord.objects.filter(person__in=people, activity__title=title)


def by(person: Person) -> dict[str, Any]:
    return {"actor": person.user, **WHEN}


def test_a_manager_records_for_several_people_at_once(crew: list[Person], manager: Person) -> None:
    day = date(2026, 11, 12)

    done = services.record_for_others(records_of(crew), completed_on=day, **by(manager))

    assert len(done.recorded) == 2
    for record in records_of(crew):
        assert (record.state, record.completed_on, record.completed_at) == ("completed", day, NOW)
        assert record.completed_by == manager
    events = AuditEvent.objects.filter(object_type="trainingrecord", to_state="completed")
    assert {event.actor_user_id for event in events} == {manager.user_id}
    assert events.count() == 2


def test_the_enrolment_is_complete_with_the_last_record(
    crew: list[Person], manager: Person
) -> None:
    carl = TrainingRecord.objects.filter(person=crew[0])

    services.record_for_others(carl, **by(manager))

    assert Enrolment.objects.get(person=crew[0]).state == "completed"
    assert Enrolment.objects.get(person=crew[1]).state == "active"


def test_those_who_can_sign_in_say_so_themselves(
    plan: TrainingPlan, employee: Person, manager: Person
) -> None:
    factories.make_enrolment(plan, employee)
    record = record_of(employee)

    with pytest.raises(SignsInError):
        services.record_for_other(record=record, **by(manager))

    record.refresh_from_db()
    assert record.state == "not_started"


def test_nobody_records_for_themselves_this_way(plan: TrainingPlan, lead: Person) -> None:
    factories.make_enrolment(plan, lead)

    with pytest.raises(ForbiddenError):
        services.record_for_other(record=record_of(lead), **by(lead))

    assert not TrainingRecord.objects.recordable_by(lead.user).filter(person=lead).exists()  # type: ignore[arg-type]  # she has one


def test_what_is_done_by_a_report_or_not_asked_for_is_left_out(
    crew: list[Person], manager: Person
) -> None:
    carl, ida = crew
    LearningActivity.objects.filter(title="Book").update(completion_rule="external")
    TrainingRecord.objects.filter(pk=record_of(ida).pk).update(state="void", left_on=TODAY)
    TrainingRecord.objects.filter(pk=record_of(carl).pk).update(opens_on=None)

    done = services.record_for_others(TrainingRecord.objects.all(), **by(manager))

    assert {reach.value: len(ids) for reach, ids in done.of.items()} == {
        "completion_rule": 2,
        "not_open": 1,
        "not_yet_open": 1,
    }
    for record, refused in (
        (record_of(carl, "Book"), NotAttestedError),
        (record_of(ida), NotOpenError),
        (record_of(carl), NotYetOpenError),
    ):
        with pytest.raises(refused):
            services.record_for_other(record=record, **by(manager))


def by_rule(rule: str, title: str = "Listen") -> None:
    LearningActivity.objects.filter(title=title).update(completion_rule=rule)


def test_a_coach_signs_off_who_cannot_say_that_they_are_ready(
    crew: list[Person], initiative: Initiative, outsider: Person, sign_in: SignIn
) -> None:
    factories.make_role(initiative, outsider, "coach")
    by_rule("sign_off")
    record = record_of(crew[0])
    page, where = sign_in.page(outsider), f"{URL}?plan={record.plan_id}"
    plan_page = f"/change/i/{initiative.slug}/training/{record.plan_id}/"
    assert where in page.get(plan_page).content.decode()
    listed = words(page.get(where))
    assert "Listen 2 people" in listed
    assert "Book" not in listed  # only what is signed off is a coach's

    page.post(f"{URL}?record={record.pk}", {"completed_on": "2026-11-17"})

    record.refresh_from_db()
    assert (record.state, record.completed_by) == ("completed", outsider)
    assert services.undo_for_others(records_of(crew), **by(outsider)) == [record.pk]


def test_what_waits_for_an_answer_is_not_recorded_as_well(
    crew: list[Person], manager: Person
) -> None:
    by_rule("sign_off")
    record = record_of(crew[0])
    services.hand_in(record=record, **by(manager))

    done = services.record_for_others(records_of(crew), **by(manager))

    assert done.of["handed_in"] == [record.pk]  # type: ignore[index]  # its value
    with pytest.raises(AlreadyHandedInError):
        services.record_for_other(record=record_of(crew[0]), **by(manager))


def test_a_manager_hands_evidence_in_for_who_cannot_sign_in(
    crew: list[Person], manager: Person, lead: Person, sign_in: SignIn
) -> None:
    by_rule("evidence")
    record = record_of(crew[0])
    page, url = sign_in.page(manager), f"{URL}{record.pk}/hand-in/"
    assert url in page.get(f"/change/team/{crew[0].pk}/").content.decode()
    assert url in page.get(f"{URL}?item={record.item_id}").content.decode()
    assert page.post(f"{URL}?item={record.item_id}", {"everyone": "on"}).status_code == 302
    assert page.post(url, {}).status_code == 400

    after = page.post(url, {"file": factories.make_file()}, follow=True)

    assert "It is handed in for Carl Moss." in words(after)
    submission = Submission.objects.get()
    assert (submission.record, submission.handed_in_by) == (record, manager)
    event = AuditEvent.objects.get(object_type="submission", verb="created")
    assert event.actor_user_id == manager.user_id
    assert url not in page.get(f"/change/team/{crew[0].pk}/").content.decode()
    assert "it waits to be looked at" in words(page.get(url))
    assert page.post(url, {"file": factories.make_file()}).status_code == 409
    looked = sign_in.page(lead)
    assert "Handed in by Dan Cole" in words(looked.get(f"/change/handed-in/{submission.pk}/"))
    looked.post(f"/change/handed-in/{submission.pk}/", {"do": "accept"})
    record.refresh_from_db()
    assert (record.state, record.completed_by) == ("completed", lead)


def test_nobody_hands_in_for_who_can_sign_in_or_is_not_theirs(
    crew: list[Person], plan: TrainingPlan, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    by_rule("evidence")
    factories.make_enrolment(plan, employee)
    stranger = factories.make_person("Eve Hart", email="")
    factories.make_enrolment(plan, stranger)
    page, api = sign_in.page(manager), sign_in.api(manager)

    for person, code in ((employee, 403), (stranger, 400)):
        record = record_of(person)
        assert page.get(f"{URL}{record.pk}/hand-in/").status_code == 404
        sent = {"record": record.pk, "link": "https://example.org/mine"}
        assert api.post(f"{API}submissions/", sent).status_code == code
    assert page.get(f"{URL}{record_of(crew[0], 'Book').pk}/hand-in/").status_code == 404
    with pytest.raises(ForbiddenError):
        services.hand_in(record=record_of(employee), link="https://example.org", **by(manager))


def test_the_api_hands_in_for_others_and_takes_it_back(
    crew: list[Person], manager: Person, lead: Person, sign_in: SignIn
) -> None:
    by_rule("evidence")
    sent = {"record": record_of(crew[0]).pk, "link": "https://example.org/mine"}

    made = sign_in.api(manager).post(f"{API}submissions/", sent)

    assert (made.status_code, made.json()["handed_in_by"]) == (201, manager.pk)
    url = f"{API}submissions/{made.json()['id']}/take-back/"
    assert sign_in.api(lead).post(url).status_code == 403
    assert sign_in.api(manager).post(url).json()["state"] == "withdrawn"
    assert record_of(crew[0]).state == "in_progress"


def test_nobody_was_done_tomorrow(crew: list[Person], manager: Person) -> None:
    with pytest.raises(ValidationError):
        services.record_for_others(
            records_of(crew), completed_on=TODAY + timedelta(days=1), **by(manager)
        )


def test_the_next_activity_opens(crew: list[Person], manager: Person, plan: TrainingPlan) -> None:
    TrainingPlan.objects.filter(pk=plan.pk).update(is_sequential=True)
    TrainingRecord.objects.filter(activity__title="Book").update(opens_on=None)

    services.record_for_others(records_of(crew), **by(manager))

    assert {record.opens_on for record in records_of(crew, "Book")} == {TODAY}
    assert services.undo_for_others(records_of(crew), **by(manager))
    assert {record.opens_on for record in records_of(crew, "Book")} == {None}


def test_the_one_who_recorded_it_takes_it_back_within_thirty_days(
    crew: list[Person], manager: Person
) -> None:
    everything = TrainingRecord.objects.filter(person__in=crew)
    services.record_for_others(everything, **by(manager))
    later = TODAY + timedelta(days=30)

    undone = services.undo_for_others(
        everything, **by(manager) | {"today": later, "now": NOW + timedelta(days=30)}
    )

    assert len(undone) == 4
    record = record_of(crew[0])
    assert (record.state, record.completed_on, record.completed_by) == ("in_progress", None, None)
    assert record.due_revision == 2
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"active"}


def test_nobody_else_does_and_not_after_thirty_days(
    crew: list[Person], manager: Person, lead: Person
) -> None:
    services.record_for_others(records_of(crew), **by(manager))
    late = {"today": TODAY + timedelta(days=31), "now": NOW + timedelta(days=31)}

    for actor, when in ((lead, WHEN), (manager, late)):
        with pytest.raises(CannotUndoError):
            services.undo_for_others(records_of(crew), **by(actor) | when)

    assert {record.state for record in records_of(crew)} == {"completed"}


def test_who_left_the_plan_stays_done(crew: list[Person], manager: Person, lead: Person) -> None:
    services.record_for_others(records_of(crew), **by(manager))
    for enrolment in Enrolment.objects.all():
        services.withdraw_enrolment(enrolment=enrolment, reason="Moved on", **by(lead))

    with pytest.raises(CannotUndoError):
        services.undo_for_others(records_of(crew), **by(manager))


@pytest.mark.exhaustive
def test_it_costs_the_same_for_two_people_and_for_forty(
    crew: list[Person], manager: Person, plan: TrainingPlan
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            services.record_for_others(TrainingRecord.objects.all(), **by(manager))
        return len(queries)

    few = cost()
    for _each in range(40):
        factories.make_enrolment(plan, factories.make_person(manager=manager, email=""))

    assert cost() == few


def test_those_who_cannot_be_written_to_never_count_as_reminded(crew: list[Person]) -> None:
    TrainingRecord.objects.update(due_on=TODAY + timedelta(days=7))

    planned = plan_reminders(now=NOW)

    assert (planned.planned, planned.unreachable) == (0, 4)
    assert set(Reminder.objects.values_list("state", "closed_reason")) == {
        ("cancelled", "unreachable")
    }


# Pages


def everyone(people: list[Person]) -> dict[str, Any]:
    """What is sent where everyone in a list of these is ticked."""
    shown = [record.pk for record in records_of(people)]
    return {"everyone": "on", "shown": shown, "completed_on": "2026-11-18"}


def test_a_second_press_reaches_nobody_who_was_not_ticked(
    crew: list[Person], manager: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(manager), f"{URL}?item={record_of(crew[0]).item_id}"
    sent = {"records": [record_of(crew[0]).pk], "completed_on": "2026-11-18"}

    page.post(url, sent)
    again = page.post(url, sent, follow=True)

    assert "1 person had it recorded as done before." in words(again)
    assert "for 0 people" not in words(again)
    assert record_of(crew[0]).state == "completed"
    assert record_of(crew[1]).state == "not_started"


def test_everyone_in_the_list_is_who_stood_there(
    crew: list[Person], plan: TrainingPlan, manager: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(manager), f"{URL}?item={record_of(crew[0]).item_id}"
    shown = page.get(url).content.decode()
    assert f'name="shown" value="{record_of(crew[1]).pk}"' in shown
    newcomer = factories.make_person("Noor Said", manager=manager, email="")
    factories.make_enrolment(plan, newcomer)

    page.post(url, everyone(crew))

    assert {record.state for record in records_of(crew)} == {"completed"}
    assert record_of(newcomer).state == "not_started"


def test_the_only_person_of_a_list_is_ticked(
    crew: list[Person], manager: Person, sign_in: SignIn
) -> None:
    services.record_for_others(records_of(crew[:1]), **by(manager))

    page = sign_in.page(manager).get(f"{URL}?item={record_of(crew[1]).item_id}").content.decode()

    assert f'value="{record_of(crew[1]).pk}" checked' in page
    assert "Everyone in this list" not in page


def test_a_manager_finds_the_way_from_the_team_and_records_for_some(
    crew: list[Person], manager: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(manager)
    assert URL in page.get("/change/team/").content.decode()
    item = record_of(crew[0]).item_id

    first = words(page.get(URL))
    assert "Book 2 people First week One Front Door" in first
    form = words(page.get(f"{URL}?item={item}"))
    assert "Record for others: “Listen”" in form
    assert "Carl Moss" in form
    assert "Ida Brandt" in form
    sent = {"records": [record_of(crew[1]).pk], "completed_on": "2026-11-17"}
    after = page.post(f"{URL}?item={item}", sent, follow=True)

    assert "“Listen” is recorded as done for 1 person." in words(after)
    assert record_of(crew[1]).completed_on == date(2026, 11, 17)
    assert record_of(crew[0]).state == "not_started"


def test_the_message_takes_all_of_it_back(
    crew: list[Person], manager: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(manager)
    url = f"{URL}?item={record_of(crew[0]).item_id}"
    after = page.post(url, everyone(crew), follow=True)
    assert {record.state for record in records_of(crew)} == {"completed"}
    keys = [record.pk for record in records_of(crew).order_by("pk")]
    undo = f"{URL}undo/?record={keys[0]}&amp;record={keys[1]}"
    assert undo in after.content.decode()

    undone = page.post(undo.replace("&amp;", "&"), follow=True)

    assert "It is to do again for 2 people." in words(undone)
    assert {record.state for record in records_of(crew)} == {"in_progress"}
    again = page.post(undo.replace("&amp;", "&"))
    assert again.status_code == 409
    assert "Only the one who recorded this takes it back" in words(again)


def test_nobody_chosen_and_a_day_to_come_are_said(
    crew: list[Person], manager: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(manager), f"{URL}?item={record_of(crew[0]).item_id}"

    nobody = page.post(url, {"completed_on": "2026-11-18"})
    html = nobody.content.decode()
    assert (nobody.status_code, "Choose at least one person." in html) == (400, True)
    assert 'href="#id_records"' in html
    assert 'id="id_records"' in html
    early = page.post(url, everyone(crew) | {"completed_on": "2026-11-19"})
    html = early.content.decode()
    assert (early.status_code, html.count("cannot be in the future")) == (400, 2)
    assert 'href="#id_completed_on"' in html
    assert {record.state for record in records_of(crew)} == {"not_started"}


@pytest.mark.parametrize("day", ["0026-11-12", "0001-01-01"])
def test_a_year_of_two_digits_is_a_typing_mistake(
    crew: list[Person], manager: Person, sign_in: SignIn, day: str
) -> None:
    record = record_of(crew[0])

    answer = sign_in.page(manager).post(f"{URL}?record={record.pk}", {"completed_on": day})

    assert answer.status_code == 400
    assert "Look at the year" in answer.content.decode()
    assert record_of(crew[0]).state == "not_started"


def test_one_item_of_one_person_and_back(
    crew: list[Person], manager: Person, sign_in: SignIn
) -> None:
    page, record = sign_in.page(manager), record_of(crew[0])
    person_url = f"/change/team/{crew[0].pk}/"
    assert f"{URL}?record={record.pk}" in page.get(person_url).content.decode()

    after = page.post(f"{URL}?record={record.pk}", {"completed_on": "2026-11-18"}, follow=True)

    assert after.redirect_chain[-1][0] == person_url
    assert f"{URL}undo/?record={record.pk}" in after.content.decode()
    record.refresh_from_db()
    assert record.state == "completed"


def test_a_lead_records_on_the_plan_and_on_the_page_of_a_person(
    crew: list[Person], lead: Person, plan: TrainingPlan, sign_in: SignIn
) -> None:
    page, record = sign_in.page(lead), record_of(crew[0])
    where = f"/change/i/{plan.initiative.slug}/training/{plan.pk}/"
    assert f"{URL}?plan={plan.pk}" in page.get(where).content.decode()
    person_url = f"{where}people/{record.enrolment_id}/"
    assert f"{URL}?record={record.pk}" in page.get(person_url).content.decode()

    assert "Listen 2 people First week" in words(page.get(f"{URL}?plan={plan.pk}"))
    after = page.post(f"{URL}?record={record.pk}", {"completed_on": "2026-11-18"}, follow=True)

    assert after.redirect_chain[-1][0] == person_url
    assert "Completed Listen Wed 18 Nov, 09:00 Priya Nair" in words(after)
    assert f"{URL}undo/?record={record.pk}" in after.content.decode()


def test_other_peoples_people_do_not_exist_there(
    crew: list[Person], plan: TrainingPlan, employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    record = record_of(crew[0])
    for somebody in (employee, outsider):
        page = sign_in.page(somebody)
        assert "Nobody whom you may record for" in words(page.get(URL))
        assert "Carl" not in page.get(f"{URL}?item={record.item_id}").content.decode()
        assert page.get(f"{URL}?record={record.pk}").status_code == 404
        assert page.get(f"{URL}?plan={plan.pk}").status_code == 404
        sent = {"records": [record.pk], "everyone": "on", "completed_on": "2026-11-18"}
        assert page.post(f"{URL}?item={record.item_id}", sent).status_code == 302
        assert page.post(f"{URL}undo/?record={record.pk}").status_code == 404
    record.refresh_from_db()
    assert record.state == "not_started"


def test_a_manager_reaches_only_the_own_team_within_an_item(
    crew: list[Person], plan: TrainingPlan, manager: Person, sign_in: SignIn
) -> None:
    stranger = factories.make_person("Eve Hart", email="")
    factories.make_enrolment(plan, stranger)
    page, url = sign_in.page(manager), f"{URL}?item={record_of(crew[0]).item_id}"

    assert "Eve Hart" not in page.get(url).content.decode()
    page.post(url, {"records": [record_of(stranger).pk], "completed_on": "2026-11-18"})

    assert record_of(stranger).state == "not_started"


# API


def test_the_api_records_one_and_takes_it_back(
    crew: list[Person], manager: Person, sign_in: SignIn
) -> None:
    api, record = sign_in.api(manager), record_of(crew[0])

    done = api.post(f"{API}records/{record.pk}/complete/", {"completed_on": "2026-11-17"})
    assert (done.status_code, done.json()["standing"]) == (200, "done")
    assert "completed_on" not in done.json()
    assert record_of(crew[0]).completed_on == date(2026, 11, 17)

    undone = api.post(f"{API}records/{record.pk}/undo/")
    assert (undone.status_code, undone.json()["standing"]) == (200, "open")


def test_the_api_refuses_for_those_who_can_sign_in(
    plan: TrainingPlan, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    factories.make_enrolment(plan, employee)

    refused = sign_in.api(manager).post(f"{API}records/{record_of(employee).pk}/complete/")

    assert refused.status_code == 403


def test_the_api_records_many_with_an_answer_for_each_that_is_left_out(
    crew: list[Person],
    plan: TrainingPlan,
    employee: Person,
    manager: Person,
    sign_in: SignIn,
) -> None:
    stranger = factories.make_person("Eve Hart", email="")
    for person in (employee, stranger):
        factories.make_enrolment(plan, person)
    asked = [record_of(person).pk for person in (*crew, employee, stranger)]
    api = sign_in.api(manager)

    first = api.post(f"{API}recordings/", {"records": asked})
    again = api.post(f"{API}recordings/", {"records": asked})

    left_out = [
        {"record": asked[2], "code": "has_login"},
        {"record": asked[3], "code": "unknown_record"},
    ]
    assert first.json() == {"recorded": asked[:2], "left_out": left_out}
    known = [{"record": pk, "code": "done"} for pk in asked[:2]]
    assert again.json() == {"recorded": [], "left_out": [*known, *left_out]}


def test_an_id_that_no_column_holds_is_refused(manager: Person, sign_in: SignIn) -> None:
    answer = sign_in.api(manager).post(f"{API}recordings/", {"records": [1, 2**63]})

    assert (answer.status_code, list(answer.json()["errors"]["records"])) == (400, ["1"])


def test_the_api_says_forbidden_for_what_one_only_reads(
    crew: list[Person], initiative: Initiative, outsider: Person, sign_in: SignIn
) -> None:
    factories.make_role(initiative, outsider, "coach")
    record = record_of(crew[0])

    answer = sign_in.api(outsider).post(f"{API}recordings/", {"records": [record.pk]})

    assert answer.json()["left_out"] == [{"record": record.pk, "code": "forbidden"}]
    verb = sign_in.api(outsider).post(f"{API}records/{record.pk}/complete/")
    assert verb.status_code == 403
