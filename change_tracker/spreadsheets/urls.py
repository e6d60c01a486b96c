"""The pages of the register as a spreadsheet."""

from django.urls import URLPattern, path

from change_tracker.spreadsheets import views

AT = "i/<slug:slug>/spreadsheet/"

PAGES: list[URLPattern] = [
    path(AT, views.SendPage.as_view(), name="register-import"),
    path(f"{AT}register.xlsx", views.BookPage.as_view(), name="register-book"),
    path(f"{AT}template.xlsx", views.BookPage.as_view(empty=True), name="register-template"),
    path(f"{AT}<int:pk>/columns/", views.ColumnsPage.as_view(), name="register-import-columns"),
    path(f"{AT}<int:pk>/", views.CheckPage.as_view(), name="register-import-check"),
]
