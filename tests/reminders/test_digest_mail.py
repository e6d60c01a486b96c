"""The mail: the fact first, why you, the link; in the recipient's language."""

import re
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from change_tracker.people.models import Person
from change_tracker.reminders.mail import compose
from change_tracker.reminders.models import Digest
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.review import review
from change_tracker.training.models import LearningActivity
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import enrol

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def written(now: Any = NOW) -> EmailMultiAlternatives:
    plan_reminders(now=now)
    digest = Digest.objects.get()
    letter = review([digest], now=now, shared=frozenset())[digest.pk]
    return compose(letter, message_id=digest.message_id)


def html_of(message: EmailMultiAlternatives) -> str:
    content, kind = message.alternatives[0]
    assert kind == "text/html"
    return str(content)


def item(person: Person, title: str, due_on: date | None, **values: Any) -> Any:
    initiative = values.pop("initiative", None) or factories.make_initiative(title="One Front Door")
    activity = factories.make_activity(initiative, title=title)
    plan = factories.make_plan(initiative, items=[activity], title="First weeks")
    return enrol(person, plan=plan, due_on=due_on, **values)


def test_the_subject_says_what_is_late_and_what_comes_next(employee: Person) -> None:
    initiative = factories.make_initiative(title="One Front Door")
    item(employee, "The case system", TODAY - DAY, initiative=initiative)
    item(employee, "Owning a problem", date(2026, 11, 24), initiative=initiative)

    assert written().subject == "1 late, 1 on Tuesday: your training for One Front Door"


def test_late_comes_first_and_each_says_what_when_why_and_where(employee: Person) -> None:
    initiative = factories.make_initiative(title="One Front Door")
    soon = item(employee, "Owning a problem", date(2026, 11, 24), initiative=initiative)
    late = item(employee, "The case system", TODAY - DAY, initiative=initiative)
    group = factories.make_audience(employee, name="Repairs")
    rule = factories.make_rule(late.plan, group)
    late.reasons.create(plan_audience=rule)

    message = written()

    for text in (str(message.body), html_of(message)):
        assert text.index("The case system") < text.index("Owning a problem")
        for expected in (
            "Was due Tue 17 Nov, 1 day ago",
            "Due Tue 24 Nov",
            "15 min",
            "“First weeks” is for your group “Repairs”",
            f"https://intranet.example/change/t/{soon.records.get().pk}/",
            "https://intranet.example/change/",
            "So that callers are helped at once.",
            "You get this because",
        ):
            assert expected in text, expected


def test_what_is_new_says_what_it_is_meant_to_help_with_and_the_rest_does_not(
    employee: Person,
) -> None:
    enrolment = item(employee, "Owning a problem", date(2026, 12, 24), assigned_on=TODAY)
    late = item(employee, "The case system", TODAY - DAY)
    for plan, said in ((enrolment.plan, "It shows what stays."), (late.plan, "It shows why.")):
        kind = factories.make_source_type(label="Fear of job loss", for_people=said)
        plan.sources.add(factories.make_source(plan.initiative, type=kind))

    message = written()

    for text in (str(message.body), html_of(message)):
        assert "“First weeks”. It shows what stays. It is due" in text
        assert "It shows why." not in text
        assert "job loss" not in text


def test_each_says_where_its_date_comes_from_as_its_page_does(employee: Person) -> None:
    enrolment = item(employee, "Owning a problem", date(2026, 11, 24))
    rule = {"due_rule": "joined_group", "due_days": 10, "due_unit": "working_days"}
    group = factories.make_audience(employee, name="Repairs")
    enrolment.reasons.create(plan_audience=factories.make_rule(enrolment.plan, group, **rule))
    enrolment.records.update(**rule)

    message = written()

    for text in (str(message.body), html_of(message)):
        assert "It is due 10 working days after you joined “Repairs”." in text


def test_a_date_that_somebody_granted_says_so(employee: Person, manager: Person) -> None:
    enrolment = item(employee, "Owning a problem", date(2026, 11, 24))
    factories.make_request(
        enrolment.records.get(),
        state="granted",
        is_open=None,
        due_on=date(2026, 11, 24),
        decided_by=manager,
        decided_on=TODAY,
        answer="",
    )
    enrolment.records.update(is_extended=True)

    assert "Extended to Tue 24 Nov by Dan Cole." in str(written().body)


