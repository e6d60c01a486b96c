"""Ways to reach people: as wished, with an error that knows, a pause, a cap, and the inbox."""

import io
import urllib.error
from datetime import timedelta
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from change_tracker.people.models import Person
from change_tracker.reminders.attempts import Drained
from change_tracker.reminders.channels import Channel
from change_tracker.reminders.inbox import inbox_of, lines_of
from change_tracker.reminders.models import Attempt, ChannelPause, Digest
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import drain
from change_tracker.reminders.wishes import set_preference
from tests import factories
from tests.contracts.source import ROOT
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
EMAIL, INBOX = (f"change_tracker.reminders.channels.{name}Channel" for name in ("Email", "Inbox"))
CHAT = f"{__name__}.DocumentedChat"
PAUSES = "/admin/change_tracker/channelpause/"


def documented() -> type[Channel]:
    """The class in docs/extending.md, as it stands there."""
    text = (ROOT / "docs" / "extending.md").read_text()
    code = next(each for each in text.split("```python\n") if "class ChatChannel" in each)
    names: dict[str, Any] = {"__name__": "intranet.chat"}
    exec(code.partition("```")[0], names)  # noqa: S102  our own page
    return names["ChatChannel"]  # type: ignore[no-any-return]  # it is


class DocumentedChat(documented()):  # type: ignore[misc]  # known when it runs
    """By a name that a setting can say."""


