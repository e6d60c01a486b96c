"""One item: what it is, why the caller has it, and what a button on it does."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from change_tracker.people.models import Person
from change_tracker.training.models import LearningActivity, TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.portal.browsing import MY_TRAINING, item_url, queries, title, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(employee: Person, lead: Person) -> TrainingRecord:
    """Amira's item, of an initiative that Priya leads."""
    group = factories.make_audience(employee, name="Call takers")
    initiative = factories.make_initiative(title="One Front Door", lead=lead, group=group)
    activity = factories.make_activity(initiative, title="Listening", minutes=20)
    plan = factories.make_plan(initiative, items=[activity], title="First week")
    rule = factories.make_rule(plan, group)
    return factories.make_enrolment(plan, employee, rule=rule).records.get()


def change_activity(record: TrainingRecord, **values: str) -> None:
    LearningActivity.objects.filter(pk=record.activity_id).update(**values)


def test_it_says_when_why_and_how_it_counts(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(employee).get(item_url(record.pk))

    text = words(response)
    assert "In 12 days Due Mon 30 Nov 20 min" in text
    assert "So that callers are helped at once." in text
    assert "You are in Call takers. It is due on Mon 30 Nov for everyone in the group." in text
    assert "Part of First week One Front Door" in text
    assert "Counts as done when you say so with “Mark as done”" in text
    assert title(response).startswith("Listening")


def test_it_says_what_it_is_meant_to_help_with_in_words_of_the_catalogue(
    record: TrainingRecord, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    kind = factories.make_source_type(label="Fear of job loss", for_people="It shows what stays.")
    source = factories.make_source(record.plan.initiative, type=kind, statement="Jobs go next.")
    record.plan.sources.add(source)

    text = words(sign_in.page(employee).get(item_url(record.pk)))
    manager_reads = words(sign_in.page(manager).get(f"/change/team/{employee.pk}/"))

    assert "You are in Call takers. It shows what stays. It is due on Mon 30 Nov" in text
    assert "Everyone in Call takers has it It shows what stays." in manager_reads
    for said in (text, manager_reads):
        assert "Jobs go next" not in said
        assert "job loss" not in said


def test_the_text_of_the_activity_is_shown_without_what_could_do_harm(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    body = "# Hear *them* out\n\n<script>alert(1)</script>\n\n[bad](javascript:alert(1))"
    change_activity(record, body=body)

    html = sign_in.page(employee).get(item_url(record.pk)).content.decode()

    assert "<h3>Hear <em>them</em> out</h3>" in html
    assert "<script" not in html
    assert 'href="javascript' not in html


def test_the_link_opens_where_the_material_is(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    change_activity(record, url="https://learn.example/listening")

    html = sign_in.page(employee).get(item_url(record.pk)).content.decode()

    assert 'href="https://learn.example/listening"' in html
    assert 'rel="noopener noreferrer"' in html


@pytest.mark.parametrize("verb", ["", "done", "undo"])
def test_what_is_not_ones_own_does_not_exist(
    verb: str, record: TrainingRecord, lead: Person, manager: Person, sign_in: SignIn
) -> None:
    for person in (lead, manager):
        client = sign_in.page(person)
        assert client.get(item_url(record.pk, verb)).status_code == 404
        assert client.post(item_url(record.pk, "done")).status_code == 404
        assert client.get(item_url(999_999, verb)).status_code == 404

    record.refresh_from_db()
    assert record.state == "not_started"


def test_done_twice_keeps_the_first_day_and_says_so(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(employee)
    client.post(item_url(record.pk, "done"))
    with time_machine.travel(NOW + timedelta(days=1)):
        text = words(client.post(item_url(record.pk, "done"), follow=True))

    record.refresh_from_db()
    assert record.completed_on == date(2026, 11, 18)
    assert "“Listening” was marked as done already." in text


def test_a_done_item_says_when_and_offers_to_take_it_back(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(employee)
    client.post(item_url(record.pk, "done"))

    text = words(client.get(item_url(record.pk)))

    assert "Done Wed 18 Nov" in text
    assert "Undo: it is not done yet" in text
    assert "Mark as done Undo" not in text


def test_after_the_days_of_undo_it_is_neither_offered_nor_done(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    sign_in.page(employee).post(item_url(record.pk, "done"))
    with time_machine.travel(NOW + timedelta(days=31)):
        client = sign_in.page(employee)
        page = client.get(item_url(record.pk))
        refused = client.post(item_url(record.pk, "undo"))

    assert "Undo" not in words(page)
    assert refused.status_code == 409
    assert title(refused).startswith("Error: Listening")
    assert "marked as done too long ago" in words(refused)
    assert 'tabindex="-1" autofocus role="alert"' in refused.content.decode()
    record.refresh_from_db()
    assert record.state == "completed"


def test_what_is_no_longer_needed_says_so_and_takes_nothing(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    TrainingRecord.objects.filter(pk=record.pk).update(state="void", left_on=NOW.date())
    client = sign_in.page(employee)

    assert "No longer needed" in words(client.get(item_url(record.pk)))
    assert "no longer asked for" in words(client.post(item_url(record.pk, "done")))


def test_signing_in_in_the_middle_of_a_press_leads_to_the_item(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    asked = Client().post(item_url(record.pk, "done"))
    after = sign_in.page(employee).get(item_url(record.pk, "done"))

    assert asked["Location"].startswith("/login/")
    assert after["Location"] == item_url(record.pk)


def test_the_way_back_leads_to_my_training(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    html = sign_in.page(employee).get(item_url(record.pk)).content.decode()

    assert f'href="{MY_TRAINING}"' in html


@pytest.mark.exhaustive
@pytest.mark.parametrize("others", [0, 10, 100])
def test_its_cost_does_not_grow_with_other_work(
    others: int, record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(record.plan.initiative, items=others)
    factories.make_enrolment(plan, employee)

    cost = queries(sign_in.page(employee), item_url(record.pk))

    assert len(cost) == 4, cost
