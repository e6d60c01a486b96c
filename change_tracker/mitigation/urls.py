"""The pages of actions."""

from django.urls import URLPattern, path

from change_tracker.core.files import file_paths
from change_tracker.mitigation.views import (
    actions,
    callingoff,
    changing,
    kinds,
    moving,
    one,
    planning,
)

AT = "i/<slug:slug>/actions/"
ONE = f"{AT}<int:pk>/"

PAGES: list[URLPattern] = [
    path(
        "i/<slug:slug>/resistance/<int:pk>/plan/",
        planning.PlanActionPage.as_view(),
        name="action-new",
    ),
    path(AT, actions.ActionsPage.as_view(), name="actions"),
    *file_paths(f"{AT}actions", actions.ActionsFile, "actions"),
    path(f"{AT}new/", planning.AddActionPage.as_view(), name="action-add"),
    path(f"{AT}call-off/", callingoff.CallOffPage.as_view(), name="actions-call-off"),
    path(f"{AT}communication/", kinds.CommunicationPage.as_view(), name="communication"),
    *file_paths(f"{AT}communication", kinds.CommunicationFile, "communication"),
    path(f"{AT}experiments/", kinds.ExperimentsPage.as_view(), name="experiments"),
    *file_paths(f"{AT}experiments", kinds.ExperimentsFile, "experiments"),
    path(f"{AT}tools/", kinds.ToolsPage.as_view(), name="tools"),
    *file_paths(f"{AT}tools", kinds.ToolsFile, "tools"),
    path(ONE, one.ActionPage.as_view(), name="action"),
    path(f"{ONE}edit/", changing.EditActionPage.as_view(), name="action-edit"),
    path(f"{ONE}details/", kinds.DetailsPage.as_view(), name="action-details"),
    path(f"{ONE}hill/", moving.HillPage.as_view(), name="action-hill"),
    path(f"{ONE}move/", moving.MoveActionPage.as_view(), name="move-action"),
    path(f"{ONE}done-on/", moving.DoneOnPage.as_view(), name="action-day"),
    path(f"{ONE}answer/", moving.AnswerPage.as_view(), name="action-answer"),
    path(f"{ONE}delete/", changing.DeleteActionPage.as_view(), name="action-delete"),
    path(f"{ONE}carry/", changing.CarryOverPage.as_view(), name="action-carry"),
]
