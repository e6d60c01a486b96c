"""What the database ended for another one's sake is begun anew, at every edge, or said."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from change_tracker.core import again as home
from change_tracker.core.again import TRIES, BusyError, again
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs, start_job
from change_tracker.people.models import OrgUnit, PeopleUpload, Person
from change_tracker.training.models import Submission, TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.core.jobkinds import CountUp, registered
from tests.ended import ended
from tests.factories import NOW, make_file
from tests.portal.browsing import item_url, words

pytestmark = pytest.mark.django_db(transaction=True)

BUSY = "Somebody else was writing the same at this moment. Nothing was saved; try it once more."


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched, time_machine.travel(NOW, tick=True):
        patched.setattr(home, "PAUSE", 0)
        yield


class DriverError(Exception):
    """An error as drivers raise it, with what they say of it."""

    def __init__(self, **said: Any) -> None:
        vars(self).update(said)


def as_django_says(code: Any = None, kind: Any = OperationalError, **said: Any) -> Any:
    error = kind(*([code] if code else []))
    error.__cause__ = DriverError(**said) if said else None
    return error


#: The same of what there is once, or is referred to.
constraint_says = partial(as_django_says, kind=IntegrityError)


@pytest.mark.parametrize(
    ("error", "is_begun_anew"),
    [
        (as_django_says(1213), True),
        (as_django_says(1205), True),
        (as_django_says(1020), True),
        (as_django_says(2006), False),
        (as_django_says(sqlstate="40P01"), True),
        (as_django_says(sqlstate="40001"), True),
        (as_django_says(pgcode="55P03"), True),
        (as_django_says(sqlstate="57014"), False),
        (as_django_says(sqlite_errorcode=5), True),
        (as_django_says(sqlite_errorcode=517), True),
        (as_django_says(sqlite_errorcode=10), False),
        (as_django_says(), False),
        (constraint_says(1062), True),
        (constraint_says(1451), True),
        (constraint_says(1048), False),
        (constraint_says(sqlstate="23505"), True),
        (constraint_says(sqlstate="23503"), True),
        (constraint_says(sqlstate="23514"), False),
        (constraint_says(sqlite_errorcode=2067), True),
        (constraint_says(sqlite_errorcode=787), True),
        (constraint_says(sqlite_errorcode=275), False),
    ],
)
def test_only_what_was_ended_for_another_ones_sake_is_begun_anew(
    error: Exception, is_begun_anew: bool
) -> None:
    outcomes: list[Any] = [error, "done"]

    def work() -> str:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return str(outcome)

    if is_begun_anew:
        assert again(work) == "done"
        return
    with pytest.raises(type(error)):
        again(work)


def test_it_is_begun_a_few_times_and_then_said() -> None:
    calls = []

    def work() -> None:
        calls.append(1)
        raise as_django_says(1213)

    with pytest.raises(BusyError, match="Nothing was saved") as busy:
        again(work)

    assert (len(calls), busy.value.code) == (TRIES, "busy")


def test_what_is_nobody_else_s_doing_is_an_error_of_ours() -> None:
    OrgUnit.objects.create(external_id="x", name="X")
    calls = []

    def work() -> None:
        calls.append(1)
        OrgUnit.objects.create(external_id="x", name="X")

    with pytest.raises(IntegrityError):
        again(work)

    assert len(calls) == TRIES


def test_who_waited_long_and_in_vain_does_not_wait_as_long_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(home, "PATIENCE", -1)
    calls = []

    def work(code: int) -> None:
        calls.append(code)
        raise as_django_says(code)

    for code in (1205, 1213):
        with pytest.raises(BusyError):
            again(partial(work, code))

    assert calls == [1205, *[1213] * TRIES]


def test_in_somebody_elses_transaction_it_is_begun_once_and_nothing_is_written() -> None:
    calls = []

    def work() -> None:
        calls.append(OrgUnit.objects.create(external_id="x", name="X"))
        raise as_django_says(1205)

    with transaction.atomic(), pytest.raises(BusyError):
        again(work)

    assert len(calls) == 1
    assert not OrgUnit.objects.exists()


@pytest.fixture
def record(employee: Person, lead: Person) -> TrainingRecord:
    """Amira's item, for which she hands something in."""
    initiative = factories.make_initiative(lead=lead)
    activity = factories.make_activity(initiative, completion_rule="evidence")
    plan = factories.make_plan(initiative, items=[activity])
    return factories.make_enrolment(plan, employee).records.get()


