"""Long work: begun by a request, carried out by a worker, all of it or nothing, once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from change_tracker.core.errors import ForbiddenError
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import (
    NotRepeatableError,
    carry_out,
    claim_job,
    forget_jobs,
    run_again,
    run_jobs,
    start_job,
)
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import OrgUnit
from tests import factories
from tests.core.jobkinds import CountUp, registered
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kind() -> Iterator[None]:
    with registered(CountUp()):
        yield


def begin(user: Any = None, **task: Any) -> JobRun:
    user = user or factories.make_user()
    return start_job(kind="count_up", title="Count", task=task, actor=user, now=NOW)


def at(now: datetime = NOW) -> Any:
    return lambda: now


def test_a_job_is_done_and_says_what_came_of_it() -> None:
    job = begin(end="problems")

    assert (job.state, run_jobs(clock=at())) == ("queued", 1)

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert job.summary == "3 units were added."
    assert job.problems == [
        {"row": 7, "field": "name", "reason": "It is empty.", "is_error": False}
    ]
    assert (job.finished_at, job.lease_token) == (NOW, None)
    assert OrgUnit.objects.count() == 3


def test_what_waits_is_done_in_the_order_in_which_it_was_begun() -> None:
    first, second = begin(), begin()

    assert run_jobs(clock=at()) == 2

    moves = AuditEvent.objects.filter(to_state="done").order_by("pk")
    assert list(moves.values_list("object_id", flat=True)) == [str(first.pk), str(second.pk)]


def test_of_a_refused_job_nothing_is_kept_but_the_reason() -> None:
    job = begin(end="refuse")

    run_jobs(clock=at())

    job.refresh_from_db()
    assert (job.state, job.failure, job.summary) == ("failed", "sunday", "Not on a Sunday.")
    assert not OrgUnit.objects.exists()
    assert not job.can_run_again


def test_an_error_of_ours_is_told_to_both_sides_and_nothing_is_kept() -> None:
    job = begin(end="break")

    with pytest.raises(RuntimeError, match="a mistake of ours"):
        run_jobs(clock=at())

    job.refresh_from_db()
    assert (job.state, job.failure) == ("failed", "broken")
    assert not OrgUnit.objects.exists()


def test_what_broke_off_is_run_again_by_whoever_began_it() -> None:
    user = factories.make_user()
    job = begin(user, end="break")
    with pytest.raises(RuntimeError):
        run_jobs(clock=at())
    JobRun.objects.filter(pk=job.pk).update(task={})
    job.refresh_from_db()

    with pytest.raises(ForbiddenError):
        run_again(job, actor=factories.make_user(), now=NOW)
    run_again(job, actor=user, now=NOW)
    run_jobs(clock=at())

    job.refresh_from_db()
    assert (job.state, job.failure, job.attempts) == ("done", "", 1)
    assert OrgUnit.objects.count() == 3
    with pytest.raises(NotRepeatableError):
        run_again(job, actor=user, now=NOW)


def test_a_job_under_way_is_nobody_elses_while_its_worker_lives() -> None:
    begin()

    assert claim_job(now=NOW) is not None

    assert claim_job(now=NOW + timedelta(seconds=299)) is None


def test_a_job_whose_worker_died_is_begun_anew_and_done_once() -> None:
    begin()
    lost = claim_job(now=NOW)
    later = NOW + timedelta(seconds=301)

    assert run_jobs(clock=at(later)) == 1

    assert lost is not None
    lost.refresh_from_db()
    assert (lost.state, lost.attempts) == ("done", 2)
    assert OrgUnit.objects.count() == 3


def test_a_worker_that_was_given_up_and_comes_back_changes_nothing() -> None:
    begin()
    slow = claim_job(now=NOW)
    assert slow is not None
    run_jobs(clock=at(NOW + timedelta(seconds=301)))
    OrgUnit.objects.all().delete()

    carry_out(slow, clock=at(NOW + timedelta(seconds=302)))

    assert not OrgUnit.objects.exists()
    assert JobRun.objects.get().attempts == 2


def test_a_job_that_loses_its_worker_three_times_is_given_up() -> None:
    job = begin()
    now = NOW
    for _attempt in range(3):
        assert claim_job(now=now) is not None
        now += timedelta(seconds=301)

    assert claim_job(now=now) is None

    job.refresh_from_db()
    assert (job.state, job.failure) == ("failed", "interrupted")
    assert job.can_run_again


def test_words_are_in_the_language_of_whoever_began_it() -> None:
    job = begin(end="break")
    JobRun.objects.filter(pk=job.pk).update(language="de")

    with pytest.raises(RuntimeError):
        run_jobs(clock=at())

    job.refresh_from_db()
    assert "nichts davon" in job.summary


def test_a_job_of_an_unknown_kind_fails_and_stops_no_other() -> None:
    JobRun.objects.create(kind="from_the_future", title="?", queued_at=NOW)
    begin()

    assert run_jobs(clock=at()) == 2

    assert sorted(JobRun.objects.values_list("state", flat=True)) == ["done", "failed"]


def test_what_ended_ninety_days_ago_is_forgotten() -> None:
    begin()
    run_jobs(clock=at())
    begin()

    assert forget_jobs(now=NOW + timedelta(days=90)) == 0
    assert forget_jobs(now=NOW + timedelta(days=91)) == 1
    assert JobRun.objects.get().state == "queued"


@pytest.mark.parametrize(
    "values",
    [
        {"state": "gone"},
        {"state": "running"},
        {"state": "queued", "finished_at": NOW},
        {"state": "done"},
    ],
)
def test_the_database_refuses_a_job_that_contradicts_itself(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        JobRun.objects.create(kind="x", title="x", queued_at=NOW, **values)
