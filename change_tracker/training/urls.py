"""The pages of training for those who lead it."""

from django.urls import URLPattern, path

from change_tracker.core.files import file_paths
from change_tracker.training.views import (
    activities,
    attachments,
    cancelling,
    editing,
    elsewhere,
    forothers,
    items,
    late,
    lists,
    people,
    person,
    planning,
    plans,
    requests,
    revising,
    rules,
    sessionediting,
    sessionfiles,
    sessions,
    submissions,
    transcript,
    walkins,
)

AT = "i/<slug:slug>/training/"
ONE = f"{AT}<int:pk>/"
ITEM = f"{ONE}items/<int:item_pk>/"
GROUP = f"{ONE}groups/<int:rule_pk>/"
SOMEBODY = "people/<int:pk>/"
DATE = "i/<slug:slug>/sessions/<int:pk>/"
PERSON = f"{ONE}people/<int:enrolment_pk>/"

PAGES: list[URLPattern] = [
    path("requests/<int:pk>/", requests.RequestPage.as_view(), name="time-request"),
    path("for-others/", forothers.ForOthers.as_view(), name="record-for-others"),
    path(
        "for-others/<int:pk>/hand-in/",
        forothers.HandInForOther.as_view(),
        name="hand-in-for-other",
    ),
    path("for-others/undo/", forothers.ForOthersUndo.as_view(), name="record-for-others-undo"),
    path("files/<int:pk>/", attachments.ActivityFileContent.as_view(), name="activity-file"),
    path("elsewhere/new/", elsewhere.ElsewhereNew.as_view(), name="elsewhere-new"),
    path("elsewhere/", elsewhere.ElsewhereWaiting.as_view(), name="elsewhere-waiting"),
    *file_paths("elsewhere/waiting", elsewhere.ElsewhereWaitingFile, "elsewhere-waiting"),
    path("elsewhere/<int:pk>/", elsewhere.ElsewherePage.as_view(), name="elsewhere"),
    path("elsewhere/<int:pk>/file/", elsewhere.ElsewhereFile.as_view(), name="elsewhere-file"),
    path("handed-in/<int:pk>/", submissions.SubmissionPage.as_view(), name="hand-in"),
    path("handed-in/<int:pk>/file/", submissions.SubmissionFile.as_view(), name="hand-in-file"),
    path("transcript/", transcript.MyTranscript.as_view(), name="my-transcript"),
    path(f"{SOMEBODY}transcript/", transcript.TranscriptPage.as_view(), name="transcript"),
    *file_paths(f"{SOMEBODY}transcript", transcript.TranscriptFile, "transcript"),
    path(AT, plans.PlansPage.as_view(), name="plans"),
    *file_paths("i/<slug:slug>/training", lists.PlansFile, "plans"),
    *file_paths("requests", lists.RequestsFile, "time-requests"),
    *file_paths("handed-in", lists.HandInsFile, "hand-ins"),
    path(f"{AT}late/", late.LatePage.as_view(), name="late-people"),
    *file_paths(f"{AT}late", late.LateFile, "late-people"),
    path(f"{AT}new/", planning.PlanNew.as_view(), name="plan-new"),
    path(ONE, plans.PlanPage.as_view(), name="plan"),
    *file_paths(f"{ONE}people", lists.PlanPeopleFile, "plan-people"),
    path(f"{ONE}assign/", planning.PlanAssign.as_view(), name="plan-check"),
    path(f"{ONE}edit/", editing.PlanEdit.as_view(), name="plan-edit"),
    path(f"{ONE}move/", editing.PlanMove.as_view(), name="move-plan"),
    path(f"{ONE}delete/", editing.PlanDelete.as_view(), name="plan-delete"),
    path(f"{ONE}items/", items.ItemsEdit.as_view(), name="plan-items"),
    path(f"{ONE}revisions/", revising.PlanRevisions.as_view(), name="plan-revisions"),
    path(f"{ONE}items/new/", items.ItemNew.as_view(), name="plan-item-new"),
    path(f"{ITEM}edit/", items.ItemEdit.as_view(), name="plan-item-edit"),
    path(f"{ITEM}move/", items.ItemShift.as_view(), name="plan-item-move"),
    path(f"{ITEM}remove/", items.ItemRemove.as_view(), name="plan-item-remove"),
    path(f"{ITEM}activity/", activities.ActivityEdit.as_view(), name="activity-edit"),
    path(f"{ITEM}version/", activities.ActivityVersion.as_view(), name="activity-version"),
    path(f"{ITEM}files/", attachments.ActivityFiles.as_view(), name="activity-files"),
    path(f"{ONE}groups/new/", planning.RuleNew.as_view(), name="plan-rule-new"),
    path(f"{GROUP}edit/", rules.RuleEdit.as_view(), name="plan-rule-edit"),
    path(f"{GROUP}remove/", rules.RuleRemove.as_view(), name="plan-rule-remove"),
    path(f"{ONE}sessions/", sessions.PlanSessions.as_view(), name="plan-sessions"),
    *file_paths(f"{ONE}sessions", sessionfiles.PlanSessionsFile, "plan-sessions"),
    path(f"{ONE}sessions/new/", sessions.SessionNew.as_view(), name="session-new"),
    path(DATE, sessions.SessionPage.as_view(), name="session"),
    *file_paths(f"{DATE}attendance", sessionfiles.SessionFile, "session-attendance"),
    path(f"{DATE}walk-in/", walkins.SessionWalkIn.as_view(), name="session-walk-in"),
    path(f"{DATE}sheet/", sessions.SessionSheet.as_view(), name="session-sheet"),
    path(f"{DATE}edit/", sessionediting.SessionEdit.as_view(), name="session-edit"),
    path(f"{DATE}delete/", cancelling.SessionDelete.as_view(), name="session-delete"),
    path(f"{ONE}people/check/", people.PeopleCheck.as_view(), name="plan-people-check"),
    path(PERSON, person.PersonPage.as_view(), name="plan-person"),
    path(f"{PERSON}return/", person.PersonReturn.as_view(), name="plan-person-return"),
    path(
        f"{PERSON}<int:record_pk>/revoke/", person.RecordRevoke.as_view(), name="plan-record-revoke"
    ),
    path(
        f"{PERSON}<int:record_pk>/exempt/", person.RecordExempt.as_view(), name="plan-record-exempt"
    ),
]
