"""Handing in, confirming and giving back, on pages."""

from typing import Any

import pytest

from change_tracker.people.models import Person
from change_tracker.training.models import Submission, TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY, make_file
from tests.portal.browsing import MY_TRAINING, TEAM, item_url, title, words

pytestmark = pytest.mark.django_db

LINK = "https://intranet.example/notes/7"
PLANS = "/change/i/front-door/training/"


def make_record(employee: Person, lead: Person, rule: str) -> TrainingRecord:
    group = factories.make_audience(employee, name="Call takers")
    initiative = factories.make_initiative(
        title="One Front Door", slug="front-door", lead=lead, group=group
    )
    activity = factories.make_activity(
        initiative, title="Listening", minutes=20, completion_rule=rule
    )
    plan = factories.make_plan(initiative, items=[activity], title="First week")
    rule_of_plan = factories.make_rule(plan, group)
    return factories.make_enrolment(plan, employee, rule=rule_of_plan).records.get()


@pytest.fixture
def record(employee: Person, lead: Person) -> TrainingRecord:
    """Amira's item, for which she hands something in."""
    return make_record(employee, lead, "evidence")


@pytest.fixture
def spoken(employee: Person, lead: Person) -> TrainingRecord:
    """The same, for which somebody signs her off."""
    return make_record(employee, lead, "sign_off")


def submission_url(submission: Submission) -> str:
    return f"/change/handed-in/{submission.pk}/"


def html(response: Any) -> str:
    text: str = response.content.decode()
    return text


def test_somebody_hands_in_a_file_and_reads_that_it_waits(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)
    item = page.get(item_url(record.pk))
    assert f'href="{item_url(record.pk, "hand-in")}"' in html(item)
    assert "Mark as done" not in words(item)
    form = page.get(item_url(record.pk, "hand-in"))
    assert "Hand in something for “Listening”" in words(form)
    assert "At most 20 MB. Allowed: PDF, PNG, JPG" in words(form)
    assert 'enctype="multipart/form-data"' in html(form)

    after = page.post(item_url(record.pk, "hand-in"), {"file": make_file("Notes.pdf")}, follow=True)

    text = words(after)
    assert "It is handed in. The answer appears here." in text
    assert "Handed in on Wed 18 Nov; it waits to be looked at. Download “Notes.pdf”" in text
    assert "Take back what you handed in" in text
    assert "Ask for more time" not in text
    assert "Handed in" in words(page.get(MY_TRAINING))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose a file, or give a link: one of the two."),
        (
            {"file": make_file("a.exe"), "note": "Typed."},
            "“a.exe” is of a type that is not allowed.",
        ),
        ({"file": make_file("a.png")}, "is called a PNG file, but is none inside."),
        ({"link": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"link": "ftp://files.example/x"}, "Enter a valid URL."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    sent: dict[str, Any], said: str, record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)
    if "file" in sent:
        sent["file"].seek(0)

    response = page.post(item_url(record.pk, "hand-in"), sent)

    assert response.status_code == 400
    assert title(response).startswith("Error:")
    assert html(response).count(said) == 2  # above the form and beside the field
    assert sent.get("note", "") in html(response)
    assert not Submission.objects.exists()


def test_a_sign_off_takes_one_press(
    spoken: TrainingRecord, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)
    assert "I am ready" in words(page.get(item_url(spoken.pk)))
    assert "Say that you are ready" in words(page.get(item_url(spoken.pk, "hand-in")))

    after = page.post(item_url(spoken.pk, "hand-in"), follow=True)

    assert "You said on Wed 18 Nov that you are ready" in words(after)
    submission = Submission.objects.get()
    team = sign_in.page(manager).get(TEAM)
    assert "Waiting for your answer: 1" in words(team)
    assert "Nobody waits for an answer from you." not in words(team)
    done = sign_in.page(manager).post(submission_url(submission), {"do": "accept"}, follow=True)
    assert "“Listening” is done for Amira Hassan." in words(done)
    assert "Nobody waits for an answer from you." in words(done)
    item = words(page.get(item_url(spoken.pk)))
    assert "Done Wed 18 Nov" in item
    assert "Confirmed by Dan Cole." in item


