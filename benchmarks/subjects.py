"""Everything that is measured, in the order of the story."""

from benchmarks.assign import Assign, AssignAgain, AssignByJoining
from benchmarks.exports import ExportCsv, ExportXlsx
from benchmarks.harness import Work
from benchmarks.lists import EnrolmentList, LastPage, RecordList
from benchmarks.my_training import MyTraining, MyTrainingApi
from benchmarks.overview import Overview
from benchmarks.portfolio import Portfolio
from benchmarks.progress import ProgressByPlan, ProgressByUnit
from benchmarks.roster import FirstRoster, UnchangedRoster
from benchmarks.tick import IdleTick, MassDay

WORKS: dict[str, type[Work]] = {
    work.name: work
    for work in (
        FirstRoster,
        UnchangedRoster,
        Assign,
        AssignByJoining,
        AssignAgain,
        MyTraining,
        MyTrainingApi,
        RecordList,
        EnrolmentList,
        LastPage,
        ExportCsv,
        ExportXlsx,
        ProgressByPlan,
        ProgressByUnit,
        Portfolio,
        Overview,
        IdleTick,
        MassDay,
    )
}
