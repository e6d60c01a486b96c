"""Addresses as a tree: to find a page, a handful of names is compared, not hundreds of patterns."""

from collections.abc import Iterable
from itertools import chain

from django.urls import URLPattern, URLResolver, include, path


def tree(*slices: Iterable[URLPattern]) -> list[URLPattern | URLResolver]:
    """The pages of all slices under their addresses, those that begin alike below one another.

    Django asks a flat list from top to bottom, with a regular expression for each page. Names and
    keys stay as they are; of two patterns that fit the same address, the one whose beginning came
    first wins.
    """
    by_beginning: dict[str, list[URLPattern]] = {}
    for page in chain(*slices):
        name, slash, _rest = str(page.pattern).partition("/")
        by_beginning.setdefault(name + slash, []).append(page)
    return [_branch(beginning, found) for beginning, found in by_beginning.items()]


def _branch(beginning: str, pages: list[URLPattern]) -> URLPattern | URLResolver:
    if len(pages) == 1:
        return pages[0]
    return path(beginning, include(tree(_below(beginning, page) for page in pages)))


def _below(beginning: str, page: URLPattern) -> URLPattern:
    route = str(page.pattern).removeprefix(beginning)
    return path(route, page.callback, page.default_args, page.name)
