"""The outbox through the API: own mail for everyone, all of it for HR, one verb for site admins."""

from typing import Any

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.reminders.models import Attempt, Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.reminders.conftest import enrol

pytestmark = pytest.mark.django_db

REMINDERS = "/change/api/v1/reminders/"
DIGESTS = "/change/api/v1/digests/"


@pytest.fixture
def site_admin(db: None) -> Person:
    login = factories.make_user("root", is_superuser=True, is_staff=True)
    return factories.make_person("Root", login=login)


@pytest.fixture
def digest(employee: Person) -> Digest:
    """A mail to Amira that was given up."""
    enrol(employee)
    plan_reminders(now=NOW)
    Digest.objects.update(state="dead", attempts=1)
    digest = Digest.objects.get()
    Attempt.objects.create(digest=digest, n=1, started_at=NOW, outcome="refused", smtp_code=550)
    return digest


def test_people_read_what_they_were_written_and_not_the_servers_answers(
    digest: Digest, employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    (own,) = sign_in.api(employee).get(DIGESTS).json()["results"]

    assert (own["id"], own["state"], own["log"]) == (digest.pk, "dead", [])
    (reminder,) = sign_in.api(employee).get(REMINDERS).json()["results"]
    assert (reminder["kind"], reminder["digest"]) == ("training_due", digest.pk)
    assert sign_in.api(outsider).get(DIGESTS).json()["results"] == []
    assert sign_in.api(outsider).get(f"{DIGESTS}{digest.pk}/").status_code == 404


def test_hr_reads_attempts_too_and_sends_nothing(
    digest: Digest, hr: Person, sign_in: SignIn
) -> None:
    client = sign_in.api(hr)

    body = client.get(f"{DIGESTS}{digest.pk}/").json()

    assert [each["smtp_code"] for each in body["log"]] == [550]
    assert client.post(f"{DIGESTS}{digest.pk}/retry/").status_code == 403


def test_site_admins_send_again_what_was_given_up(
    digest: Digest, site_admin: Person, sign_in: SignIn
) -> None:
    client = sign_in.api(site_admin)

    response = client.post(f"{DIGESTS}{digest.pk}/retry/")

    assert (response.status_code, response.json()["state"]) == (200, "pending")
    assert AuditEvent.objects.get(verb="retried").object_id == str(digest.pk)
    again = client.post(f"{DIGESTS}{digest.pk}/retry/")
    assert (again.status_code, again.json()["code"]) == (409, "not_given_up")


def test_lists_are_filtered_by_state_and_kind(
    digest: Digest, manager: Person, hr: Person, sign_in: SignIn
) -> None:
    client = sign_in.api(hr)
    enrol(manager, assigned_on=factories.TODAY, due_on=None)
    plan_reminders(now=NOW)

    def count(url: str, **wanted: str) -> int:
        return len(client.get(url, wanted).json()["results"])

    assert (count(REMINDERS), count(REMINDERS, kind="training_assigned")) == (2, 1)
    assert count(REMINDERS, state="sent") == 0
    assert (count(DIGESTS, state="dead"), count(DIGESTS, state="pending")) == (1, 1)
    assert client.get(DIGESTS, {"state": "nonsense"}).status_code == 400


@pytest.mark.parametrize("url", [REMINDERS, DIGESTS])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_through_the_api(
    url: str, method: str, digest: Digest, site_admin: Person, sign_in: SignIn
) -> None:
    target = url if method == "post" else f"{url}{digest.pk}/"

    assert getattr(sign_in.api(site_admin), method)(target).status_code == 405


@pytest.mark.exhaustive
@pytest.mark.parametrize("url", [REMINDERS, DIGESTS, "/admin/change_tracker/digest/"])
def test_queries_do_not_grow_with_the_rows(
    url: str, site_admin: Person, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    counts = []
    client: Any = sign_in.page(site_admin) if "admin" in url else sign_in.api(site_admin)
    plan = factories.make_plan(factories.make_initiative())
    for amount in (1, 9):
        for _ in range(amount):
            enrol(factories.make_person(), plan=plan)
        plan_reminders(now=NOW)
        client.get(url)
        with django_assert_max_num_queries(30) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_admin_shows_the_outbox_and_sends_again(
    digest: Digest, site_admin: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(site_admin)
    address = "/admin/change_tracker/digest/"

    page = client.get(f"{address}{digest.pk}/change/")
    client.post(address, {"action": "send_again", "_selected_action": [digest.pk]})

    assert "550" in page.content.decode()
    digest.refresh_from_db()
    assert digest.state == "pending"
    for name in ("reminder", "heartbeat"):
        assert client.get(f"/admin/change_tracker/{name}/").status_code == 200
    reminder = Reminder.objects.get()
    assert client.get(f"/admin/change_tracker/reminder/{reminder.pk}/change/").status_code == 200
