"""The pages and the API of sessions."""

from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import Attendance, Session, TrainingPlan, TrainingRecord
from change_tracker.training.sessionwords import hour_words
from change_tracker.training.views import sessions
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.portal.browsing import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

API = "/change/api/v1/"


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead)


@pytest.fixture
def plan(initiative: Initiative) -> TrainingPlan:
    activity = factories.make_activity(initiative, title="Listen", completion_rule="attendance")
    return factories.make_plan(initiative, title="First week", items=[activity])


@pytest.fixture
def session(initiative: Initiative, plan: TrainingPlan) -> Session:
    return factories.make_session(initiative, plan.items.get().activity, led_by="Tess Moor")


@pytest.fixture
def team(plan: TrainingPlan, manager: Person, employee: Person) -> list[Person]:
    people = [employee, factories.make_person("Carl Moss", manager=manager, email="")]
    for person in people:
        factories.make_enrolment(plan, person)
    return people


def url(session: Session, rest: str = "") -> str:
    return f"/change/i/{session.initiative.slug}/sessions/{session.pk}/{rest}"


def plan_url(plan: TrainingPlan, rest: str = "") -> str:
    return f"/change/i/{plan.initiative.slug}/training/{plan.pk}/{rest}"


def states() -> list[str]:
    return list(TrainingRecord.objects.order_by("pk").values_list("state", flat=True))


