"""What a policy means for somebody: its steps on the training of a real person."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.text import get_text_list
from django.utils.translation import gettext

from change_tracker.core.access import User
from change_tracker.core.text import short_date
from change_tracker.initiatives.models import InitiativeMember
from change_tracker.people.queries import working_calendar
from change_tracker.reminders import rules
from change_tracker.reminders.inforce import steps_of
from change_tracker.reminders.models import ReminderPolicy, ReminderStep
from change_tracker.reminders.recipients import away_of, sending_window
from change_tracker.training.models import TrainingRecord

About, To = ReminderStep.About, ReminderStep.To


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of the example: the day on which it leaves, and to whom; nobody: it is not sent."""

    on: date
    step: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One training of a real person, and every mail about it, the first one first."""

    record: int
    person: str
    title: str
    due_on: date
    mails: tuple[Mail, ...]

    def sentences(self, today: date) -> list[str]:
        """It in words: whose training, then each day."""
        first = gettext("%(person)s, “%(title)s”, due %(day)s:") % {
            "person": self.person,
            "title": self.title,
            "day": short_date(self.due_on, today),
        }
        nobody = gettext("nobody, as there is nobody in this part")
        return [
            first,
            *(
                gettext("%(day)s: %(people)s")
                % {
                    "day": short_date(each.on, today),
                    "people": get_text_list(list(each.people), gettext("and")) or nobody,
                }
                for each in self.mails
            ),
        ]


def example_of(policy: ReminderPolicy, *, user: User, now: datetime) -> Example | None:
    """On the open training with the next date that `user` may read and that the policy is for; None
    where there is none. Some seven queries.
    """
    record = _record(policy, user, now.date())
    if record is None or record.due_on is None:
        return None
    calendar, window = working_calendar(), sending_window()
    away = away_of([record.person_id], now=now).get(record.person_id, [])
    people = _people(record)
    mails = []
    for step in steps_of(policy.steps.all()):
        if step.about != About.TRAINING:
            continue
        day = rules.day_of(step, record.due_on, calendar)
        on = window.workday(day, away if step.to == To.SELF else ())
        mails.append(Mail(on, step.name, people.get(step.to, ())))
    return Example(
        record=record.pk,
        person=record.person.display_name,
        title=record.activity.title,
        due_on=record.due_on,
        mails=tuple(sorted(mails, key=lambda each: each.on)),
    )


def _record(policy: ReminderPolicy, user: User, today: date) -> TrainingRecord | None:
    """Somebody's with a date still to come where there is one, else one that is late."""
    part = Q()
    if policy.initiative_id:
        part = Q(plan__initiative=policy.initiative_id)
    if policy.plan_id:
        part = Q(plan=policy.plan_id)
    rows: Any = TrainingRecord.objects.visible_to(user)
    mine = rows.to_do().opened().filter(part, due_on__isnull=False)
    found = mine.select_related("person__manager", "activity", "plan").order_by("due_on", "pk")
    ahead: TrainingRecord | None = found.filter(due_on__gte=today).first()
    return ahead or found.first()


def _people(record: TrainingRecord) -> dict[str, tuple[str, ...]]:
    members = InitiativeMember.objects.filter(
        initiative=record.plan.initiative_id, role__in=["lead", "sponsor"]
    )
    found: dict[str, tuple[str, ...]] = {To.SELF: (record.person.display_name,)}
    if record.person.manager is not None:
        found[To.MANAGER] = (record.person.manager.display_name,)
    for role, name in members.order_by("pk").values_list("role", "person__display_name"):
        found[role] = (*found.get(role, ()), name)
    return found
