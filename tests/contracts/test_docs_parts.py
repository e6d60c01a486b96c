"""docs/parts.md lists every part of our pages with what it takes, and every block of ours."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.contracts.documents import assert_up_to_date
from tests.contracts.source import PACKAGE
from tests.contracts.test_docs import table, ticked

TEMPLATES = PACKAGE / "templates" / "change_tracker"
ABOUT = re.compile(r"\s*\{% comment %\}(.+?)\{% endcomment %\}", re.DOTALL)
BLOCK = re.compile(r"\{% block (ct_\w+)")
INTRODUCTION = """# Parts and blocks

Every piece of a page is a template of its own. To change one, put a file of the same name into your
own templates, in a folder of `DIRS` or in an app that stands before ours. A part has the whole
context of its page; named here is what it is about. `today` is the day of the request. Generated
from the first line of each part.
"""


def test_the_page_of_parts_and_blocks_is_up_to_date() -> None:
    assert_up_to_date("docs/parts.md", "\n".join(_lines()) + "\n")


def test_every_part_says_first_what_it_takes() -> None:
    silent = [_name(path) for path in parts() if not ABOUT.match(path.read_text())]

    assert silent == []


def test_every_part_that_is_included_is_listed() -> None:
    wanted = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'\{% include "change_tracker/([^"]+)"', path.read_text())
    }

    assert wanted <= {_name(path) for path in parts()}


def test_the_blocks_that_stay_are_there() -> None:
    promised = {name for cells in table("theming.md", "Block") for name in ticked(cells[0])}

    assert promised
    assert promised <= set(blocks())


def parts() -> list[Path]:
    """Templates that are no whole page, frame or mail."""
    return [
        path
        for path in sorted(TEMPLATES.rglob("*.html"))
        if "{% extends" not in path.read_text() and path.name != "shell.html"
        if path.parent.name != "mail"
    ]


def blocks() -> dict[str, list[str]]:
    """Where each block of ours is opened."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TEMPLATES.rglob("*.html")):
        for name in BLOCK.findall(path.read_text()):
            found[name].append(_name(path))
    return found


def _name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    yield from ("## Parts", "", "Under `change_tracker/`.", "", "| Part | What |", "|---|---|")
    for path in parts():
        about = ABOUT.match(path.read_text())
        words = " ".join(about[1].split()) if about else ""
        yield f"| `{_name(path)}` | {words} |"
    yield from ("", "## Blocks", "", "| Name | In |", "|---|---|")
    for name, where in sorted(blocks().items()):
        # The blocks that every page fills need no list of all pages.
        yield f"| `{name}` | {', '.join(f'`{each}`' for each in where[:4])}{_more(where)} |"


def _more(where: list[str]) -> str:
    return " and other pages" if len(where) > 4 else ""
