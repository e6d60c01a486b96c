"""The page that lists where one slice takes part in the work of another is up to date."""

from collections.abc import Iterator
from typing import Any

from django.utils.encoding import force_str

from change_tracker.core.points import Point, named
from change_tracker.core.states import Transitions
from tests.contracts.documents import assert_up_to_date
from tests.contracts.test_models import tables


def test_every_point_says_what_it_is_for() -> None:
    assert [name for name, point in Point.all.items() if not point.about] == []


def test_every_registered_function_says_what_it_does() -> None:
    silent = [
        named_entry(entry) for point in Point.all.values() for entry in point if not about(entry)
    ]

    assert silent == []


def test_the_page_of_the_docs_is_up_to_date() -> None:
    assert_up_to_date("docs/points.md", render())


def render() -> str:
    """Every point with what is registered, every move with its guards, every consequence."""
    lines = [
        "# Points and moves",
        "",
        "Where one slice takes part in the work of another without being imported, and which",
        "state may follow which. Generated from the registered functions.",
        "",
        "## Points",
        *_points(),
        "",
        "## Moves",
        *(line for table in sorted(tables(), key=_name) for line in _moves(table)),
        "",
    ]
    return "\n".join(lines)


def _points() -> Iterator[str]:
    for name, point in sorted(Point.all.items()):
        yield from ("", f"### {name}", "", f"{_sentence(point.about)}", "")
        yield from sorted(f"- `{named_entry(entry)}`: {about(entry)}" for entry in point)
        if not list(point):
            yield "- nothing is registered"


def _moves(table: Transitions[Any]) -> Iterator[str]:
    yield from (
        "",
        f"### {_name(table)}",
        "",
        "| From | To | Asks for | Guarded by |",
        "|---|---|---|---|",
    )
    for move in table.moves:
        guards = ", ".join(f"`{named_entry(guard)}`" for guard in move.guards)
        reason = "a reason" if move.needs_reason else ""
        yield f"| {move.source} | {move.target} | {reason} | {guards} |"
    if table.consequences or table.previews:
        yield ""
    for target, consequence in sorted(table.consequences, key=lambda pair: pair[0]):
        yield f"- on arrival in *{target}*: `{named_entry(consequence)}`: {about(consequence)}"
    for target, preview in sorted(table.previews, key=lambda pair: pair[0]):
        yield f"- foreseen for *{target}*: `{named_entry(preview)}`: {about(preview)}"


def _name(table: Transitions[Any]) -> str:
    return table.model.__name__


def named_entry(entry: object) -> str:
    """The dotted name of a function, or of the class of an object."""
    return (
        named(entry) if callable(entry) and hasattr(entry, "__qualname__") else named(type(entry))
    )


def about(entry: object) -> str:
    """The first line of its documentation."""
    text = getattr(entry, "__doc__", None) or ""
    return force_str(text).strip().split("\n")[0]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