def test_what_a_revision_added_has_a_section_of_its_own(employee: Person) -> None:
    enrolment = item(employee, "Owning a problem", None, assigned_on=TODAY - 30 * DAY)
    enrolment.records.update(added_on=TODAY)

    message = written()

    assert message.subject == "1 new: your training for One Front Door"
    assert "ADDED TO WHAT YOU HAVE" in str(message.body)
    assert "Added to what you have" in html_of(message)
    assert "NEW FOR YOU" not in str(message.body)


def test_it_claims_nothing_about_training_that_it_does_not_name(employee: Person) -> None:
    item(employee, "The case system", TODAY + DAY)
    item(employee, "Owning a problem", TODAY + 60 * DAY, assigned_on=TODAY - 20 * DAY)

    message = written()

    assert "Owning a problem" not in message.body
    for text in (str(message.body), html_of(message)):
        assert "This is about 1 training" in text
        assert "1 training is open" not in text


@pytest.mark.parametrize(("minutes", "said"), [(15, ", 15 min"), (90, ", 1 h 30 min"), (0, "")])
def test_the_last_call_names_the_one_thing_and_how_long_it_takes_if_that_is_known(
    employee: Person, minutes: int, said: str
) -> None:
    plan = item(employee, "Listening with empathy", TODAY + DAY).plan
    LearningActivity.objects.filter(plan_items__plan=plan).update(minutes=minutes)

    assert written().subject == f"Tomorrow: Listening with empathy{said}"


def test_a_notice_counts_what_is_new(employee: Person) -> None:
    initiative = factories.make_initiative(title="One Front Door")
    enrol(employee, initiative=initiative, items=2, assigned_on=TODAY, due_on=TODAY + 20 * DAY)

    message = written()

    assert message.subject == "2 trainings for One Front Door, first by 8 Dec"
    assert "NEW FOR YOU" in str(message.body)


def test_training_without_a_date_is_announced_too(employee: Person) -> None:
    enrol(employee, assigned_on=TODAY, due_on=None)

    message = written()

    assert message.subject == "1 new: your training for One Front Door"
    assert "No fixed date ·" in str(message.body)


def test_an_item_is_named_once_however_many_reminders_speak_of_it(employee: Person) -> None:
    enrolment = item(employee, "The case system", TODAY - 5 * DAY, assigned_on=TODAY)

    text = str(written().body)

    assert enrolment.reminders.count() == 1
    assert text.count("The case system") == 1


def test_a_long_title_leaves_the_initiative_out_of_the_subject(employee: Person) -> None:
    initiative = factories.make_initiative(title="A very long name for an initiative of ours")
    item(employee, "The case system", TODAY - DAY, initiative=initiative)

    assert written().subject == "1 late: your training"


def test_the_headers_are_those_of_a_machine_with_a_human_behind(
    employee: Person, settings: Any
) -> None:
    settings.CHANGE_TRACKER = {
        "SITE_URL": "https://x.example",
        "REPLY_TO": "priya@example.org",
        "FROM_EMAIL": "Change <change@example.org>",
    }
    enrol(employee)

    message = written().message()

    digest = Digest.objects.get()
    assert message["Message-ID"] == digest.message_id
    assert digest.message_id.endswith("@example.org>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Reply-To"] == "priya@example.org"
    assert message["From"] == "Change <change@example.org>"
    assert message["To"] == employee.email


def test_addresses_for_programs_stay_whole_however_long(employee: Person) -> None:
    """Python would fold what has no spaces by encoding it, which no mail program looks into."""
    enrol(employee)

    message = written()
    raw = message.message().as_bytes().replace(b"\n ", b" ").decode()

    url = message.extra_headers["List-Unsubscribe"]
    assert len(url) > 78
    assert re.search(rf"^List-Unsubscribe: +{re.escape(url)}$", raw, re.MULTILINE)


def test_a_header_that_is_no_ascii_is_encoded(employee: Person) -> None:
    enrol(employee)
    message = written()
    message.extra_headers["Auto-Submitted"] = "grün"

    raw = message.message().as_bytes()
    line = next(each for each in raw.splitlines() if each.startswith(b"Auto-Submitted:"))
    assert line.isascii()
    assert message_from_bytes(raw, policy=default)["Auto-Submitted"] == "grün"


