"""Policies: which steps count where, in words, on a real person, and written through the API."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from change_tracker.core.workdays import Calendar
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders import rules
from change_tracker.reminders.default import DEFAULT, columns_of
from change_tracker.reminders.models import Reminder, ReminderPolicy
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.policies import change_policy, create_policy
from change_tracker.reminders.policywords import sentences_of
from change_tracker.reminders.rules import step_of
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.reminders.conftest import enrol

DAY = timedelta(days=1)
URL = "/change/api/v1/reminder-policies/"
HOLIDAYS = [date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)]


def test_what_we_bring_reads_as_the_columns_of_a_policy_would() -> None:
    assert tuple(step_of(**columns_of(each)) for each in DEFAULT) == DEFAULT  # type: ignore[arg-type]
    assert max(len(each.name) for each in DEFAULT) <= 20


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("days", [0, 1, 5, 365])
def test_a_step_of_working_days_has_come_for_just_the_days_up_to_its_last(
    days: int, moment: str
) -> None:
    calendar = Calendar(holidays=HOLIDAYS)
    step = step_of("training", days, "working_days", moment, "self", "resend")

    for today in (date(2026, 12, 24) + DAY * each for each in range(12)):
        last = rules.last_anchor(step, today, calendar)
        assert rules.day_of(step, last, calendar) <= today
        assert rules.day_of(step, last + DAY, calendar) > today


def test_every_day_has_one_latest_step_whatever_the_steps_count() -> None:
    calendar = Calendar(holidays=HOLIDAYS)
    columns = [(10, "days", "before"), (2, "working_days", "before"), (3, "working_days", "after")]
    ladder = [step_of("training", *each, "self", "resend") for each in columns]

    for today in (date(2026, 12, 20) + DAY * each for each in range(20)):
        bands = rules.bands(ladder, today, calendar)
        for due_on in (today + DAY * each for each in range(-30, 15)):
            inside = [
                step
                for step, first, last in bands
                if (not first or first <= due_on) and due_on <= last
            ]
            come = [each for each in ladder if rules.day_of(each, due_on, calendar) <= today]
            assert inside == come[-1:] or (
                not inside and rules.day_of(come[-1], due_on, calendar) < rules.notice_window(today)
            )


@pytest.mark.django_db
def test_the_nearest_policy_counts_as_a_whole(employee: Person) -> None:
    initiative = factories.make_initiative()
    elsewhere = enrol(employee, due_on=TODAY + 3 * DAY, assigned_on=TODAY - 30 * DAY)
    here = enrol(employee, initiative=initiative, due_on=TODAY + 3 * DAY)
    apart = enrol(employee, initiative=initiative, due_on=TODAY + 7 * DAY)
    factories.make_policy(initiative)
    create_policy(
        initiative=initiative,
        plan=apart.plan,
        steps=[columns_of(rules.DUE_7) | {"on_doubt": "hold"}],
        actor=None,
        now=NOW,
    )

    plan_reminders(now=NOW)

    found = Reminder.objects.values_list("record__enrolment", "step", "holds_on_doubt")
    assert set(found) == {
        (elsewhere.pk, "due_7", False),
        (here.pk, "due_3", False),
        (apart.pk, "due_7", True),
    }
    # A policy that is taken away brings the next one back; what was said is not said again.
    ReminderPolicy.objects.all().delete()
    plan_reminders(now=NOW)
    assert Reminder.objects.filter(record__enrolment=apart, step="due_7").count() == 1


@pytest.mark.django_db
def test_a_lead_writes_the_policy_of_an_initiative_and_reads_what_it_means(
    employee: Person, manager: Person, lead: Person, sign_in: SignIn
) -> None:
    initiative = factories.make_initiative(lead=lead)
    enrol(employee, initiative=initiative, due_on=TODAY + 30 * DAY)
    api: Any = sign_in.api(lead)

    made = api.post(URL, {"initiative": initiative.pk}, format="json")

    assert made.status_code == 201
    assert len(made.json()["steps"]) == len(DEFAULT)
    assert made.json()["sentences"][4] == (
        "Training, by its due date. 5 working days after the due date: their manager."
    )
    again = api.post(URL, {"initiative": initiative.pk}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "policy_exists")
    one = f"{URL}{made.json()['id']}/"
    steps = [
        {"about": "training", "days": 2, "unit": "working_days", "moment": "before"},
        {"about": "training", "days": 1, "moment": "after", "to": "manager", "on_doubt": "hold"},
    ]
    changed = api.patch(one, {"steps": steps}, format="json")
    assert changed.json()["sentences"][1].endswith(
        "1 day after the due date: their manager. When nobody knows whether it left, a person"
        " decides."
    )
    due_on = TODAY + 30 * DAY
    mails = api.get(f"{one}preview/").json()["mails"]
    assert [each["people"] for each in mails] == [[employee.display_name], [manager.display_name]]
    calendar = Calendar()
    assert mails[0]["on"] == calendar.before(due_on, 2).isoformat()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "steps",
    [
        [{"about": "reading", "days": 3, "to": "lead"}],
        [{"about": "action", "days": 3, "to": "manager"}],
        [{"about": "reading", "days": 3, "moment": "after"}],
        [{"days": each} for each in range(5)],
        [{"days": 3}, {"days": 3}],
        [{"days": 366}],
    ],
)
def test_a_step_that_could_never_come_or_would_be_one_too_many_is_refused(
    steps: Any, lead: Person, sign_in: SignIn
) -> None:
    initiative = factories.make_initiative(lead=lead)

    answer = sign_in.api(lead).post(
        URL, {"initiative": initiative.pk, "steps": steps}, format="json"
    )

    assert answer.status_code == 400
    assert not ReminderPolicy.objects.exists()


@pytest.mark.django_db
def test_a_policy_without_steps_says_so_and_reminds_nobody(employee: Person) -> None:
    initiative = Initiative.objects.get(pk=enrol(employee).plan.initiative_id)
    create_policy(initiative=initiative, steps=[], actor=None, now=NOW)

    assert plan_reminders(now=NOW).planned == 0
    assert sentences_of([]) == ["Nobody is reminded. People are told what they are assigned."]


@pytest.mark.django_db
def test_steps_that_somebody_has_changed_meanwhile_are_not_written_over_and_it_is_said(
    client: Client,
) -> None:
    client.force_login(factories.make_user("root", is_staff=True, is_superuser=True))
    policy = factories.make_policy()
    shown = policy.steps.get()
    columns = ("id", "about", "days", "unit", "moment", "to", "on_doubt")
    form: dict[str, Any] = {f"steps-0-{name}": getattr(shown, name) for name in columns}
    form |= {"steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "1", "steps-0-days": "9"}
    step = {name: getattr(shown, name) for name in columns[1:]} | {"days": 5}
    change_policy(policy, steps=[step], actor=None, now=NOW)

    page = client.post(f"/admin/change_tracker/reminderpolicy/{policy.pk}/change/", form)

    assert "Load it again and repeat your change." in page.content.decode()
    assert policy.steps.get().days == 5


@pytest.mark.django_db
def test_the_admin_says_what_a_policy_of_a_plan_lacks(client: Client) -> None:
    client.force_login(factories.make_user("root", is_staff=True, is_superuser=True))
    plan, other = factories.make_plan(factories.make_initiative()), factories.make_initiative()
    add = "/admin/change_tracker/reminderpolicy/add/"

    alone = client.post(add, {"initiative": "", "plan": plan.pk}).content.decode()
    wrong = client.post(add, {"initiative": other.pk, "plan": plan.pk}).content.decode()
    right = client.post(add, {"initiative": plan.initiative_id, "plan": plan.pk})

    assert "Name the initiative of the plan as well." in alone
    assert "This plan belongs to another initiative." in wrong
    assert "violated" not in alone + wrong
    assert right.status_code == 302


@pytest.mark.django_db
def test_a_policy_that_nobody_has_an_example_of_says_so_without_a_body(
    lead: Person, sign_in: SignIn
) -> None:
    policy = factories.make_policy(factories.make_initiative(lead=lead))

    answer = sign_in.api(lead).get(f"{URL}{policy.pk}/preview/")

    assert (answer.status_code, answer.content) == (204, b"")
