"""What an import of records did, or why it did nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.tables import Problem


class RefusedImportError(ChangeTrackerError):
    """The file has errors; nothing was applied. `problems` are all that was found."""

    code = "refused_import"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = sum(problem.is_error for problem in problems)
        text = ngettext(
            "The file has %(count)s error; nothing was applied.",
            "The file has %(count)s errors; nothing was applied.",
            count,
        )
        super().__init__(text % {"count": count})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsImport:
    """Counts of what was written; all 0 when the file holds nothing new."""

    rows: int
    plans: int = 0
    activities: int = 0
    enrolments: int = 0
    records: int = 0
    #: known records that were completed, corrected, opened again or ended
    corrected: int = 0
    #: known enrolments that got another date, or ended
    enrolments_corrected: int = 0
    problems: tuple[Problem, ...] = ()
