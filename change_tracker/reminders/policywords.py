"""Policies in words: each step as a sentence; no queries."""

import re
from collections.abc import Iterable

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from change_tracker.reminders.models import ReminderStep
from change_tracker.reminders.rules import KINDS, Step, step_of
from change_tracker.training.models import DueUnit

About, To = ReminderStep.About, ReminderStep.To
Moment, OnDoubt = ReminderStep.Moment, ReminderStep.OnDoubt
#: As `step_of` names them.
STEP_NAME = re.compile(r"(?P<side>due|late)_(?P<days>\d+)(?P<counts>w?)(_\w+)?")
DUE, AGAIN, LAST = "due", "again", "last"
#: The day that steps about one kind of thing count from.
DAY_OF = {About.TRAINING: DUE, About.ACTION: DUE, About.REVIEW: AGAIN, About.READING: LAST}

#: By that day, whether the step comes after it, and whether it counts working days.
WHEN = {
    (DUE, False, False): ngettext_lazy(
        "%(days)s day before the due date", "%(days)s days before the due date", "days"
    ),
    (DUE, False, True): ngettext_lazy(
        "%(days)s working day before the due date",
        "%(days)s working days before the due date",
        "days",
    ),
    (DUE, True, False): ngettext_lazy(
        "%(days)s day after the due date", "%(days)s days after the due date", "days"
    ),
    (DUE, True, True): ngettext_lazy(
        "%(days)s working day after the due date",
        "%(days)s working days after the due date",
        "days",
    ),
    (AGAIN, False, False): ngettext_lazy(
        "%(days)s day before the day to look again",
        "%(days)s days before the day to look again",
        "days",
    ),
    (AGAIN, False, True): ngettext_lazy(
        "%(days)s working day before the day to look again",
        "%(days)s working days before the day to look again",
        "days",
    ),
    (AGAIN, True, False): ngettext_lazy(
        "%(days)s day after the day to look again",
        "%(days)s days after the day to look again",
        "days",
    ),
    (AGAIN, True, True): ngettext_lazy(
        "%(days)s working day after the day to look again",
        "%(days)s working days after the day to look again",
        "days",
    ),
    (LAST, True, False): ngettext_lazy(
        "%(days)s day after the last reading", "%(days)s days after the last reading", "days"
    ),
    (LAST, True, True): ngettext_lazy(
        "%(days)s working day after the last reading",
        "%(days)s working days after the last reading",
        "days",
    ),
}
ON_THE_DAY = {
    DUE: _("on the due date"),
    AGAIN: _("on the day to look again"),
    LAST: _("on the day of the last reading"),
}
WHOM = {
    (About.TRAINING, To.SELF): _("the person whose training it is"),
    (About.ACTION, To.SELF): _("the owner of the action, or the change leads"),
    (About.REVIEW, To.SELF): _("the owner of the entry, or the change leads"),
}


def sentence_of(step: Step) -> str:
    """When it leaves and for whom, such as "7 days before the due date: the person …"."""
    words = {"when": capfirst(_when(step)), "whom": _whom(step)}
    if step.holds_on_doubt:
        return (
            gettext("%(when)s: %(whom)s. When nobody knows whether it left, a person decides.")
            % words
        )
    return gettext("%(when)s: %(whom)s.") % words


def sentences_of(steps: Iterable[Step]) -> list[str]:
    """Every step, under what it is about; and what is said where there is none."""
    said = [
        gettext("%(about)s. %(step)s")
        % {"about": capfirst(str(About(each.about).label)), "step": sentence_of(each)}
        for each in steps
    ]
    return said or [gettext("Nobody is reminded. People are told what they are assigned.")]


def when_of(kind: str, name: str) -> str:
    """When the step of that name leaves, such as "7 days before the due date"; empty for news."""
    found = STEP_NAME.fullmatch(name)
    about = next((about for about, kinds in KINDS.items() if kind in kinds), None)
    if found is None or about is None:
        return ""
    unit = DueUnit.WORKING_DAYS if found["counts"] else DueUnit.DAYS
    moment = Moment.AFTER if found["side"] == "late" else Moment.BEFORE
    step = step_of(about, int(found["days"]), unit, moment, To.SELF, OnDoubt.RESEND)
    return str(capfirst(_when(step)))


def _when(step: Step) -> str:
    day, days = DAY_OF[About(step.about)], abs(step.offset)
    if not days:
        return str(ON_THE_DAY[day])
    words: str = WHEN[day, step.always_goes, step.counts_working_days] % {"days": days}
    return words


def _whom(step: Step) -> str:
    own = WHOM.get((About(step.about), To(step.to)))
    return str(own or To(step.to).label)
