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
    if activity.completion_rule == Rule.EXTERNAL:
        return gettext("the system in which you learn reports it")
    return gettext("you say so with “Mark as done”")
