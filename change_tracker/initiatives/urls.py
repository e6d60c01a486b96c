"""The pages on which an initiative is opened and set up."""

from django.urls import URLPattern, path

from change_tracker.core.files import file_paths
from change_tracker.initiatives.views import (
    audiences,
    grouplists,
    grouprules,
    groups,
    members,
    milestones,
    moves,
    objectives,
    opening,
    readings,
    setup,
)

AT = "i/<slug:slug>/setup/"
MEMBER = f"{AT}people/<int:pk>/"
OBJECTIVE = f"{AT}objectives/<int:pk>/"
MILESTONE = f"{AT}milestones/<int:pk>/"
GOAL = "i/<slug:slug>/objectives/<int:pk>/"
READING = "i/<slug:slug>/readings/<int:pk>/"

PAGES: list[URLPattern] = [
    path(AT, setup.SetUpPage.as_view(), name="initiative-setup"),
    path(f"{AT}edit/", setup.EditPage.as_view(), name="initiative-edit"),
    path(f"{AT}copy/", setup.CopyPage.as_view(), name="initiative-copy"),
    path(f"{AT}move/", moves.MovePage.as_view(), name="move-initiative"),
    path(f"{AT}delete/", moves.DeletePage.as_view(), name="initiative-delete"),
    path(f"{AT}people/new/", members.NewMemberPage.as_view(), name="member-new"),
    path(f"{MEMBER}remove/", members.RemoveMemberPage.as_view(), name="member-remove"),
    path(f"{MEMBER}hand-over/", members.HandOverPage.as_view(), name="member-hand-over"),
    path(f"{AT}objectives/new/", objectives.NewObjectivePage.as_view(), name="objective-new"),
    path(f"{OBJECTIVE}edit/", objectives.EditObjectivePage.as_view(), name="objective-edit"),
    path(f"{OBJECTIVE}delete/", objectives.DeleteObjectivePage.as_view(), name="objective-delete"),
    path(f"{AT}milestones/new/", milestones.NewMilestonePage.as_view(), name="milestone-new"),
    path(f"{MILESTONE}edit/", milestones.EditMilestonePage.as_view(), name="milestone-edit"),
    path(f"{MILESTONE}reached/", milestones.ReachMilestonePage.as_view(), name="milestone-reach"),
    path(
        f"{MILESTONE}not-reached/",
        milestones.MilestoneNotReached.as_view(),
        name="milestone-not-reached",
    ),
    path(f"{MILESTONE}delete/", milestones.DeleteMilestonePage.as_view(), name="milestone-delete"),
    path(GOAL, readings.ObjectivePlace.as_view(), name="objective"),
    path(f"{GOAL}readings/new/", readings.NewReadingPage.as_view(), name="reading-new"),
    path(f"{READING}edit/", readings.EditReadingPage.as_view(), name="reading-edit"),
    path(f"{READING}delete/", readings.DeleteReadingPage.as_view(), name="reading-delete"),
    path(
        "i/<slug:slug>/readings/import/",
        readings.ImportReadingsPage.as_view(),
        name="readings-import",
    ),
    *file_paths("i/<slug:slug>/readings", readings.ReadingsFile, "readings"),
    path("initiatives/new/", opening.NewInitiativePage.as_view(), name="initiative-new"),
    path("i/<slug:slug>/new/", opening.WhatStep.as_view(), name="initiative-new-what"),
    path("i/<slug:slug>/new/groups/", opening.GroupsStep.as_view(), name="initiative-new-groups"),
    path("i/<slug:slug>/new/date/", opening.DateStep.as_view(), name="initiative-new-date"),
    path("i/<slug:slug>/groups/new/", groups.GroupNew.as_view(), name="group-new"),
    path("i/<slug:slug>/groups/<int:pk>/edit/", groups.GroupEdit.as_view(), name="group-edit"),
    path(
        "i/<slug:slug>/groups/<int:pk>/delete/",
        groups.GroupDelete.as_view(),
        name="group-delete",
    ),
    *file_paths("i/<slug:slug>/groups", grouplists.GroupsFile, "groups"),
    *file_paths(
        "i/<slug:slug>/audiences/<int:pk>/members", grouplists.MembersFile, "audience-members"
    ),
    path("i/<slug:slug>/audiences/new/", audiences.AudienceNew.as_view(), name="audience-new"),
    path(
        "i/<slug:slug>/audiences/<int:pk>/",
        grouprules.AudienceEdit.as_view(),
        name="audience-edit",
    ),
]
