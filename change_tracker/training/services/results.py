"""What the services of training answer."""

from dataclasses import dataclass
from datetime import date

from change_tracker.training.models import Moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What one run did: people by what happened to them, and the rows behind."""

    enrolled: int = 0
    rejoined: int = 0
    already_enrolled: int = 0
    records: int = 0
    #: dates of people enrolled or rejoined now that the rule would have put too early
    moved_dates: int = 0
    #: open records of people enrolled before that got another date
    redated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDate:
    """One item whose date moves for some people; `wanted_on` is the earliest date that moved."""

    item_id: int
    title: str
    reason: Moved
    wanted_on: date
    due_on: date
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """One assignment rule and how many people it reaches now; where nobody, why."""

    rule_id: int
    audience: str
    people: int
    nobody_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentPreview:
    """What `assign_plan` would do now; the same reading as the run itself."""

    enrolled: int
    rejoined: int
    already_enrolled: int
    redated: int
    #: of all the people reached: who cannot sign in, and who cannot be written to
    without_login: int
    without_email: int
    moved_dates: tuple[MovedDate, ...]
    rules: tuple[RuleCount, ...]
    #: tells what the run would do from anything else
    digest: str = ""

    @property
    def writes(self) -> int:
        """How many people and dates the run would write, about; the rest it only reads."""
        return self.enrolled + self.rejoined + self.redated
