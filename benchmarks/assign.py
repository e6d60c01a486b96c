"""Giving a plan to a group, and giving it again."""

from benchmarks.crowd import ITEMS, NOW, TODAY, Crowd, enrol, make_crowd
from benchmarks.harness import Side, Work
from benchmarks.rows import analyze, same
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    EnrolmentReason,
    TrainingRecord,
)
from change_tracker.training.services import assign_plan

DUE_DAYS = 60


class Assign(Work):
    """A plan of ten items, due on one date; `size` counts the records."""

    name = "assign"
    against = "INSERT … SELECT of the same rows"
    target = 1.5
    most_megabytes = 300
    writes = (Enrolment, EnrolmentPeriod, EnrolmentReason, TrainingRecord)
    crowd: Crowd

    def load(self, size: int) -> None:
        self.crowd = make_crowd(size // ITEMS)

    def ours(self) -> None:
        assign_plan(plan=self.crowd.plans[0], actor=None, today=TODAY, now=NOW)

    def bare(self) -> None:
        due_on = self.crowd.rules[0].due_on
        enrol(self.crowd.rules[0], assigned_on=TODAY, due_on=due_on, due_rule="'fixed'")

    def written(self) -> tuple[str, ...]:
        return (
            same(Enrolment),
            same(EnrolmentPeriod, enrolment="person_id"),
            same(EnrolmentReason, enrolment="person_id"),
            same(TrainingRecord, enrolment="person_id"),
        )


class AssignByJoining(Assign):
    """The same, due some days after joining, on thirty different dates."""

    name = "assign-by-joining"

    def load(self, size: int) -> None:
        self.crowd = make_crowd(
            size // ITEMS, joined_over=30, due_rule="joined_group", due_days=DUE_DAYS
        )

    def bare(self) -> None:
        enrol(
            self.crowd.rules[0],
            assigned_on=TODAY,
            due_on=f"member.joined_on + {DUE_DAYS}",
            due_rule="'joined_group'",
            due_days=DUE_DAYS,
        )


class AssignAgain(Assign):
    """Nothing is new; measured against the first time."""

    name = "assign-again"
    against = "the first assign"
    target = 0.2

    def arrange(self, side: Side) -> None:
        if side == "ours":
            self.bare()
            analyze()

    def bare(self) -> None:
        Assign.ours(self)
