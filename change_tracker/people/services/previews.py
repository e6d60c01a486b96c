"""What a sync would do, as plain data that a page shows later."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from change_tracker.people.points import MembersCounted
from change_tracker.people.services.audiences import names_of
from change_tracker.people.services.sync.apply import KEPT_PROBLEMS, SyncResult
from change_tracker.people.services.sync.plans import Kind, PersonChange

#: Names of each kind that are kept for the page; the counts tell how many there are.
SHOWN = 20
SAID = (Kind.JOINER, Kind.MOVER, Kind.LEAVER, Kind.CHANGED)


def told(seen: SyncResult, *, ordinary: int) -> dict[str, Any]:
    """The change list: numbers, the first names of each kind, what follows, every problem."""
    plan = seen.plan
    return {
        "people": len(plan.roster),
        "counts": plan.counts,
        "names": {kind.value: [_name(each) for each in plan.of(kind)[:SHOWN]] for kind in SAID},
        "units": [*plan.units.new.values(), *plan.units.renamed.values()][:SHOWN],
        "follows": [*plan.consequences, *seen.outcome, *_memberships(seen)],
        "problems": [asdict(each) for each in plan.problems[:KEPT_PROBLEMS]],
        "affected": plan.affected,
        "ordinary": ordinary,
    }


def _memberships(seen: SyncResult) -> list[str]:
    return audience_lines([change.counted() for change in seen.memberships])


def audience_lines(memberships: Sequence[MembersCounted]) -> list[str]:
    """How many join and leave each audience, and what is done about it. One query."""
    names = names_of(change.audience_id for change in memberships) if memberships else {}
    return [_audience_line(names[change.audience_id], change) for change in memberships]


def _audience_line(name: str, change: MembersCounted) -> str:
    words = {"audience": name, "joined": change.joined, "left": change.left}
    return " ".join([_("%(audience)s: %(joined)s join, %(left)s leave.") % words, *change.follows])


def _name(change: PersonChange) -> str:
    return f"{change.external_id}  {change.name}"
