"""What an import of records did."""

from dataclasses import dataclass

from change_tracker.core.tables import Problem


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
    #: rows that opened a training or a plan again, or took back that it was done; all of them named
    reopened: tuple[Problem, ...] = ()
    #: known enrolments that got another date, or ended
    enrolments_corrected: int = 0
    problems: tuple[Problem, ...] = ()
