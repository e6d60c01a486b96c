"""The pages of the register."""

from django.urls import URLPattern, path

from change_tracker.core.files import file_paths
from change_tracker.resistance.views import entries, lessons, moving, register

AT = "i/<slug:slug>/resistance/"
LESSONS = "i/<slug:slug>/lessons/"
ONE = f"{AT}<int:pk>/"

PAGES: list[URLPattern] = [
    path(AT, register.RegisterPage.as_view(), name="register"),
    *file_paths(f"{AT}register", register.RegisterFile, "register"),
    path(LESSONS, lessons.LessonsPage.as_view(), name="lessons"),
    path(f"{LESSONS}new/", lessons.NewLessonPage.as_view(), name="lesson-new"),
    path(f"{LESSONS}<int:pk>/", lessons.EditLessonPage.as_view(), name="lesson-edit"),
    path(f"{LESSONS}<int:pk>/delete/", lessons.DeleteLessonPage.as_view(), name="lesson-delete"),
    path(f"{AT}new/", entries.NewEntryPage.as_view(), name="register-new"),
    path(ONE, entries.EntryPage.as_view(), name="register-entry"),
    path(f"{ONE}edit/", entries.EditEntryPage.as_view(), name="register-edit"),
    path(f"{ONE}review/", moving.ReviewPage.as_view(), name="register-review"),
    path(f"{ONE}move/", moving.MovePage.as_view(), name="register-move"),
    path(f"{ONE}delete/", moving.DeleteEntryPage.as_view(), name="register-delete"),
]
