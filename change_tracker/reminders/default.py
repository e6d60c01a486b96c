"""The policy that we bring: what counts where nobody has written another one."""

from change_tracker.reminders.models import ReminderStep
from change_tracker.reminders.rules import BY_DUE_DATE, Step, step_of
from change_tracker.training.models import DueUnit

About, Moment, To = ReminderStep.About, ReminderStep.Moment, ReminderStep.To
DAYS, WORKING_DAYS = DueUnit.DAYS, DueUnit.WORKING_DAYS
RESEND = ReminderStep.OnDoubt.RESEND

#: To the person, then up the ladder, each with a grace of working days.
DEFAULT: tuple[Step, ...] = (
    *BY_DUE_DATE,
    step_of(About.TRAINING, 5, WORKING_DAYS, Moment.AFTER, To.MANAGER, RESEND),
    step_of(About.TRAINING, 10, WORKING_DAYS, Moment.AFTER, To.LEAD, RESEND),
    step_of(About.TRAINING, 20, WORKING_DAYS, Moment.AFTER, To.SPONSOR, RESEND),
    step_of(About.ACTION, 3, DAYS, Moment.BEFORE, To.SELF, RESEND),
    step_of(About.ACTION, 1, DAYS, Moment.AFTER, To.SELF, RESEND),
    step_of(About.ACTION, 3, WORKING_DAYS, Moment.AFTER, To.LEAD, RESEND),
    step_of(About.ACTION, 10, WORKING_DAYS, Moment.AFTER, To.SPONSOR, RESEND),
    step_of(About.REVIEW, 0, DAYS, Moment.BEFORE, To.SELF, RESEND),
    step_of(About.REVIEW, 5, WORKING_DAYS, Moment.AFTER, To.LEAD, RESEND),
    step_of(About.READING, 30, DAYS, Moment.AFTER, To.LEAD, RESEND),
)


def columns_of(step: Step) -> dict[str, object]:
    """The step as the columns of a `ReminderStep`, for a policy that begins as a copy of ours."""
    return {
        "about": step.about,
        "days": abs(step.offset),
        "unit": WORKING_DAYS if step.counts_working_days else DAYS,
        "moment": Moment.AFTER if step.always_goes else Moment.BEFORE,
        "to": step.to,
        "on_doubt": ReminderStep.OnDoubt.HOLD if step.holds_on_doubt else RESEND,
    }
