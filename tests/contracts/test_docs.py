"""The documentation says what the code does: tables are generated, names and examples checked."""

import ast
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from django.core.checks import registry
from django.template import Context, Template

from change_tracker import signals
from change_tracker.core.access import Roles, roles_of
from change_tracker.core.conf import Conf
from change_tracker.core.tables import parse_maps
from change_tracker.people.services.sync import COLUMNS as ROSTER
from change_tracker.resistance.services.checking import check_pack
from change_tracker.training.services.importing import COLUMNS as RECORDS
from tests import factories
from tests.contracts.documents import assert_up_to_date
from tests.contracts.source import PACKAGE, ROOT

DOCS = ROOT / "docs"
TOKEN = re.compile(r"--ct-[a-z0-9-]+")
ID = re.compile(r"(?:E|W|I)\d{3}(?=: )")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


def test_the_page_of_settings_is_up_to_date() -> None:
    assert_up_to_date("docs/settings.md", render_settings())


def test_the_page_of_system_checks_is_up_to_date() -> None:
    assert_up_to_date("docs/checks.md", render_checks())


def test_every_system_check_of_ours_says_its_id_first() -> None:
    silent = [each.__name__ for each in our_checks() if not ID.match(each.__doc__ or "")]

    assert silent == []


def test_theming_names_the_public_tokens_and_no_others() -> None:
    style = (PACKAGE / "static" / "change_tracker" / "ct.css").read_text()

    assert documented(TOKEN, "theming.md") == set(re.findall(r"var\((--ct-[a-z0-9-]+)", style))


def test_extending_names_every_signal_and_its_payload() -> None:
    rows = {cells[0]: cells[1] for cells in table("extending.md", "Signal")}

    assert rows == {f"`{name}`": payload for name, payload in payloads()}


@pytest.mark.parametrize(("columns", "heading"), [(ROSTER, "People"), (RECORDS, "Records")])
def test_extending_names_every_column_of_an_import(columns: tuple[str, ...], heading: str) -> None:
    named = [name for cells in table("extending.md", heading) for name in ticked(cells[0])]

    assert named == list(columns)


def test_the_examples_of_mapped_columns_are_understood() -> None:
    maps = re.findall(r'--map "([^"]+)"', text("extending.md"))

    assert maps
    assert all(parse_maps([each], columns=(*ROSTER, *RECORDS)) for each in maps)


def test_the_example_of_a_roster_has_columns_of_ours() -> None:
    (example,) = blocks("extending.md", "text")

    header, *rows = csv.reader(io.StringIO(example))
    assert set(header) <= set(ROSTER)
    assert {len(row) for row in rows} == {len(header)}


def test_the_example_of_a_pack_can_be_loaded() -> None:
    (example,) = blocks("extending.md", "json")

    assert check_pack(json.loads(example)).slug


@pytest.mark.django_db
def test_the_example_of_roles_gives_roles(settings: Any) -> None:
    code = next(each for each in blocks("extending.md", "python") if "-> Roles" in each)
    space: dict[str, Any] = {}
    exec(compile(code, "extending.md", "exec"), space)  # noqa: S102  (it is our own page)
    factories.make_user("priya")
    user = factories.make_user("ana")

    assert isinstance(space["roles"](user), Roles)
    assert roles_of(user) == Roles()


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_every_example_in_python_can_be_read(page: Path) -> None:
    for example in blocks(page.name, "python"):
        ast.parse(example)


def test_every_example_of_a_template_can_be_read() -> None:
    examples = [each for each in blocks("theming.md", "django") if "{% extends" not in each]

    assert [Template(each).render(Context({})) for each in examples] != []


@pytest.mark.parametrize(
    "page", sorted([*DOCS.rglob("*.md"), ROOT / "README.md"]), ids=lambda page: page.stem
)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    if "_build" in page.parts:
        return
    dead = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]

    assert dead == []


def test_every_page_is_in_the_table_of_contents() -> None:
    listed = {line.strip() for each in blocks("index.md", "{toctree}") for line in each.split("\n")}

    assert {page.stem for page in DOCS.glob("*.md")} - {"index"} <= listed


def render_settings() -> str:
    """Every key of CHANGE_TRACKER with its type, default and meaning."""
    types = get_type_hints(Conf)
    rows = [
        f"| `{each.name.upper()}` | {_type(types[each.name])} | `{_default(each)}` "
        f"| {each.metadata['about']} |"
        for each in fields(Conf)
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Keys of the dict `CHANGE_TRACKER` in your settings. None is required. Generated from",
            "`change_tracker/core/conf.py`.",
            "",
            "| Key | Type | Default | Meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _default(each: Any) -> str:
    assert each.default is not MISSING
    return repr(each.default)


def _type(hint: Any) -> str:
    name = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
    return f"`{name}`".replace("|", "or")


def render_checks() -> str:
    """Every system check of ours with what it says."""
    rows = [
        (found.group(), line.strip().split(": ", 1)[1], each)
        for each in our_checks()
        for line in (each.__doc__ or "").splitlines()
        if (found := ID.match(line.strip())) is not None
    ]
    rows.sort(key=lambda row: row[0])
    return "\n".join(
        [
            "# System checks",
            "",
            "What `manage.py check` says about your settings; those marked *deploy* speak only",
            "with `--deploy`. An E also stops `migrate`, `runserver` and other commands, a W or",
            "an I does not. To silence one, add its id to `SILENCED_SYSTEM_CHECKS`. Generated from",
            "the registered checks.",
            "",
            "| Id | When | What is wrong |",
            "|---|---|---|",
            *(
                f"| `change_tracker.{id_}` | {_when(each)} | {wrong[:1].upper()}{wrong[1:]} |"
                for id_, wrong, each in rows
            ),
            "",
        ]
    )


def our_checks() -> list[Callable[..., Any]]:
    """The registered checks of the package, also those for production."""
    known = registry.registry
    return [
        each
        for each in {*known.registered_checks, *known.deployment_checks}
        if each.__module__.startswith("change_tracker.")
    ]


def _when(check: Callable[..., Any]) -> str:
    return "deploy" if check in registry.registry.deployment_checks else "always"


def payloads() -> Iterator[tuple[str, str]]:
    """Each signal with its payload, as the comment above it in the source says."""
    source = Path(signals.__file__).read_text()
    for about, name in re.findall(r"#: (.+)\n(\w+) = Signal\(\)", source):
        yield name, about


def text(page: str) -> str:
    return (DOCS / page).read_text()


def documented(pattern: re.Pattern[str], page: str) -> set[str]:
    return {found for cells in table(page, "Token") for found in pattern.findall(cells[0])}


def ticked(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def table(page: str, first: str) -> Iterator[list[str]]:
    """The rows of the table whose first heading is `first`."""
    lines = iter(text(page).split("\n"))
    assert any(line.startswith(f"| {first} |") for line in lines), f"{page}: no table {first}"
    next(lines)
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def blocks(page: str, language: str) -> list[str]:
    """The fenced examples of a page in one language."""
    return re.findall(rf"```{re.escape(language)}\n(.*?)```", text(page), re.DOTALL)