@pytest.fixture
def chat(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the chat answers, one for each message; an exception is raised. Empty: it takes all."""
    answers: list[Any] = []

    def urlopen(request: Any, timeout: float) -> io.BytesIO:
        assert timeout < 60
        answer = answers.pop(0) if answers else None
        if isinstance(answer, int):
            raise urllib.error.HTTPError(request.full_url, answer, "no", {}, None)  # type: ignore[arg-type]
        if answer is not None:
            raise answer
        return io.BytesIO()

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"CHANNELS": (EMAIL, CHAT, INBOX)}
    return answers


def wish(person: Person, channel: str) -> None:
    set_preference(person=person, actor=None, now=NOW, channel=channel)


def sent(minutes: int = 0) -> Drained:
    plan_reminders(now=NOW)
    return drain(clock=at(NOW + minutes * MINUTE))


@pytest.mark.parametrize("channel", ["", "email", "chat", "inbox", "taken away"])
def test_people_are_reached_as_they_wish(
    employee: Person, mailoutbox: list[Any], chat: list[Any], channel: str
) -> None:
    enrol(employee)
    wish(employee, channel)

    assert sent().sent == 1

    used = channel if channel in {"chat", "inbox"} else "email"
    assert Attempt.objects.get().channel == used
    assert len(mailoutbox) == (used == "email")


def test_whom_no_mail_reaches_is_reached_by_the_next_way_and_never_by_the_inbox_unasked(
    employee: Person, settings: Any, chat: list[Any]
) -> None:
    Person.objects.update(email="")
    type(employee.user).objects.update(email="")  # type: ignore[union-attr]
    enrol(employee)

    assert sent().sent == 1
    assert Attempt.objects.get().channel == "chat"

    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"CHANNELS": (EMAIL, INBOX)}
    enrol(employee)
    assert sent().sent == 0


class Choosy(DocumentedChat):
    """A chat that stumbles over one person."""

    def address_of(self, to: Any) -> str:
        if to.person.display_name == "Amira Hassan":
            raise LookupError
        return str(super().address_of(to))


def test_a_way_that_stumbles_over_somebody_counts_as_none_for_them_and_is_logged(
    employee: Person, manager: Person, settings: Any, chat: list[Any], caplog: Any
) -> None:
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {
        "CHANNELS": (EMAIL, f"{__name__}.Choosy", INBOX)
    }
    for person in (employee, manager):
        enrol(person)
        wish(person, "chat")
    assert employee.display_name == "Amira Hassan"

    assert sent().sent == 2

    used = Attempt.objects.values_list("digest__recipient", "channel")
    assert set(used) == {(employee.pk, "email"), (manager.pk, "chat")}
    assert "“chat” could not say" in caplog.text


@pytest.mark.parametrize(
    ("answer", "state", "outcome", "code"),
    [
        (404, "dead", "refused", 404),
        (429, "pending", "deferred", 429),
        (503, "pending", "deferred", 503),
        (TimeoutError(), "pending", "deferred", None),
    ],
)
def test_an_error_knows_whether_trying_again_can_help(
    employee: Person, chat: list[Any], answer: Any, state: str, outcome: str, code: int | None
) -> None:
    enrol(employee)
    wish(employee, "chat")
    chat.append(answer)

    sent()

    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.smtp_code) == (outcome, code)
    assert Digest.objects.get().state == state


def test_nothing_leaves_by_a_way_that_is_paused_and_no_attempt_is_used_up(
    employee: Person, manager: Person, mailoutbox: list[Any], chat: list[Any]
) -> None:
    enrol(employee)
    enrol(manager)
    wish(manager, "chat")
    ChannelPause.objects.create(channel="email", until=NOW + 5 * MINUTE)

    first, during, after = sent(), sent(minutes=4), sent(minutes=6)

    assert (first.sent, during.sent, after.sent) == (1, 0, 1)
    assert [each.channel for each in Attempt.objects.order_by("pk")] == ["chat", "email"]


def test_only_a_way_that_there_is_can_be_paused(client: Client, chat: list[Any]) -> None:
    client.force_login(factories.make_user("root", is_staff=True, is_superuser=True))
    sent = {"until_0": "", "until_1": "", "reason": "Its server is moved"}

    typed = client.post(PAUSES + "add/", sent | {"channel": "E-Mail"})
    chosen = client.post(PAUSES + "add/", sent | {"channel": "chat"})
    pause = ChannelPause.objects.get()
    changed = client.post(f"{PAUSES}{pause.pk}/change/", sent | {"reason": "It is moved"})

    assert (typed.status_code, chosen.status_code, changed.status_code) == (200, 302, 302)
    pause.refresh_from_db()
    assert (pause.channel, pause.reason) == ("chat", "It is moved")


def test_no_more_leave_in_a_minute_than_the_cap_says(settings: Any, mailoutbox: list[Any]) -> None:
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"MAILS_PER_MINUTE": 2, "CLAIM_SIZE": 100}
    plan = factories.make_plan(factories.make_initiative(state="active"))
    for _ in range(5):
        enrol(factories.make_person(login=True), plan=plan)

    counts = [sent(minutes=minutes).sent for minutes in (0, 0, 1, 2)]

    assert counts == [2, 0, 2, 1]


def test_lines_of_the_inbox_lead_to_what_they_are_about_and_repeat_nothing_of_a_concern(
    employee: Person, lead: Person
) -> None:
    initiative = factories.make_initiative(lead=lead)
    action = factories.make_action(initiative, title="Walk the floor", owner=lead, due_on=TODAY)
    for text in ("My secret words", "More of them"):
        promised_on = TODAY + timedelta(days=3)
        factories.make_feedback(
            initiative, employee, text=text, raised_on=TODAY, promised_on=promised_on
        )
    mine = enrol(employee).records.select_related("activity").get()
    sent()

    def lines(person: Person) -> list[tuple[str, str, str]]:
        (digest,) = inbox_of(person.user)  # type: ignore[arg-type]  # the cast has logins
        return [(each.words, each.title, each.url) for each in lines_of(digest)]

    at_page = f"/change/i/{initiative.slug}"
    assert sorted(lines(lead)) == [
        ("Action due", "Walk the floor", f"{at_page}/actions/{action.pk}/"),
        ("Concern raised", "", f"{at_page}/concerns/"),
    ]
    assert lines(employee) == [("Training due", mine.activity.title, f"/change/t/{mine.pk}/")]


def test_what_was_sent_stands_in_the_inbox_until_it_is_read(
    employee: Person, outsider: Person, client: Client
) -> None:
    enrol(employee)
    wish(employee, "inbox")
    sent()
    client.force_login(employee.user)  # type: ignore[arg-type]  # the cast has logins

    def unread(person: Person) -> str:
        request = RequestFactory().get("/")
        request.user = person.user  # type: ignore[assignment]  # the cast has logins
        source = "{% load change_tracker %}{% change_tracker_unread as new %}{{ new }}"
        return Template(source).render(Context({"request": request}))

    page = client.get("/change/inbox/").content.decode()
    subject = Digest.objects.get().subject
    assert subject in page
    assert "1 message is new." in page
    assert (unread(employee), unread(outsider)) == ("1", "0")
    assert len(client.get("/change/api/v1/digests/?unread=true").json()["results"]) == 1

    client.post("/change/inbox/")

    assert unread(employee) == "0"
    assert client.get("/change/api/v1/digests/?unread=true").json()["results"] == []
    assert subject in client.get("/change/inbox/").content.decode()
