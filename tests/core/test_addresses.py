"""Addresses are found quickly, and each leads to its own page."""

from django.urls import URLPattern, URLResolver, path, resolve
from django.views import View

from change_tracker.core.addresses import tree
from tests.contracts.routes import addresses

VALUES = {"slug": "one", "playbook": "one", "signed": "x", "secret": "x", "form": "csv"}


page = View.as_view()


def shape(patterns: list[URLPattern | URLResolver]) -> list[object]:
    return [(str(each.pattern), _meaning(each)) for each in patterns]


def _meaning(each: URLPattern | URLResolver) -> object:
    return each.name if isinstance(each, URLPattern) else shape(each.url_patterns)


def test_pages_that_begin_alike_stand_below_one_another() -> None:
    flat = [
        path("", page, name="start"),
        path("i/<slug:slug>/", page, name="one"),
        path("jobs/", page, name="jobs"),
        path("i/<slug:slug>/new/", page, name="new"),
        path("i/<slug:slug>/people.csv", page, name="file"),
    ]

    below = [("", "one"), ("new/", "new"), ("people.csv", "file")]
    assert shape(tree(flat)) == [
        ("", "start"),
        ("i/", [("<slug:slug>/", below)]),
        ("jobs/", "jobs"),
    ]


def test_every_address_leads_to_its_own_page_past_few_others() -> None:
    wrong = []
    for name, address in addresses().items():
        found = resolve(address.url(*(VALUES.get(key, 7) for key in address.keys)))
        if (found.url_name, tuple(found.kwargs)) != (name, address.keys):
            wrong.append(f"{name} leads to {found.url_name}")
        if len(found.tried or ()) > 80:
            wrong.append(f"{name} is found after {len(found.tried or ())} others")

    assert not wrong, "\n".join(wrong)
