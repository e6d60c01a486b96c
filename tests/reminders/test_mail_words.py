"""What an initiative says in its own words in mails: written, shown, sent as a test."""

import socket
from datetime import timedelta
from typing import Any

import pytest
from django.conf import global_settings
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders import links, mailwords
from change_tracker.reminders.mailwords import NoTestError, ask_for_test, change_words, create_words
from change_tracker.reminders.models import Digest, MailWords, Reminder
from change_tracker.reminders.placeholders import PLACEHOLDERS, check_words, fill
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import drain
from change_tracker.reminders.wishes import be_quiet
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol, use_server
from tests.reminders.sink import Sink, free_port

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.CHANGE_TRACKER = {"SITE_URL": "https://intranet.example"}


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, go_live_on=None)


def write(initiative: Initiative, language: str = "en", **words: str) -> MailWords:
    return create_words(initiative=initiative, language=language, actor=None, now=NOW, **words)


def sent(mailoutbox: list[Any]) -> tuple[str, str]:
    """The text and the HTML of the one mail that left."""
    (mail,) = mailoutbox
    return str(mail.body), str(mail.alternatives[0][0])


def run() -> None:
    plan_reminders(now=NOW)
    drain(clock=at())


def page(initiative: Initiative, part: str = "") -> str:
    return f"/change/i/{initiative.slug}/mail-words/{part}"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)  # type: ignore[arg-type]  # the cast has logins
    return client


