"""The pages of playbooks."""

from django.urls import URLPattern, path

from change_tracker.playbooks.views import applying, playbooks

AT = "i/<slug:slug>/playbooks/"

PAGES: list[URLPattern] = [
    path("playbooks/", playbooks.PlaybooksPage.as_view(), name="playbooks"),
    path("playbooks/<slug:slug>/", playbooks.PlaybookPage.as_view(), name="playbook"),
    path(AT, applying.InitiativePlaybooksPage.as_view(), name="initiative-playbooks"),
    path(f"{AT}<slug:playbook>/", applying.ApplyPage.as_view(), name="apply-playbook"),
    path("i/<slug:slug>/save-as-playbook/", applying.SavePage.as_view(), name="playbook-save"),
]
