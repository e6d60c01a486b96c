"""Where work is missing in an initiative: read once, then judged without further queries.

The register is read through the doorway: whoever may not read it, such as HR, is told of people
and actions only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from change_tracker.core.access import User
from change_tracker.initiatives.models import Initiative
from change_tracker.progress import gaplines
from change_tracker.progress.gaplines import Gap, Heard, LateUnit
from change_tracker.progress.queries import Measures
from change_tracker.progress.reading import (
    Acting,
    Counted,
    OpenAction,
    actions_in,
    counted_in,
    registers_of,
)
from change_tracker.progress.verdict import Standing

#: Of the list of gaps, so many lines stand under "needs you today".
MOST_GAPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that is known of one initiative on one day."""

    counted: Counted = field(default_factory=Counted)
    acting: Acting = field(default_factory=Acting)
    #: None for who may not read the register
    register: tuple[Heard, ...] | None = None
    is_led: bool = True

    @property
    def measures(self) -> Measures:
        """The figures of training."""
        return self.counted.measures

    @property
    def late(self) -> tuple[LateUnit, ...]:
        """Who is late by unit, most people first."""
        return self.counted.late

    @property
    def actions(self) -> tuple[OpenAction, ...]:
        """Open ones, the earliest date first, those without a date last."""
        return self.acting.open

    @property
    def late_people(self) -> int:
        """People with training that is late."""
        return sum(unit.people for unit in self.late)

    @property
    def open_resistance(self) -> tuple[Heard, ...]:
        """What still asks for something."""
        return tuple(each for each in self.register or () if each.is_open)

    def late_actions(self, today: date) -> tuple[OpenAction, ...]:
        """Open actions past their date."""
        return tuple(each for each in self.actions if each.due_on and each.due_on < today)


def situation_of(user: User, initiative: Any, *, reads_register: bool, today: date) -> Situation:
    """What `user` may know of a row `with_leaders`. Three queries."""
    (found,) = _situations_of(user, [initiative], today, reads_register=reads_register).values()
    return found


def situations_of(user: User, initiatives: Sequence[Any], today: date) -> dict[int, Situation]:
    """What `user`, who leads them, may know of several rows `with_leaders`, but for figures of
    training. Three queries.
    """
    return _situations_of(user, initiatives, today, with_measures=False)


def _situations_of(
    user: User,
    initiatives: Sequence[Any],
    today: date,
    *,
    reads_register: bool = True,
    with_measures: bool = True,
) -> dict[int, Situation]:
    ids = [each.pk for each in initiatives]
    counted = counted_in(user, ids, today, with_measures=with_measures)
    heard = registers_of(user, ids) if reads_register else None
    acting = actions_in(user, ids, today)
    return {
        each.pk: Situation(
            counted=counted[each.pk],
            acting=acting[each.pk],
            register=None if heard is None else heard.get(each.pk, ()),
            is_led=each.is_led,
        )
        for each in initiatives
    }


def standing_of(initiative: Initiative, situation: Situation, today: date) -> Standing:
    """What the verdict weighs; no queries."""
    heard = situation.open_resistance
    worst = situation.late[0] if situation.late else LateUnit("", 0)
    go_live_on = initiative.go_live_on
    return Standing(
        state=initiative.state,
        go_live_in=(go_live_on - today).days if go_live_on else None,
        enrolled=situation.measures.enrolled,
        due=situation.measures.due,
        late_people=situation.late_people,
        late_unit=worst.name,
        late_in_unit=worst.people,
        open_resistance=None if situation.register is None else len(heard),
        severe=sum(each.is_severe for each in heard),
        severe_unanswered=sum(each.is_severe and each.lacks_answer for each in heard),
        late_actions=len(situation.late_actions(today)),
        is_led=situation.is_led,
    )


def gaps_of(situation: Situation, today: date, most: int | None = MOST_GAPS) -> tuple[Gap, ...]:
    """The gaps, the most pressing first, and none that counts nothing; no queries.

    At most five, for "needs you today"; all of them with `most=None`.
    """
    heard = situation.open_resistance
    lines = (
        gaplines.late(situation.late),
        gaplines.concerns(*situation.counted.concerns, today),
        gaplines.asking(*situation.counted.asking, today),
        gaplines.unanswered([each for each in heard if each.lacks_answer]),
        gaplines.late_actions(situation.late_actions(today), today),
        gaplines.look_again([each for each in heard if each.review_on and each.review_on <= today]),
        gaplines.unjudged(situation.acting.unjudged, today),
        gaplines.tools(situation.acting.tools, today),
        gaplines.untrained(situation.counted.untrained),
        gaplines.unread(situation.counted.unread),
    )
    return tuple(line for line in lines if line.number)[:most]