# ---- placeholders


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Dear {nmae}, do it.", "There is no “{nmae}”. Write {name}, {initiative}, {lead}"),
        ("{name.__class__}", "There is no “{name.__class__}”"),
        ("{0} {}", "There is no “{0}”"),
        ("a { b", "“{” stands alone"),
        ("{{name}}", "“{” stands alone"),
        ("a } b", "“}” stands alone"),
    ],
)
def test_a_wrong_placeholder_is_named_with_those_that_there_are(words: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check_words(words)

    assert said in refused.value.messages[0]


@given(words=st.text(alphabet="{}nae ,%s$\\"), fact=st.text())
def test_what_passes_the_check_is_filled_once_and_nothing_else_changes(
    words: str, fact: str
) -> None:
    try:
        check_words(words)
    except ValidationError:
        return
    expected = fact.join(words.split("{name}")) if "{name}" in words else words

    assert fill(words, dict.fromkeys(PLACEHOLDERS, fact)) == expected


def test_what_is_put_in_is_not_looked_at_again() -> None:
    assert fill("{name} in {initiative}", {"name": "{lead}", "initiative": "%s"}) == "{lead} in %s"


# ---- in the mail


def test_words_stand_under_the_heading_that_they_are_for_and_are_escaped(
    initiative: Initiative, employee: Person, mailoutbox: list[Any]
) -> None:
    write(
        initiative,
        for_soon="{name}, {lead} counts on you for {initiative} (<b>{go_live}</b>).\nThank you.",
        for_late="Not this one.",
    )
    enrol(employee, initiative=initiative, assigned_on=TODAY - 20 * DAY)

    run()

    text, html = sent(mailoutbox)
    line = "Amira Hassan, Priya Nair counts on you for One Front Door ("
    # Its go-live has no date.
    assert f"COMING UP\n{line}<b>no date yet</b>).\nThank you.\n" in text
    assert f"{line}&lt;b&gt;no date yet&lt;/b&gt;).<br>Thank you." in html
    assert "Not this one" not in text + html


def test_whoever_has_followed_the_lead_is_named(
    initiative: Initiative, lead: Person, outsider: Person, employee: Person, mailoutbox: list[Any]
) -> None:
    write(initiative, for_soon="Ask {lead}.")
    factories.make_role(initiative, outsider, "lead")
    Person.objects.filter(pk=lead.pk).update(ends_on=TODAY - DAY)
    enrol(employee, initiative=initiative, assigned_on=TODAY - 20 * DAY)

    run()

    text, _html = sent(mailoutbox)
    assert f"Ask {outsider.display_name}." in text


def test_a_mail_about_two_initiatives_says_whose_words_they_are(
    initiative: Initiative, lead: Person, employee: Person, mailoutbox: list[Any]
) -> None:
    other = factories.make_initiative(title="Paper to screen", lead=lead)
    for each in (initiative, other):
        write(each, for_soon="We need you.")
        enrol(employee, initiative=each, assigned_on=TODAY - 20 * DAY)

    run()

    text, _html = sent(mailoutbox)
    assert "One Front Door: We need you." in text
    assert "Paper to screen: We need you." in text


def test_a_mail_in_a_language_without_words_stands_as_it_is(
    initiative: Initiative, employee: Person, mailoutbox: list[Any]
) -> None:
    write(initiative, for_soon="We need you.")
    Person.objects.filter(pk=employee.pk).update(language="de")
    enrol(employee, initiative=initiative, assigned_on=TODAY - 20 * DAY)

    run()

    assert "We need you" not in sent(mailoutbox)[0]
    write(initiative, "de", for_new="Wir brauchen dich, {name}.")
    colleague = factories.make_person("Ole Berg", email="ole@example.org", language="de")
    enrol(colleague, initiative=initiative, assigned_on=TODAY)
    run()
    assert "Wir brauchen dich, Ole Berg." in mailoutbox[1].body


# ---- writing


def test_words_have_a_history_and_one_row_a_language(initiative: Initiative, lead: Person) -> None:
    row = write(initiative, for_new="Welcome.")
    changed = change_words(row, for_new="Hello.", actor=lead.user, now=NOW)

    verbs = AuditEvent.objects.filter(object_type="mailwords").order_by("pk")
    assert [each.verb for each in verbs] == ["created", "changed"]
    assert {each.scope for each in verbs} == {f"initiative:{initiative.pk}"}
    assert "Hello" not in str(verbs[1].changes)
    assert changed.version == 2
    with pytest.raises(mailwords.WordsExistError):
        write(initiative)
    for wrong in ({"language": "xx"}, {"language": "de", "for_new": "{x}"}):
        with pytest.raises(ValidationError):
            write(initiative, **wrong)
    with pytest.raises(ValidationError):
        change_words(row, language="de", actor=None, now=NOW)


def test_a_lead_writes_them_on_a_page_that_shows_the_mail(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    enrol(employee, initiative=initiative)
    client = signed_in(lead)
    words = {"language": "en", "occasion": "late", "for_late": "It is late, {name}."}

    looked = client.post(page(initiative), words | {"preview": "on"})
    assert looked.status_code == 200
    assert "It is late, Amira Hassan." in looked.content.decode()
    assert not MailWords.objects.exists()

    wrong = client.post(page(initiative), {"for_late": "{x}"})
    assert wrong.status_code == 400
    assert "There is no “{x}”" in wrong.content.decode()

    saved = client.post(page(initiative), words, follow=True)
    assert saved.redirect_chain[-1][0] == f"{page(initiative)}?language=en&occasion=late"
    assert "It is late, Amira Hassan." in saved.content.decode()
    mail = client.get(page(initiative, "html/"), {"occasion": "late"})
    assert "It is late, Amira Hassan." in mail.content.decode()
    assert mail["Content-Security-Policy"].startswith("default-src 'none'")
    # Whoever opened the page before it was saved is told.
    assert client.post(page(initiative), words | {"for_late": "x"}).status_code == 409


def test_the_language_of_the_page_is_not_that_of_the_words(
    initiative: Initiative, lead: Person
) -> None:
    client = signed_in(lead)

    german = client.get(page(initiative), headers={"Accept-Language": "de"}).content.decode()

    assert '<html lang="de"' in german
    assert '<input type="hidden" name="language" value="en">' in german
    assert 'aria-current="page">English</a>' in " ".join(german.split()).replace(" >", ">")


def test_the_page_begins_with_the_language_of_the_site_s_mails(
    initiative: Initiative,
    lead: Person,
    employee: Person,
    client: Client,
    settings: Any,
    mailoutbox: list[Any],
) -> None:
    """Django's own settings: “en-us”, and a hundred languages, of which it is none."""
    settings.LANGUAGE_CODE, settings.LANGUAGES = "en-us", global_settings.LANGUAGES
    client.force_login(lead.user)  # type: ignore[arg-type]  # the cast has logins
    enrol(employee, initiative=initiative, assigned_on=TODAY)

    client.post(page(initiative), {"for_new": "Welcome!"})
    run()

    assert MailWords.objects.get().language == "en"
    assert "Welcome!" in sent(mailoutbox)[0]


def test_the_admin_offers_the_languages_in_which_mails_go_out(
    initiative: Initiative, client: Client
) -> None:
    client.force_login(factories.make_user("root", is_staff=True, is_superuser=True))
    add, row = "/admin/change_tracker/mailwords/add/", {"initiative": initiative.pk}

    typed = client.post(add, row | {"language": "Deutsch", "for_new": "Willkommen!"})
    chosen = client.post(add, row | {"language": "de", "for_new": "Willkommen!"})

    assert (typed.status_code, chosen.status_code) == (200, 302)
    assert "Willkommen!" in typed.content.decode()
    assert MailWords.objects.get().language == "de"


def test_the_shown_mail_gives_away_no_link_of_another(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    enrol(employee, initiative=initiative)
    client = signed_in(lead)

    html = client.get(page(initiative, "html/")).content.decode()

    assert "Ask for more time" in html
    found = {part.split('"')[0] for part in html.split("/change/go/")[1:]}
    found |= {part.split('"')[0] for part in html.split("/change/mail/")[1:]}
    assert found
    owners = {links.read_link(each.strip("/"), TODAY).person_id for each in found}
    assert owners == {lead.pk}


def test_without_open_training_it_is_shown_with_an_example(
    initiative: Initiative, lead: Person
) -> None:
    shown = signed_in(lead).get(page(initiative), {"occasion": "new"}).content.decode()

    assert "An example of a training" in shown
    assert "Hello Priya Nair" in shown


def test_who_reads_dates_of_their_team_alone_sees_nobody_s_mail(
    initiative: Initiative, manager: Person, employee: Person
) -> None:
    enrol(employee, initiative=initiative)
    factories.make_role(initiative, manager, "change_agent")

    shown = signed_in(manager).get(page(initiative)).content.decode()

    assert "Amira Hassan" not in shown
    assert "Hello Dan Cole" in shown


# ---- a test


def asked_by(actor: Any) -> dict[str, Any]:
    return {"occasion": "new", "language": "en", "actor": actor, "now": NOW}


def test_a_test_is_that_mail_to_the_own_address_and_comes_with_the_next_run(
    initiative: Initiative, lead: Person, employee: Person, sink: Sink
) -> None:
    write(initiative, for_soon="We need you.")
    enrol(employee, initiative=initiative, assigned_on=TODAY - 20 * DAY)
    client = signed_in(lead)
    asked = client.post(page(initiative, "test/"), {"occasion": "soon"}, follow=True)
    assert "comes with the next run" in asked.content.decode()
    assert not sink.mails
    # A wish that is written down meanwhile does not take it away.
    be_quiet(person=lead, actor=lead.user, today=TODAY, now=NOW)
    again = client.post(page(initiative, "test/"), {"occasion": "soon"}, follow=True)
    assert "A test is on its way" in again.content.decode()

    Digest.objects.update(available_at=NOW)
    assert drain(clock=at()).sent == 1

    (mail,) = sink.mails
    assert mail.to == (lead.email,)
    text = mail.part("plain")
    assert "This is a test: Amira Hassan would get this mail." in text
    assert "Hello Amira Hassan," in text
    assert "We need you." in text
    assert "https://intranet.example/change/t/" not in text
    assert Reminder.objects.get().state == "sent"
    inbox = client.get("/change/inbox/").content.decode()
    assert "Test of the words of an initiative" in inbox
    # It takes no place from the mail of the day.
    run()
    assert {each.to[0] for each in sink.mails} == {lead.email, employee.email}


def test_asking_for_a_test_opens_no_connection(
    initiative: Initiative, lead: Person, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(lead)
    use_server(settings, free_port())

    def refuse(*address: Any, **options: Any) -> Any:
        raise AssertionError(address)

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)

    assert client.post(page(initiative, "test/")).status_code == 302
    assert Digest.objects.get().is_test


def test_of_tests_there_are_enough_on_one_day(
    initiative: Initiative, lead: Person, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailwords, "MOST_TESTS", 2)
    asked: Any = {"occasion": "new", "language": "de", "actor": lead.user, "now": NOW}
    for _each in range(2):
        ask_for_test(initiative=initiative, **asked)
        drain(clock=at())

    with pytest.raises(NoTestError):
        ask_for_test(initiative=initiative, **asked)
    assert [each.to for each in mailoutbox] == [[lead.email]] * 2
    assert "Guten Tag Priya Nair" in mailoutbox[0].body


def test_a_test_that_nobody_may_read_any_more_does_not_leave(
    initiative: Initiative, lead: Person, mailoutbox: list[Any]
) -> None:
    ask_for_test(initiative=initiative, **asked_by(lead.user))
    initiative.members.all().delete()

    assert drain(clock=at()).closed == 1
    assert not mailoutbox
    assert Reminder.objects.get().closed_reason == "withdrawn"


def test_nobody_is_sent_a_test_to_an_address_that_is_not_theirs(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    Person.objects.filter(pk=employee.pk).update(email=lead.email)
    type(lead.user).objects.update(email="")  # type: ignore[union-attr]  # the cast has logins
    stranger = factories.make_user("stranger")

    for actor in (lead.user, stranger):
        with pytest.raises(NoTestError):
            ask_for_test(initiative=initiative, **asked_by(actor))


def test_the_api_shows_the_mail_and_sends_the_test(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    enrol(employee, initiative=initiative)
    client = APIClient()
    client.force_authenticate(lead.user)
    url = "/change/api/v1/mail-words/"
    body = {"initiative": initiative.pk, "language": "en", "for_late": "Now, {name}."}
    made = client.post(url, body, format="json")
    assert made.status_code == 201

    shown = client.get(f"{url}{made.data['id']}/preview/", {"occasion": "late"})
    assert "Now, Amira Hassan." in shown.data["text"]
    assert "Now, Amira Hassan." in shown.data["html"]
    codes = [client.post(f"{url}{made.data['id']}/test/").status_code for _each in range(2)]
    assert codes == [200, 409]
    wrong = client.patch(f"{url}{made.data['id']}/", {"for_new": "{x}"}, format="json")
    assert wrong.status_code == 400
    assert client.post(url, body, format="json").status_code == 409
