"""Everything that is measured, in the order of the story."""

from django.apps import apps

from benchmarks.assign import Assign, AssignAgain, AssignByJoining
from benchmarks.exports import ExportCsv, ExportXlsx
from benchmarks.harness import Work
from benchmarks.lists import EnrolmentList, LastPage, RecordList
from benchmarks.mails import CpuPerMail, MailRate
from benchmarks.monday import Monday
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
        CpuPerMail,
        Monday,
    )
}
#: Works that stand beside a package which we do not need ourselves, by the package.
BESIDE = {"django-post_office": (MailRate, "post_office")}
WORKS |= {work.name: work for work, app in BESIDE.values() if apps.is_installed(app)}


def left_out() -> list[str]:
    """What is not measured here, and what it lacks."""
    return [
        f"{work.name} is left out: it needs {package} in this environment (pip install {package})."
        for package, (work, _app) in BESIDE.items()
        if work.name not in WORKS
    ]
