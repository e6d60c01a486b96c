"""The pages of those who manage people."""

from django.urls import URLPattern, path

from change_tracker.people.views import importing

ONE = "people/import/<int:pk>/"

PAGES: list[URLPattern] = [
    path("people/", importing.PeoplePage.as_view(), name="people"),
    path("people/source/", importing.SourcePage.as_view(), name="people-source"),
    path(f"{ONE}columns/", importing.ColumnsPage.as_view(), name="people-import-columns"),
    path(ONE, importing.ImportPage.as_view(), name="people-import"),
]
