"""Every address of ours, read from the URL conf itself, so that none can be forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from change_tracker.core.api.pinned import NowhereView
from change_tracker.core.formpages import FormPage

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Address:
    """One named pattern: the keys in it, and which action of the view answers which method."""

    name: str
    keys: tuple[str, ...]
    actions: dict[str, str]
    is_api: bool
    #: whether its page is a form
    is_form: bool = False

    def url(self, *values: object) -> str:
        return reverse(f"change_tracker:{self.name}", args=values)


@cache
def addresses() -> dict[str, Address]:
    """Ours by name; a page and the API share one name space, so no name stands twice."""
    found = list(_walk(get_resolver("change_tracker.urls"), ()))
    named = {each.name: each for each in found}
    assert len(named) == len(found), "two addresses have the same name"
    return named


def admin_models() -> dict[str, Any]:
    """The admin classes of our models, by model name."""
    return {
        model.__name__: site_admin
        for model, site_admin in admin.site._registry.items()
        if model._meta.app_label == "change_tracker"
    }


def _walk(resolver: URLResolver, above: tuple[str, ...]) -> Iterator[Address]:
    for each in resolver.url_patterns:
        keys = (*above, *each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            yield from _walk(each, keys)
        elif getattr(each.callback, "cls", None) is not NowhereView:
            yield _address(each, keys)


def _address(pattern: URLPattern, keys: tuple[str, ...]) -> Address:
    view: Any = pattern.callback
    assert pattern.name, f"{pattern.pattern} has no name"
    is_api = hasattr(view, "cls")
    actions = getattr(view, "actions", None) or _methods(getattr(view, "cls", None) or view)
    named = {method.upper(): action for method, action in actions.items()}
    named.pop("HEAD", None)
    is_form = issubclass(getattr(view, "view_class", object), FormPage)
    return Address(pattern.name, keys, named, is_api, is_form)


def _methods(view: Any) -> dict[str, str]:
    known = getattr(view, "view_class", view)
    return {
        method: method.lower()
        for method in METHODS
        if method.lower() in known.http_method_names and hasattr(known, method.lower())
    }