def test_it_can_be_taken_back_until_somebody_has_decided(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    factories.make_submission(record)
    page = sign_in.page(employee)
    assert "waits to be looked at" in words(page.get(item_url(record.pk, "hand-in")))
    assert page.post(item_url(record.pk, "hand-in"), {"link": LINK}).status_code == 409

    after = page.post(item_url(record.pk, "hand-in/back"), follow=True)

    assert "What you handed in for “Listening” is taken back." in words(after)
    assert f'href="{item_url(record.pk, "hand-in")}"' in html(page.get(item_url(record.pk)))
    Submission.objects.all().delete()
    assert page.post(item_url(record.pk, "hand-in/back")).status_code == 409


def test_giving_back_says_what_is_missing_and_the_person_reads_it(
    record: TrainingRecord, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    submission = factories.make_submission(record)
    page = sign_in.page(manager)
    text = words(page.get(submission_url(submission)))
    assert "Amira Hassan hands something in Listening Repairs One Front Door" in text
    assert "Download “proof.pdf”" in text

    mute = page.post(submission_url(submission), {"do": "return"})
    assert mute.status_code == 400
    assert "Say what is missing, so that the person can go on." in html(mute)
    after = page.post(
        submission_url(submission), {"do": "return", "answer": "Page two?"}, follow=True
    )

    assert "“Listening” is given back. Amira Hassan reads your note." in words(after)
    item = words(sign_in.page(employee).get(item_url(record.pk)))
    assert "Dan Cole gave this back to you: Page two?" in item
    assert "Hand in" in item
    again = words(sign_in.page(employee).get(item_url(record.pk, "hand-in")))
    assert "Dan Cole gave this back to you: Page two?" in again


def test_the_lead_finds_it_below_training_and_somebody_was_quicker(
    record: TrainingRecord, lead: Person, manager: Person, sign_in: SignIn
) -> None:
    submission = factories.make_submission(record, link=LINK, note="See the end.")
    page = sign_in.page(lead)
    plans = page.get(PLANS)
    assert "Waiting for your answer: 1" in words(plans)
    assert f'href="{submission_url(submission)}"' in html(plans)
    assert f'href="{LINK}" rel="noopener noreferrer"' in html(page.get(submission_url(submission)))
    sign_in.page(manager).post(submission_url(submission), {"do": "accept"})

    late = page.post(submission_url(submission), {"do": "return", "answer": "No."})

    assert late.status_code == 409
    for response in (late, page.get(submission_url(submission))):
        assert "This does not wait to be looked at any more. Dan Cole confirmed it." in words(
            response
        )


def test_the_file_is_for_whose_it_is_and_for_those_who_decide(
    record: TrainingRecord,
    employee: Person,
    manager: Person,
    lead: Person,
    hr: Person,
    outsider: Person,
    sign_in: SignIn,
) -> None:
    submission = factories.make_submission(record)
    url = f"{submission_url(submission)}file/"

    for person in (employee, manager, lead, hr):
        answer: Any = sign_in.page(person).get(url)
        assert b"".join(answer.streaming_content) == b"%PDF-1.7 what I did"
        assert answer["Content-Disposition"] == 'attachment; filename="proof.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
    admin = factories.make_person("Root", login=factories.make_user("root", is_superuser=True))
    for person in (outsider, admin):
        assert sign_in.page(person).get(url).status_code == 404
    assert sign_in.page(outsider).get(submission_url(submission)).status_code == 404
    assert sign_in.page(employee).get(submission_url(submission)).status_code == 403


def test_more_than_a_page_holds_come_up_later(
    record: TrainingRecord, manager: Person, sign_in: SignIn
) -> None:
    for number in range(52):
        person = factories.make_person(f"Report {number}", manager=manager)
        other = factories.make_enrolment(record.plan, person).records.get()
        factories.make_submission(other)

    text = words(sign_in.page(manager).get(TEAM))

    assert "Waiting for your answer: 52" in text
    assert "2 more come up as soon as these are answered." in text


def test_nobody_is_reminded_of_what_waits_for_others(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    from change_tracker.reminders.models import Reminder
    from change_tracker.reminders.plan import plan_reminders
    from tests.factories import NOW

    TrainingRecord.objects.update(due_on=TODAY)
    factories.make_submission(record)
    plan_reminders(now=NOW)
    assert not Reminder.objects.filter(record=record).exists()

    sign_in.page(employee).post(item_url(record.pk, "hand-in/back"))
    plan_reminders(now=NOW)

    assert Reminder.objects.filter(record=record).exists()
