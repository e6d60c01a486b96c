"""By which rule an activity counts as done, in words for the one who does it."""

from django.utils.formats import number_format
from django.utils.translation import gettext

from change_tracker.training.models import LearningActivity

Rule = LearningActivity.CompletionRule


def rule_words(activity: LearningActivity) -> str:
    """The end of the sentence "It counts as done when …"."""
    if activity.completion_rule == Rule.SCORE and activity.pass_score is not None:
        score = number_format(activity.pass_score.normalize())
        return gettext("your result of at least %(score)s is reported to us") % {"score": score}
    if activity.completion_rule == Rule.EVIDENCE:
        return gettext("somebody confirms a file or link that you hand in")
    if activity.completion_rule == Rule.SIGN_OFF:
        return gettext("you say that you are ready, and your coach, manager or lead confirms it")
    if activity.completion_rule == Rule.EXTERNAL:
        return gettext("the system in which you learn reports it")
    if activity.completion_rule == Rule.ATTENDANCE:
        return gettext("you were at a session, and it is recorded there")
    return gettext("you say so with “Mark as done”")


def hands_in(activity: LearningActivity) -> str:
    """What the person hands in: evidence, the word that they are ready, or nothing."""
    return activity.completion_rule if activity.completion_rule in LearningActivity.VERIFIED else ""
