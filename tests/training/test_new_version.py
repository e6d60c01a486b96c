"""A new version of an activity: keep what was done of the older one, or ask for it once more."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.training.errors import CannotUndoError, PeopleChangedError
from change_tracker.training.models import (
    Enrolment,
    LearningActivity,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.queries import my_item, my_work
from change_tracker.training.services import (
    NewVersion,
    OlderVersions,
    Report,
    assign_plan,
    change_activity,
    complete_record,
    leave_plans,
    preview_version,
    raise_version,
    report_completions,
    revoke_completion,
    undo_completion,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

CONTEXT: Any = {"today": TODAY, "now": NOW}
KEEP, REOPEN = OlderVersions.KEEP, OlderVersions.REOPEN


@pytest.fixture
def plan(lead: Person) -> TrainingPlan:
    """Listen and Book for three; one has both done, one *Listen*, one nothing."""
    initiative = factories.make_initiative(title="One Front Door", lead=lead)
    activities = [factories.make_activity(initiative, title=name) for name in ("Listen", "Book")]
    plan = factories.make_plan(initiative, items=activities)
    people = [factories.make_person(f"Learner {n}", login=True) for n in range(3)]
    group = factories.make_audience(*people, joined_on=TODAY)
    factories.make_rule(plan, group, due_rule="assigned", due_days=10)
    assign_plan(plan=plan, actor=None, **CONTEXT)
    for number, name in ((0, "Listen"), (0, "Book"), (1, "Listen")):
        complete(number, name)
    return plan


def person(number: int) -> Person:
    return Person.objects.get(display_name=f"Learner {number}")


def records(number: int, name: str = "Listen") -> list[TrainingRecord]:
    rows = TrainingRecord.objects.filter(activity__title=name, person=person(number))
    return list(rows.order_by("attempt"))


def complete(number: int, name: str = "Listen") -> None:
    user: Any = person(number).user
    complete_record(record=records(number, name)[-1], actor=user, **CONTEXT)


def listen() -> LearningActivity:
    return LearningActivity.objects.get(title="Listen")


def new_version(completed: OlderVersions, **context: Any) -> NewVersion:
    shown = preview_version(listen())
    return raise_version(
        activity=listen(),
        completed=completed,
        expected=shown.digest,
        **{"actor": None, **CONTEXT, **context},
    )


def test_what_was_done_of_an_older_version_stays_valid(plan: TrainingPlan) -> None:
    done = new_version(KEEP)

    assert (done.version, done.unfinished, done.finished, done.reopened) == (2, 1, 2, 0)
    assert listen().activity_version == 2
    assert [each.activity_version for each in records(0)] == [1]
    assert [each.activity_version for each in records(2)] == [2]
    states = Enrolment.objects.order_by("person__display_name").values_list("state", flat=True)
    assert list(states) == ["completed", "active", "active"]
    event = AuditEvent.objects.get(verb="new_version")
    assert event.changes == {"activity_version": 2, "completed": "keep", "reopened": 0}


def test_or_it_is_asked_for_once_more_and_the_completion_stays_as_it_is(
    plan: TrainingPlan,
) -> None:
    before = list(TrainingRecord.objects.filter(state="completed").order_by("pk").values())

    done = new_version(REOPEN)

    assert (done.finished, done.reopened) == (2, 2)
    kept = TrainingRecord.objects.filter(state="completed").order_by("pk").values()
    assert list(kept) == before
    old, fresh = records(0)
    assert (fresh.attempt, fresh.activity_version, fresh.state) == (2, 2, "not_started")
    assert (fresh.opens_on, fresh.due_on) == (TODAY, TODAY + timedelta(days=10))
    assert Enrolment.objects.get(person=person(0)).state == "active"
    assert Enrolment.objects.get(person=person(0)).due_revision == 2
    assert len(records(2)) == 1
    complete(0)
    assert Enrolment.objects.get(person=person(0)).state == "completed"
    assert [each.state for each in records(0)] == ["completed", "completed"]
    assert old.activity_version == 1


def test_it_is_asked_each_time(plan: TrainingPlan) -> None:
    new_version(REOPEN)
    complete(0)

    third = new_version(REOPEN)

    assert (third.version, third.unfinished, third.finished, third.reopened) == (3, 2, 1, 1)
    assert [each.activity_version for each in records(0)] == [1, 2, 3]
    assert [each.activity_version for each in records(1)] == [1, 3]
    with pytest.raises(ValidationError):
        change_activity(listen(), activity_version=9, actor=None, now=NOW)


def test_whoever_left_the_plan_is_asked_for_nothing(plan: TrainingPlan) -> None:
    leave_plans(Enrolment.objects.filter(person=person(0)), reason="x", actor=None, **CONTEXT)

    done = new_version(REOPEN)

    assert done.finished == 1
    assert len(records(0)) == 1
    assert Enrolment.objects.get(person=person(0)).state == "completed"


@pytest.mark.parametrize(("of", "state"), [("plan", "archived"), ("initiative", "closed")])
def test_what_is_over_asks_nobody_again(of: str, state: str, plan: TrainingPlan) -> None:
    type(plan if of == "plan" else plan.initiative).objects.update(state=state)

    assert new_version(REOPEN).finished == 0
    assert TrainingRecord.objects.filter(attempt=2).count() == 0


def test_it_reaches_whom_it_said_or_nobody(plan: TrainingPlan) -> None:
    shown = preview_version(listen())
    complete(2)

    with pytest.raises(PeopleChangedError):
        raise_version(
            activity=listen(), completed=KEEP, expected=shown.digest, actor=None, **CONTEXT
        )

    assert listen().activity_version == 1


def test_the_older_completion_is_not_undone_and_may_be_revoked(plan: TrainingPlan) -> None:
    new_version(REOPEN)
    old, fresh = records(0)
    user: Any = person(0).user

    with pytest.raises(CannotUndoError):
        undo_completion(record=old, actor=user, **CONTEXT)
    again = revoke_completion(record=old, reason="Wrong", actor=factories.make_user(), **CONTEXT)

    assert again == fresh
    assert [each.state for each in records(0)] == ["revoked", "not_started"]
    assert Enrolment.objects.get(person=person(0)).state == "active"


def test_the_newer_completion_is_undone_and_leaves_the_older_one_alone(
    plan: TrainingPlan,
) -> None:
    new_version(REOPEN)
    complete(0)
    user: Any = person(0).user

    undo_completion(record=records(0)[-1], actor=user, **CONTEXT)

    assert [each.state for each in records(0)] == ["completed", "in_progress"]
    assert Enrolment.objects.get(person=person(0)).state == "active"


def test_another_system_that_repeats_the_old_completion_completes_nothing_new(
    plan: TrainingPlan,
) -> None:
    yesterday = TODAY - timedelta(days=1)
    TrainingRecord.objects.filter(state="completed").update(completed_on=yesterday)
    new_version(REOPEN)
    system = factories.make_user()

    def report(day: Any) -> str:
        one = Report(person=person(0).external_id, activity=listen().pk, completed_on=day)
        (outcome,) = report_completions([one], actor=system, **CONTEXT)
        return outcome.status

    assert report(yesterday) == "unchanged"
    assert records(0)[-1].is_open()
    assert report(TODAY) == "completed"
    assert not records(0)[-1].is_open()


def test_my_training_says_when_it_was_done_and_that_there_is_a_new_version(
    plan: TrainingPlan,
) -> None:
    new_version(REOPEN)
    user: Any = person(0).user

    work = my_work(user, TODAY)

    (item,) = work.items
    assert item.again == "You did this on Wed 18 Nov. There is a new version of it since."
    assert [each.title for each in work.done] == ["Book"]
    old = my_item(user, records(0)[0].pk, TODAY)
    assert old is not None
    assert not old.can_undo


# ---- on pages


def version_url(plan: TrainingPlan, name: str = "Listen") -> str:
    item = plan.items.get(activity__title=name)
    slug = plan.initiative.slug
    return f"/change/i/{slug}/training/{plan.pk}/items/{item.pk}/version/"


def digest(response: Any) -> str:
    html = response.content.decode()
    return str(html.split('name="digest" value="')[1].split('"')[0])


def test_the_page_says_whom_it_reaches_and_asks_what_about_older_versions(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = version_url(plan)
    edit = page.get(f"/change/i/{plan.initiative.slug}/training/{plan.pk}/edit/")
    assert "New version: Listen" in words(edit)

    asked = page.get(url)
    text = words(asked)
    assert "Version 2 of “Listen”" in text
    assert "1 person has it open, and does the new version." in text
    assert "2 people did an older version. What about that?" in text
    assert "checked" not in asked.content.decode()
    wrong = page.post(url, {"digest": digest(asked)})
    assert wrong.status_code == 400
    assert title(wrong).startswith("Error:")
    after = page.post(url, {"digest": digest(asked), "completed": "reopen"}, follow=True)

    assert "It is version 2 now. 2 people do it once more." in words(after)
    assert len(records(0)) == 2


def test_where_nobody_did_an_older_version_nothing_is_asked(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    TrainingRecord.objects.filter(activity__title="Book").delete()
    page = sign_in.page(lead)
    url = version_url(plan, "Book")

    asked = page.get(url)
    assert "Nobody who is in a plan with it did an older version." in words(asked)
    after = page.post(url, {"digest": digest(asked)}, follow=True)

    assert "It is version 2 now." in words(after)


def test_what_changed_since_is_looked_at_again(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = version_url(plan)
    old = digest(page.get(url))
    complete(2)

    refused = page.post(url, {"digest": old, "completed": "keep"})

    assert refused.status_code == 409
    assert "3 people did an older version." in words(refused)
    assert digest(refused) != old
    assert listen().activity_version == 1


def test_only_who_may_change_the_activity_makes_a_version_of_it(
    plan: TrainingPlan, lead: Person, hr: Person, sign_in: SignIn
) -> None:
    LearningActivity.objects.filter(title="Listen").update(initiative=None)

    assert sign_in.page(lead).get(version_url(plan)).status_code == 403
    assert sign_in.page(hr).get(version_url(plan)).status_code == 200


# ---- in the API


def test_the_api_does_the_same(plan: TrainingPlan, lead: Person, sign_in: SignIn) -> None:
    api = sign_in.api(lead)
    url = f"/change/api/v1/activities/{listen().pk}/"

    shown = api.post(f"{url}new-version/", {"completed": "reopen", "dry_run": True}).json()
    done = api.post(
        f"{url}new-version/", {"completed": "reopen", "digest": shown["digest"]}, format="json"
    )
    again = api.post(
        f"{url}new-version/", {"completed": "keep", "digest": shown["digest"]}, format="json"
    )
    api.patch(url, {"activity_version": 7}, format="json")

    assert (shown["version"], shown["finished"], shown["reopened"]) == (2, 2, 0)
    assert done.json() == shown | {"reopened": 2}
    assert (again.status_code, again.json()["code"]) == (409, "people_changed")
    assert listen().activity_version == 2
