"""Where people read of the sessions of what they, or their team, have to do."""

from datetime import UTC, datetime
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment, TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import MY_TRAINING, TEAM, about_url, item_url, queries, words

pytestmark = pytest.mark.django_db
NEXT = "Tue 1 Dec, 14:00–15:00, Training room 2"  # noqa: RUF001


@pytest.fixture
def initiative(lead: Person, employee: Person) -> Initiative:
    group = factories.make_audience(employee)
    return factories.make_initiative(title="One Front Door", lead=lead, group=group)


@pytest.fixture
def enrolment(initiative: Initiative, employee: Person) -> Enrolment:
    """Amira has to listen; the next session is on 1 December, another one a week later."""
    activity = factories.make_activity(initiative, title="Listen")
    plan = factories.make_plan(initiative, items=[activity])
    for day in (8, 1):
        factories.make_session(
            initiative,
            activity,
            starts_at=datetime(2026, 12, day, 14, tzinfo=UTC),
            ends_at=datetime(2026, 12, day, 15, tzinfo=UTC),
            led_by="Tess Moor",
        )
    over: dict[str, Any] = {"ends_at": datetime(2026, 11, 18, 8, 30, tzinfo=UTC)}
    factories.make_session(initiative, activity, **over)
    return factories.make_enrolment(plan, employee)


def test_my_training_says_when_the_next_one_is(
    enrolment: Enrolment, employee: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)

    assert f"Next session: {NEXT}" in words(page.get(MY_TRAINING))
    assert len(queries(page, MY_TRAINING)) <= 5


def test_the_page_of_the_item_lists_those_to_come(
    enrolment: Enrolment, employee: Person, sign_in: SignIn
) -> None:
    page, record = sign_in.page(employee), enrolment.records.get()

    text = words(page.get(item_url(record.pk)))
    assert f"Sessions to come {NEXT} Led by Tess Moor Tue 8 Dec" in text
    assert "18 Nov, 08:00" not in text
    assert len(queries(page, item_url(record.pk))) <= 4
    TrainingRecord.objects.update(state="completed", completed_on=record.opens_on)
    assert "Sessions to come" not in words(page.get(item_url(record.pk)))


def test_the_item_says_that_attendance_counts(
    enrolment: Enrolment, employee: Person, sign_in: SignIn
) -> None:
    record = enrolment.records.select_related("activity").get()
    record.activity.completion_rule = "attendance"
    record.activity.save()

    text = words(sign_in.page(employee).get(item_url(record.pk)))

    assert "you were at a session, and it is recorded there" in text
    assert "Mark as done" not in text


def test_a_manager_reads_them_by_month_with_the_way_to_each(
    enrolment: Enrolment, manager: Person, initiative: Initiative, sign_in: SignIn
) -> None:
    response = sign_in.page(manager).get(TEAM)

    text = words(response)
    assert "Tue 1 Dec Session: Listen" in text
    assert "Wed 18 Nov Session: Listen" in text
    for session in initiative.sessions.all():
        url = f"/change/i/{initiative.slug}/sessions/{session.pk}/"
        assert url in response.content.decode()


def test_what_nobody_of_the_team_has_to_do_is_not_named_there(
    enrolment: Enrolment, manager: Person, sign_in: SignIn
) -> None:
    TrainingRecord.objects.update(state="completed", completed_on="2026-11-18")

    assert "Session: Listen" not in words(sign_in.page(manager).get(TEAM))


def test_about_names_those_of_what_i_have_to_do(
    enrolment: Enrolment, employee: Person, lead: Person, initiative: Initiative, sign_in: SignIn
) -> None:
    url = about_url(initiative.slug)
    said = "Tue 1 Dec (in 13 days) Session: Listen, 14:00–15:00"  # noqa: RUF001

    assert said in words(sign_in.page(employee).get(url))
    assert "Session: Listen" not in words(sign_in.page(lead).get(url))
    assert len(queries(sign_in.page(employee), url)) <= 5


def test_work_without_sessions_says_nothing_of_them(
    initiative: Initiative, employee: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative)
    record = factories.make_enrolment(plan, employee).records.get()
    page = sign_in.page(employee)

    for url in (MY_TRAINING, item_url(record.pk), about_url(initiative.slug)):
        assert "ession" not in words(page.get(url))