def test_a_line_break_in_a_title_adds_no_header(employee: Person) -> None:
    item(employee, "Listening\r\nBcc: all@example.org", TODAY + DAY)

    message = written().message()

    assert message["Bcc"] is None
    assert "\n" not in str(message["Subject"])


def test_without_an_address_of_the_site_the_mail_says_where_to_look(
    employee: Person, settings: Any
) -> None:
    settings.CHANGE_TRACKER = {}
    enrol(employee)

    message = written()

    for text in (str(message.body), html_of(message)):
        assert "://" not in text
        assert "on the page “My training”" in text


def test_it_speaks_the_recipients_language_and_day(employee: Person) -> None:
    Person.objects.filter(pk=employee.pk).update(language="de-AT", timezone="Pacific/Auckland")
    item(employee, "The case system", TODAY)

    # In Auckland it is the 19th already, and late.
    message = written(NOW.replace(hour=20))

    assert '<html lang="de" dir="ltr">' in html_of(message)
    assert "17 Nov" not in str(message.body)
    assert "Mi" in str(message.body)  # Wednesday


def test_in_german_it_is_german_throughout(employee: Person) -> None:
    Person.objects.filter(pk=employee.pk).update(language="de")
    initiative = factories.make_initiative(title="Eine Tür")
    item(employee, "Das Fallsystem", TODAY - DAY, initiative=initiative)
    soon = item(employee, "Zuhören", date(2026, 11, 24), initiative=initiative)
    group = factories.make_audience(employee, name="Werkstatt")
    soon.reasons.create(plan_audience=factories.make_rule(soon.plan, group))

    message = written()

    assert message.subject == "1 überfällig, 1 am Dienstag: Ihre Schulungen für Eine Tür"
    for text in (str(message.body), html_of(message)):
        for expected in (
            "Guten Tag Amira Hassan,",
            "Es geht um 2 Schulungen",
            "War am Di., 17.\N{NO-BREAK SPACE}Nov. fällig, vor 1 Tag",
            "Fällig am Di., 24.\N{NO-BREAK SPACE}Nov.",
            "15\N{NO-BREAK SPACE}Min.",
            "Der Schulungsplan „First weeks“ ist für Ihre Gruppe „Werkstatt“.",
            "Höchstens eine E-Mail am Tag, an freien Tagen keine.",
        ):
            assert expected in text, expected


def test_what_people_typed_is_escaped_in_html_and_plain_in_text(employee: Person) -> None:
    item(employee, "Listen & <b>ask</b>", TODAY - DAY)

    message = written()

    assert "Listen & <b>ask</b>" in str(message.body)
    assert "Listen &amp; &lt;b&gt;ask&lt;/b&gt;" in html_of(message)


def test_the_html_fetches_nothing_and_runs_nothing(employee: Person) -> None:
    enrol(employee)

    html = html_of(written())

    for forbidden in ("<img", "<script", "<link", "src=", "@import", "url("):
        assert forbidden not in html


def test_whatever_has_a_colour_by_day_has_one_in_the_dark(employee: Person) -> None:
    item(employee, "The case system", TODAY - DAY)
    item(employee, "Owning a problem", TODAY + 7 * DAY)
    item(employee, "Listen", TODAY + 30 * DAY, assigned_on=TODAY)

    html = html_of(written())

    dark = html.partition("(prefers-color-scheme: dark)")[2].partition("@media")[0]
    named = set(re.findall(r"^\.(\w+) {", dark, re.MULTILINE))
    tags = [each for each in re.findall(r"<\w+ [^>]+>", html) if re.search(r"#[0-9a-f]{6}", each)]
    classes = [re.search(r'class="([^"]*)"', each) for each in tags]
    found = [set(each[1].split()) if each else set() for each in classes]
    assert {"late", "soon", "new"} <= set.union(*found)
    assert [each for each in found if not each & named] == []


def test_in_a_language_from_the_right_titles_and_links_keep_their_own_direction(
    employee: Person, settings: Any
) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    Person.objects.filter(pk=employee.pk).update(language="ar")
    item(employee, "1 report, by you.", TODAY + DAY)

    html = html_of(written())

    assert '<html lang="ar" dir="rtl">' in html
    assert "<bdi>1 report, by you.</bdi>" in html
    # Words within a line run on from left to right where they stand beside each other.
    assert all("display:inline-block" in each for each in html.split('class="lnk"')[1:3])
