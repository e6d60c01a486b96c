"""The pages of actions."""

from django.urls import URLPattern, URLResolver, path

from change_tracker.mitigation.views import PlanActionPage

PAGES: list[URLPattern | URLResolver] = [
    path(
        "i/<slug:slug>/resistance/<int:pk>/plan/",
        PlanActionPage.as_view(),
        name="action-new",
    ),
]
