"""The pages of voice."""

from django.urls import URLPattern, path

from change_tracker.core.files import file_paths
from change_tracker.voice.views import inbox, one, own, published

AT = "i/<slug:slug>/concerns/"
ONE = f"{AT}<int:pk>/"
TOLD = f"{AT}told/"

PAGES: list[URLPattern] = [
    path("say/", own.SayPage.as_view(), name="say"),
    path("i/<slug:slug>/say/", own.NewSayPage.as_view(), name="say-new"),
    path("say/<int:pk>/", own.OwnItemPage.as_view(), name="say-item"),
    path("say/<int:pk>/withdraw/", own.WithdrawPage.as_view(), name="say-withdraw"),
    path("say/<int:pk>/settle/", own.SettlePage.as_view(), name="say-settle"),
    path(AT, inbox.InboxPage.as_view(), name="concerns"),
    *file_paths(f"{AT}concerns", inbox.InboxFile, "concerns"),
    path(ONE, one.ConcernPage.as_view(), name="concern"),
    path(f"{ONE}acknowledge/", one.AcknowledgePage.as_view(), name="concern-acknowledge"),
    path(f"{ONE}answer/", one.AnswerPage.as_view(), name="concern-answer"),
    path(f"{ONE}link/", one.LinkPage.as_view(), name="concern-link"),
    path(f"{ONE}close/", one.CloseConcernPage.as_view(), name="concern-close"),
    path(f"{TOLD}new/", published.PublishPage.as_view(), name="told-new"),
    path(f"{TOLD}<int:pk>/edit/", published.ChangePublishedPage.as_view(), name="told-edit"),
]
