"""What a run of assigning does to whom, as one digest: the preview and the run make the same."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

from change_tracker.training.services.reading import Batch, Dates
from change_tracker.training.services.redating import NewDate


class Seal:
    """Equal for equal effects: who gets the plan or gets it again, by when, through which groups.

    How many have it already, and who cannot sign in, is no effect.
    """

    def __init__(self) -> None:
        self._sum = sha256()

    def take(self, batch: Batch, redated: Sequence[NewDate]) -> None:
        """Add what happens to one batch; `redated` are the new dates of its records."""
        for given in (batch.new, batch.rejoining):
            groups: dict[Dates, list[int]] = defaultdict(list)
            for person, dates in given.items():
                groups[dates].append(person)
            self._add([(dates, sorted(people)) for dates, people in groups.items()])
        self._add([(each.record, each.due.on, each.due.rule) for each in redated])
        self._add([(rule, sorted(people)) for rule, people in sorted(batch.reasons.items())])

    def digest(self) -> str:
        """Of everything that was taken."""
        return self._sum.hexdigest()

    def _add(self, said: list[object]) -> None:
        self._sum.update(repr(said).encode())
