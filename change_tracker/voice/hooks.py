"""What voice adds to the slices on its left."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from change_tracker.core.access import User
from change_tracker.core.models import AUDIT_SCOPES, CONFIDENTIAL
from change_tracker.core.neighbours import RELATIONS, Relation
from change_tracker.initiatives.models import TEAM, Initiative
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.mitigation.hooks import ACTION_FIELDS, actions_shown_to
from change_tracker.mitigation.models import MitigationAction
from change_tracker.resistance.hooks import SOURCE_FIELDS
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.points import RESISTANCE_KEEPERS, RESISTANCE_VOICES
from change_tracker.voice.models import FeedbackItem
from change_tracker.voice.queries import voices_of


def heard_scopes(user: User) -> list[str]:
    """The change team reads the history of what was said to it; one query."""
    ids = Initiative.objects.with_role(user, *TEAM).values_list("pk", flat=True)
    return [f"{CONFIDENTIAL}initiative:{pk}" for pk in ids]


def is_spoken_of(row: ResistanceSource) -> Promise | None:
    """A resistance that somebody spoke of is kept."""
    return _("Something that people said is linked to it.") if row.feedback.exists() else None


def some_wait_for_an_answer(row: Initiative) -> str | None:
    """Who was promised an answer has one before it ends; afterwards nobody is reminded of it."""
    number = FeedbackItem.objects.waiting().filter(initiative=row).count()
    words = ngettext(
        "%(number)s concern, question or idea still waits for the answer that was promised.",
        "%(number)s concerns, questions and ideas still wait for the answers that were promised.",
        number,
    )
    return words % {"number": number} if number else None


#: Never by whom: that is for the page of the change team.
SAID = {"kind": "kind", "text": "text", "state": "state"}


def sources_that_were_linked(user: User) -> Any:
    """Nobody but the change team sees the link."""
    team = Initiative.objects.with_role(user, *TEAM)
    return ResistanceSource.objects.visible_to(user).filter(initiative__in=team.ids())


def neighbours() -> tuple[Relation, ...]:
    """From resistance and actions to what people said of them, and back."""
    return (
        Relation(
            model=ResistanceSource,
            name="concerns",
            rows=FeedbackItem.objects.changeable_by,
            path="source",
            fields=SAID,
        ),
        Relation(
            model=MitigationAction,
            name="concerns",
            rows=FeedbackItem.objects.visible_to,
            path="action",
            fields=SAID,
        ),
        Relation(
            model=FeedbackItem,
            name="sources",
            rows=sources_that_were_linked,
            path="feedback",
            fields=SOURCE_FIELDS,
        ),
        Relation(
            model=FeedbackItem,
            name="actions",
            rows=actions_shown_to,
            path="feedback",
            fields=ACTION_FIELDS,
        ),
    )


def register() -> None:
    """Fill the points; called once at start."""
    RELATIONS.register(neighbours)
    AUDIT_SCOPES.register(heard_scopes)
    RESISTANCE_KEEPERS.register(is_spoken_of)
    RESISTANCE_VOICES.register(voices_of)
    INITIATIVE.foresee("closed", some_wait_for_an_answer)
    INITIATIVE.foresee("cancelled", some_wait_for_an_answer)