@pytest.mark.parametrize("is_big", [False, True])
def test_a_form_with_a_file_is_saved_all_the_same(
    record: TrainingRecord,
    employee: Person,
    sign_in: SignIn,
    settings: Any,
    tmp_path: Any,
    *,
    is_big: bool,
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    if is_big:
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    url = item_url(record.pk, "hand-in")
    page = sign_in.page(employee)

    with ended(2, "submission"):
        response = page.post(url, {"file": make_file("Notes.pdf")})

    assert response.status_code == 302
    kept = Submission.objects.get()
    assert (tmp_path / kept.file.name).read_bytes() == b"%PDF-1.7 what I did"
    assert len([each for each in tmp_path.rglob("*") if each.is_file()]) == 1


def test_a_form_that_is_ended_each_time_says_so_and_keeps_every_value(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    url, sent = item_url(record.pk, "hand-in"), {"link": "https://intranet.example/notes/7"}

    with ended(TRIES, "submission"):
        response = sign_in.page(employee).post(url, sent)

    assert response.status_code == 409
    assert BUSY in words(response)
    assert 'value="https://intranet.example/notes/7"' in response.content.decode()
    assert not Submission.objects.exists()


def test_a_button_that_is_ended_each_time_is_offered_again(
    employee: Person, lead: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(factories.make_initiative(lead=lead))
    record = factories.make_enrolment(plan, employee).records.get()
    page, url = sign_in.page(employee), item_url(record.pk, "done")

    with ended(TRIES, "trainingrecord"):
        response = page.post(url, {"beside": "it"})

    assert response.status_code == 503
    html = response.content.decode()
    assert BUSY in html
    assert "Try it once more" in html
    assert '<input type="hidden" name="beside" value="it">' in html
    with ended(1, "trainingrecord"):
        assert page.post(url).status_code == 302
    record.refresh_from_db()
    assert record.state == "completed"


def test_in_a_transaction_of_the_host_it_is_said_and_nothing_is_saved(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        with ended(1, "submission"):
            response = sign_in.page(employee).post(
                item_url(record.pk, "hand-in"), {"link": "https://intranet.example/notes/7"}
            )
        with ended(1, "submission"):
            answer = sign_in.api(employee).post(
                "/change/api/v1/submissions/",
                {"record": record.pk, "link": "https://intranet.example/notes/7"},
            )
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False

    assert (response.status_code, response.content.decode()) == (503, BUSY)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert not Submission.objects.exists()


def test_the_api_does_it_again_with_what_was_sent(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    sent = {"record": record.pk, "link": "https://intranet.example/notes/7"}
    api = sign_in.api(employee)

    with ended(2, "submission"):
        response = api.post("/change/api/v1/submissions/", sent)

    assert response.status_code == 201, response.content
    assert Submission.objects.get().link == sent["link"]


def test_the_api_reads_a_file_once_more(hr: Person, sign_in: SignIn) -> None:
    file = make_file("staff.csv", b"external_id,name\n7,Ann Lee\n")
    api = sign_in.api(hr)

    with ended(1, "peopleupload"):
        response = api.post("/change/api/v1/people-uploads/", {"file": file}, format="multipart")

    assert response.status_code == 201, response.content
    assert PeopleUpload.objects.get().sent_content == b"external_id,name\n7,Ann Lee\n"


def test_the_api_says_when_to_come_again(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    sent = {"record": record.pk, "link": "https://intranet.example/notes/7"}

    with ended(TRIES, "submission"):
        response = sign_in.api(employee).post("/change/api/v1/submissions/", sent)

    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert response["Content-Type"] == "application/problem+json"
    assert (response.json()["code"], response.json()["title"]) == ("busy", BUSY)


def test_a_form_of_the_admin_is_saved_all_the_same_or_says_so(admin_client: Client) -> None:
    url, sent = reverse("admin:change_tracker_orgunit_add"), {"external_id": "x", "name": "X"}

    with ended(TRIES, "orgunit"):
        refused = admin_client.post(url, sent, follow=True)
    none = OrgUnit.objects.count()
    with ended(2, "orgunit"):
        admin_client.post(url, sent)

    assert BUSY in refused.content.decode()
    assert (none, OrgUnit.objects.get().name) == (0, "X")


def test_each_row_of_a_list_in_the_admin_is_moved_all_the_same_or_is_named(
    lead: Person, sign_in: SignIn
) -> None:
    assert lead.user is not None
    lead.user.is_staff = lead.user.is_superuser = True
    lead.user.save()
    initiative = factories.make_initiative(lead=lead)
    rows = [factories.make_action(initiative, title=title) for title in ("One", "Two")]
    url = reverse("admin:change_tracker_mitigationaction_changelist")
    sent = {"action": "move_to_in_progress", "_selected_action": [row.pk for row in rows]}
    page = sign_in.page(lead)

    def states() -> set[str]:
        for row in rows:
            row.refresh_from_db()
        return {f"{row.title}: {row.state}" for row in rows}

    with ended(TRIES, "mitigationaction"):
        said = page.post(url, sent, follow=True).content.decode()
    assert BUSY in said
    assert "1 was moved." in said
    assert {each.split()[1] for each in states()} == {"planned", "in_progress"}

    with ended(2, "mitigationaction"):
        page.post(url, sent)
    assert states() == {"One: in_progress", "Two: in_progress"}


def test_a_job_is_done_all_the_same_and_has_not_broken_off() -> None:
    with registered(CountUp()):
        job = start_job(
            kind="count_up", title="Count", task={}, actor=factories.make_user(), now=NOW
        )
        with ended(2, "orgunit"):
            assert run_jobs() == 1

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)
    assert OrgUnit.objects.count() == 3


def test_a_job_that_is_ended_each_time_waits_for_its_next_turn_and_is_given_up_in_the_end() -> None:
    with registered(CountUp()):
        job = start_job(
            kind="count_up", title="Count", task={}, actor=factories.make_user(), now=NOW
        )
        with ended(TRIES, "orgunit"):
            assert run_jobs() == 2
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("done", 2)

        other = start_job(
            kind="count_up", title="Count", task={}, actor=factories.make_user(), now=NOW
        )
        with ended(3 * TRIES, "orgunit"):
            run_jobs()

    other = JobRun.objects.get(pk=other.pk)
    assert (other.state, other.failure, other.can_run_again) == ("failed", "interrupted", True)


def test_a_roster_is_brought_in_all_the_same(tmp_path: Any, capsys: Any) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("external_id,name\n7,Ann Lee\n")

    with ended(2, "people"):
        call_command("import_people", str(file))

    assert Person.objects.get().display_name == "Ann Lee"
    assert capsys.readouterr().out.count("Joiners: 1") == 1
