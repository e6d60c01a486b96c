"""What something learnt elsewhere counts for: the activity that it names, and what teaches its
topics.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils.text import get_text_list
from django.utils.translation import gettext

from change_tracker.people.models import Person
from change_tracker.resistance.models import Technique
from change_tracker.training.models import ExternalLearning, LearningActivity, TrainingRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One open piece of training that it may complete; `topics` are those that both are about."""

    record: TrainingRecord
    topics: tuple[str, ...]
    is_named: bool

    @property
    def words(self) -> str:
        """Which it is and why it matches, for whoever decides."""
        names = {
            "title": self.record.activity.title,
            "plan": self.record.plan.title,
            "topics": get_text_list(list(self.topics), gettext("and")),
        }
        return gettext("“%(title)s” in “%(plan)s”, which teaches %(topics)s") % names


def open_work_of(person: Person) -> Any:
    """What the person may do now; what was handed in is decided where it waits."""
    return TrainingRecord.objects.to_do().opened().filter(person=person)


def topics_of(person: Person) -> Any:
    """The topics that their open work teaches, by name."""
    taught = Technique.objects.filter(activities__in=open_work_of(person).values("activity"))
    return Technique.objects.filter(pk__in=taught.ids()).order_by("label")


def countable(learning: ExternalLearning) -> Any:
    """The open work that it may complete, the earliest date first."""
    alike = LearningActivity.objects.filter(topics__in=learning.topics.ids())
    matches = Q(activity__in=alike.ids()) | Q(activity=learning.activity_id)
    rows = open_work_of(learning.person).filter(matches)
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def matches_of(learning: ExternalLearning) -> list[Match]:
    """Each of them with the reason. Three queries at most."""
    about = dict(learning.topics.values_list("pk", "label"))
    rows = countable(learning).select_related("activity", "plan")
    return [
        Match(
            record=record,
            topics=tuple(
                about[each.pk] for each in record.activity.topics.all() if each.pk in about
            ),
            is_named=record.activity_id == learning.activity_id,
        )
        for record in rows.prefetch_related("activity__topics")
    ]
