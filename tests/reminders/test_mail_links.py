"""Links in mails: opening one changes nothing, pressing acts once, and none opens anything else."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.reminders import links
from change_tracker.reminders.models import MailPreference
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import drain
from change_tracker.training.models import ExtensionRequest, ExternalLearning, TrainingRecord
from tests.factories import NOW, TODAY
from tests.portal.browsing import queries
from tests.reminders.conftest import at, enrol

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FORMS: dict[str, dict[str, str]] = {
    links.MORE_TIME: {"wanted_on": str(TODAY + 20 * DAY), "reason": ""},
    links.ELSEWHERE: {"kind": "course", "learnt_on": str(TODAY - DAY), "note": ""},
    links.QUIET: {},
}


@pytest.fixture(autouse=True)
def stopped_clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def record(employee: Person) -> TrainingRecord:
    return enrol(employee, due_on=TODAY + 7 * DAY, assigned_on=TODAY - 20 * DAY).records.get()


def url(person: Person, verb: str, record: TrainingRecord | None = None) -> str:
    return links.address(person, verb, TODAY, record).removeprefix("https://intranet.example")


def written() -> tuple[Any, ...]:
    """All that a link could have changed."""
    return (
        ExtensionRequest.objects.count(),
        ExternalLearning.objects.count(),
        MailPreference.objects.count(),
        AuditEvent.objects.count(),
    )


def test_a_mail_has_a_link_for_each_thing_that_needs_no_signing_in(
    record: TrainingRecord, mailoutbox: list[Any], client: Client
) -> None:
    plan_reminders(now=NOW)
    drain(clock=at())

    (message,) = mailoutbox
    found = re.findall(r"https://intranet.example(/change/(?:go|mail)/\S+)", message.body)
    assert len(found) == 4
    assert message.extra_headers["List-Unsubscribe"] == f"<https://intranet.example{found[-1]}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = message.alternatives[0][0]
    for each in found:
        assert f'href="https://intranet.example{each}"' in html
        assert client.get(each).status_code == 200


def test_opening_a_link_changes_nothing_and_opens_no_session(
    employee: Person, record: TrainingRecord, client: Client
) -> None:
    before = written()

    for verb in (*FORMS, links.WISHES):
        about = record if verb in {links.MORE_TIME, links.ELSEWHERE} else None
        address = url(employee, verb, about)
        page = client.get(address)
        assert (page.status_code, client.head(address).status_code) == (200, 200)
        assert page["Referrer-Policy"] == "no-referrer"
        assert len(queries(client, address)) <= 3, verb
        assert client.get("/change/").status_code == 302

    assert written() == before
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize("verb", FORMS)
def test_pressing_the_button_acts_once_without_a_cookie(
    employee: Person, record: TrainingRecord, verb: str
) -> None:
    browser = Client(enforce_csrf_checks=True)
    address = url(employee, verb, None if verb == links.QUIET else record)

    first, second = (browser.post(address, FORMS[verb]) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert sum(written()[:3]) == 1
    assert "sessionid" not in browser.cookies


def test_a_link_counts_from_the_day_on_the_wall_of_its_person(
    employee: Person, record: TrainingRecord, client: Client
) -> None:
    """In Auckland it is tomorrow already."""
    Person.objects.filter(pk=employee.pk).update(timezone="Pacific/Auckland")
    elsewhere, tomorrow = url(employee, links.ELSEWHERE, record), TODAY + DAY

    with time_machine.travel(NOW.replace(hour=20), tick=False):
        page = client.get(elsewhere).content.decode()
        reported = client.post(elsewhere, FORMS[links.ELSEWHERE] | {"learnt_on": str(tomorrow)})
        client.post(url(employee, links.QUIET))

    assert f'value="{tomorrow}"' in page
    assert reported.status_code == 200
    assert ExternalLearning.objects.get().learnt_on == tomorrow
    assert MailPreference.objects.get().quiet_until == tomorrow + 6 * DAY


def test_one_press_in_a_mail_program_stops_mail(employee: Person) -> None:
    program = Client(enforce_csrf_checks=True)

    answer = program.post(url(employee, links.WISHES), {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert MailPreference.objects.get().cadence == "never"


def test_wishes_are_saved_by_the_link_too(employee: Person, client: Client) -> None:
    address = url(employee, links.WISHES)

    refused = client.post(address, {"cadence": "weekly", "channel": "email"})
    saved = client.post(address, {"cadence": "weekly", "weekdays": "2", "channel": "email"})

    assert (refused.status_code, saved.status_code) == (400, 200)
    assert MailPreference.objects.get().weekdays == "2"


def test_the_inbox_alone_is_no_way_for_who_cannot_open_it(
    employee: Person, outsider: Person, client: Client
) -> None:
    Person.objects.filter(pk=outsider.pk).update(user=None)
    theirs, mine = (url(each, links.WISHES) for each in (outsider, employee))
    wished = {"cadence": "daily", "channel": "inbox"}
    MailPreference.objects.create(person=outsider, channel="inbox")

    page = client.get(theirs).content.decode()

    assert "inbox" not in page
    assert re.search(r'value="email"[^>]*checked', page)
    assert "inbox" in client.get(mine).content.decode()
    assert [client.post(each, wished).status_code for each in (theirs, mine)] == [400, 200]


def test_what_was_tampered_with_is_not_found(
    employee: Person, outsider: Person, record: TrainingRecord, client: Client
) -> None:
    good = url(employee, links.QUIET)
    theirs = url(outsider, links.MORE_TIME, record)

    assert client.get(good[:-2] + "x/").status_code == 404
    assert client.get(good.replace("/go/", "/mail/")).status_code == 404
    assert client.get("/change/go/anything/").status_code == 404
    # Signed by us, for somebody whose it is not: there is nothing of theirs to ask time for.
    assert client.post(theirs, FORMS[links.MORE_TIME]).status_code == 410


def test_a_link_that_is_too_old_says_so_and_offers_to_sign_in(
    employee: Person, client: Client
) -> None:
    address = url(employee, links.QUIET)

    with time_machine.travel(NOW + 31 * DAY, tick=False):
        page = client.get(address)
        pressed = client.post(address)

    assert (page.status_code, pressed.status_code) == (410, 410)
    assert "too old" in page.content.decode()
    assert 'href="/change/"' in page.content.decode()
    assert not MailPreference.objects.exists()


@pytest.mark.parametrize("change", [{"due_revision": 9}, {"state": "waived", "left_on": TODAY}])
def test_a_link_about_what_has_changed_does_nothing(
    employee: Person, record: TrainingRecord, client: Client, change: dict[str, Any]
) -> None:
    address = url(employee, links.MORE_TIME, record)
    TrainingRecord.objects.filter(pk=record.pk).update(**change)

    page = client.post(address, FORMS[links.MORE_TIME])

    assert page.status_code == 410
    assert "has changed since the mail" in page.content.decode()
    assert not ExtensionRequest.objects.exists()


def test_links_of_somebody_who_left_lead_nowhere(employee: Person, client: Client) -> None:
    address = url(employee, links.QUIET)
    Person.objects.filter(pk=employee.pk).update(ends_on=TODAY - DAY)

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("verb", [links.MORE_TIME, links.ELSEWHERE, links.QUIET])
def test_links_of_a_login_that_was_locked_lead_nowhere(
    employee: Person, record: TrainingRecord, client: Client, verb: str
) -> None:
    """An account that somebody else has got hold of is locked there first."""
    address = url(employee, verb, None if verb == links.QUIET else record)
    get_user_model().objects.filter(username="amira").update(is_active=False)
    before = written()

    assert client.get(address).status_code == 404
    assert client.post(address, FORMS[verb]).status_code == 404
    assert written() == before
    stop = client.post(url(employee, links.WISHES), {"List-Unsubscribe": "One-Click"})
    assert stop.status_code == 200


def test_a_managers_answer_needs_signing_in(
    employee: Person, record: TrainingRecord, client: Client
) -> None:
    client.post(url(employee, links.MORE_TIME, record), FORMS[links.MORE_TIME])
    request = ExtensionRequest.objects.get()

    for answer in (client.get, client.post):
        page: Any = answer(f"/change/requests/{request.pk}/")
        assert page.status_code in {302, 404}
    assert ExtensionRequest.objects.get().state == "requested"