def test_a_lead_adds_a_session_on_the_pages_of_the_plan(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    assert plan_url(plan, "sessions/") in page.get(plan_url(plan)).content.decode()
    sent = {
        "activity": plan.items.get().activity_id,
        "day": "2026-12-01",
        "starts": "14:00",
        "ends": "15:00",
        "timezone": "Europe/Berlin",
        "place": "Training room 2",
        "led_by": "Tess Moor",
    }

    wrong = page.post(plan_url(plan, "sessions/new/"), sent | {"ends": "14:00", "timezone": "x"})
    after = page.post(plan_url(plan, "sessions/new/"), sent, follow=True)

    assert wrong.status_code == 400
    assert "It has to end after it begins." in wrong.content.decode()
    assert "No time zone has this name." in wrong.content.decode()
    text = words(after)
    assert "Tue 1 Dec, 14:00–15:00 (Europe/Berlin), Training room 2" in text  # noqa: RUF001
    assert "Listen Led by Tess Moor" in text
    assert Session.objects.get().starts_at.isoformat() == "2026-12-01T13:00:00+00:00"


def test_who_was_there_is_ticked_and_unticked(
    session: Session, team: list[Person], manager: Person, sign_in: SignIn
) -> None:
    page, (amira, carl) = sign_in.page(manager), team
    assert "2 people have this to do. Nobody is recorded yet." in words(page.get(url(session)))

    after = page.post(url(session), {"people": [carl.pk]}, follow=True)
    assert "It is recorded who was there. 1 training is done with it." in words(after)
    assert "1 of 2 people were there." in words(after)
    assert states() == ["not_started", "completed"]

    # Somebody else ticked Amira since this page was opened: she stays.
    Attendance.objects.create(
        session=session, person=amira, attended=True, recorded_at=session.starts_at
    )
    after = page.post(url(session), {"people": [], "was": [carl.pk]}, follow=True)
    assert "1 training is to do again." in words(after)
    assert states() == ["not_started", "in_progress"]
    assert Attendance.objects.get(person=amira).attended


def test_before_it_begins_the_page_says_who_is_to_come(
    session: Session, team: list[Person], lead: Person, sign_in: SignIn
) -> None:
    Session.objects.update(starts_at="2026-11-18T09:30:00Z")
    page = sign_in.page(lead)

    text = words(page.get(url(session)))
    assert "2 people have this to do." in text
    assert "Who was there is recorded here as soon as it has begun." in text
    assert "Carl Moss" in text
    refused = page.post(url(session), {"people": [team[0].pk]})
    assert refused.status_code == 409


def test_the_sheet_has_a_row_to_sign_for_each_and_some_more(
    session: Session, team: list[Person], lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(url(session, "sheet/"))

    text = words(response)
    assert "Listen Wed 18 Nov 2026, 08:00–10:00 Training room 2 Led by Tess Moor" in text  # noqa: RUF001
    assert "Amira Hassan Repairs Carl Moss" in text
    assert response.content.decode().count("<tr>") == 1 + 2 + 5


def test_a_managers_sheet_has_the_own_team(
    session: Session, plan: TrainingPlan, team: list[Person], manager: Person, sign_in: SignIn
) -> None:
    factories.make_enrolment(plan, factories.make_person("Eve Hart"))
    page = sign_in.page(manager)

    for rest in ("", "sheet/"):
        text = words(page.get(url(session, rest)))
        assert "Carl Moss" in text
        assert "Eve Hart" not in text


def test_who_has_it_to_do_sees_the_session_but_not_who_else_comes(
    session: Session, team: list[Person], employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    for somebody, code in ((employee, 403), (outsider, 404)):
        page = sign_in.page(somebody)
        assert page.get(url(session)).status_code == code
        assert page.get(url(session, "sheet/")).status_code == code
        assert page.post(url(session), {"people": [team[1].pk]}).status_code == code
    assert states() == ["not_started", "not_started"]


def test_a_session_is_changed_and_cancelled_while_nobody_was_there(
    plan: TrainingPlan, session: Session, team: list[Person], lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    form = page.get(url(session, "edit/")).context["form"]
    sent: dict[str, Any] = form.initial | {"place": "Canteen"}
    assert "The session is changed." in words(page.post(url(session, "edit/"), sent, follow=True))
    session.refresh_from_db()
    assert (session.place, session.day.isoformat()) == ("Canteen", "2026-11-18")
    stale = page.post(url(session, "edit/"), sent | {"place": "Yard"})
    assert stale.status_code == 409

    page.post(url(session), {"people": [team[0].pk]})
    assert "so the session stays" in words(page.get(url(session, "delete/")))
    assert page.post(url(session, "delete/")).status_code == 409
    Attendance.objects.all().delete()
    assert "Call off “Listen”" in words(page.get(url(session, "delete/")))
    page.post(url(session, "delete/"))
    assert "Cancelled:" in words(page.get(plan_url(plan, "sessions/")))
    page.post(url(session, "delete/"))
    assert not Session.objects.exists()


def test_a_second_press_that_calls_a_session_off_does_not_delete_it(
    plan: TrainingPlan, session: Session, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    sent = page.get(url(session, "delete/")).context["form"].initial

    page.post(url(session, "delete/"), sent)
    again = page.post(url(session, "delete/"), sent, follow=True)

    assert "The session is cancelled." in words(again)
    assert Session.objects.get().cancelled_on is not None
    assert "Delete “Listen”" in words(page.get(url(session, "delete/")))
    sent = page.get(url(session, "delete/")).context["form"].initial
    page.post(url(session, "delete/"), sent)
    assert not Session.objects.exists()


def test_a_session_that_is_called_off_is_not_offered_to_be_changed_or_recorded(
    session: Session, team: list[Person], lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    page.post(url(session, "delete/"))

    shown = words(page.get(url(session)))

    assert "Carl Moss" in shown
    assert "as soon as it has begun" not in shown
    assert "Change the session" not in shown
    assert "Add another one with the new date." in words(page.get(url(session, "edit/")))


def test_a_session_over_two_days_is_planned_and_stays_so_when_it_is_changed(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    """A workshop, or a night shift."""
    page = sign_in.page(lead)
    sent = {"activity": plan.items.get().activity_id, "day": "2026-12-01", "timezone": "UTC"}
    sent |= {"starts": "22:00", "ends": "02:00", "last_day": "2026-12-02"}

    early = page.post(plan_url(plan, "sessions/new/"), sent | {"last_day": "2026-11-30"})
    after = page.post(plan_url(plan, "sessions/new/"), sent, follow=True)

    assert "It has to end after it begins." in early.content.decode()
    assert "Tue 1 Dec, 22:00 – Wed 2 Dec, 02:00" in words(after)  # noqa: RUF001
    session = Session.objects.get()
    form = page.get(url(session, "edit/")).context["form"]
    page.post(url(session, "edit/"), form.initial | {"place": "Canteen"})
    session.refresh_from_db()
    assert (session.place, session.ends_at.isoformat()) == ("Canteen", "2026-12-02T02:00:00+00:00")
    assert hour_words(session, TODAY).endswith("22:00 – Wed 2 Dec, 02:00")  # noqa: RUF001
    file = page.get(plan_url(plan, "sessions.csv")).getvalue().decode()
    assert "2026-12-01,22:00,2026-12-02,02:00" in file.replace(";", ",")


def test_a_list_that_is_too_long_begins_with_who_was_there_and_counts_everybody(
    session: Session,
    team: list[Person],
    plan: TrainingPlan,
    lead: Person,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "MOST_PEOPLE", 2)
    for name in ("Zoe Last", "Bea First"):
        factories.make_enrolment(plan, factories.make_person(name))
    zoe = Person.objects.get(display_name="Zoe Last")
    page = sign_in.page(lead)
    page.post(url(session), {"people": [zoe.pk, team[0].pk]})

    shown = page.get(url(session))

    assert "2 of 4 people were there." in words(shown)
    assert "not everybody is on it" in words(shown)
    assert [each.display_name for each in shown.context["people"]] == ["Amira Hassan", "Zoe Last"]
    assert "not everybody is on it" in words(page.get(url(session, "sheet/")))


def test_what_the_plan_asks_for_no_more_gets_no_session(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page, where = sign_in.page(lead), plan_url(plan, "sessions/new/")
    assert "Listen" in words(page.get(where))

    plan.items.update(removed_on=TODAY)

    assert "Listen" not in words(page.get(where))


def test_a_second_press_adds_no_second_session(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    sent = {"activity": plan.items.get().activity_id, "day": "2026-12-01", "timezone": "UTC"}
    sent |= {"starts": "14:00", "ends": "15:00", "place": "Training room 2"}

    for place in ("Training room 2", "Training room 2", "Training room 3"):
        page.post(plan_url(plan, "sessions/new/"), sent | {"place": place})

    assert Session.objects.count() == 2


@pytest.mark.parametrize(
    ("day", "zone"), [("0001-01-01", "Europe/Berlin"), ("9999-12-31", "America/New_York")]
)
def test_a_session_outside_of_the_calendar_is_refused_in_words(
    plan: TrainingPlan, lead: Person, sign_in: SignIn, day: str, zone: str
) -> None:
    sent = {"activity": plan.items.get().activity_id, "day": day, "timezone": zone}

    answer = sign_in.page(lead).post(
        plan_url(plan, "sessions/new/"), sent | {"starts": "00:00", "ends": "23:30"}
    )

    assert answer.status_code == 400
    assert "Look at the year" in answer.content.decode()


def test_the_api_creates_lists_and_records(
    plan: TrainingPlan, team: list[Person], lead: Person, manager: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    body = {
        "initiative": plan.initiative_id,
        "activity": plan.items.get().activity_id,
        "starts_at": "2026-11-18T08:00:00Z",
        "ends_at": "2026-11-18T10:00:00Z",
        "timezone": "Europe/Berlin",
    }
    made = api.post(f"{API}sessions/", body)
    assert made.status_code == 201
    pk = made.json()["id"]
    wrong = api.post(f"{API}sessions/", body | {"timezone": "Mars/Base"})
    assert wrong.status_code == 400

    listed = sign_in.api(team[0]).get(f"{API}sessions/", {"coming": "true"}).json()["results"]
    assert [(row["id"], row["title"]) for row in listed] == [(pk, "Listen")]
    sent = {"attended": [team[1].pk, 987_654], "absent": [team[0].pk]}
    done = sign_in.api(manager).post(f"{API}sessions/{pk}/attendance/", sent)
    assert done.json()["noted"] == [team[0].pk, team[1].pk]
    assert done.json()["left_out"] == [987_654]
    assert states() == ["not_started", "completed"]
    rows = sign_in.api(team[0]).get(f"{API}attendances/").json()["results"]
    assert [(row["person_name"], row["attended"]) for row in rows] == [("Amira Hassan", False)]
    assert sign_in.api(team[0]).post(f"{API}sessions/{pk}/attendance/", {}).status_code == 403


def test_somebody_else_who_was_there_is_found_by_name_and_noted(
    session: Session, team: list[Person], lead: Person, manager: Person, sign_in: SignIn
) -> None:
    other = factories.make_plan(factories.make_initiative(), items=[session.activity])
    stranger = factories.make_person("Eve Hart", email="")
    factories.make_enrolment(other, stranger)
    page, where = sign_in.page(lead), url(session, "walk-in/")
    assert where in page.get(url(session)).content.decode()
    assert where not in sign_in.page(manager).get(url(session)).content.decode()

    found = page.post(where, {"person-words": "eve", "find": "person"})
    assert "Eve Hart" in words(found)
    expected = page.post(where, {"person-words": "carl", "find": "person"})
    assert "Carl Moss" not in words(expected)
    after = page.post(where, {"person": stranger.pk}, follow=True)

    assert "Eve Hart was there." in words(after)
    assert TrainingRecord.objects.get(person=stranger).state == "completed"
    again = page.post(where, {"person": stranger.pk})
    assert again.status_code == 400
