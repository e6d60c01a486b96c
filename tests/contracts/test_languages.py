"""Everything that people read can be translated, and German is complete."""

import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import django
import pytest
from django.apps import apps
from django.db import models, transaction
from django.http import HttpResponse
from django.utils.translation import override

from change_tracker.core.meanings import meaning_of
from change_tracker.initiatives.models import Initiative
from tests.contracts.browser import Browser
from tests.contracts.languages import (
    CATALOGUES,
    HOST,
    catalogue,
    compiled,
    marking,
    shipped,
    texts_of,
    unmarked,
)
from tests.contracts.routes import addresses, admin_models
from tests.contracts.source import PACKAGE
from tests.contracts.table import PAGES
from tests.contracts.table.shape import Page
from tests.contracts.world import World

#: What somebody copies is no word.
COPIED = re.compile(r"https?://[^\s<\"]+|\{\w+\}")
#: Names of the demonstration, of languages in themselves, of formats; Django leaves "ID" as it is.
NAMES = {"Tidewater", "Housing", "Deutsch", "English", "CSV", "ID"}
#: One word for one thing: what another word stands for, in German.
SAID_OTHERWISE = {
    "Initiative": "Vorhaben",
    "Personalwesen": "Personalabteilung",
    "Beurteilung": "Einschätzung",
    "Veränderungsteam": "Change-Team",
    "umgezogen": "gewechselt",
}
READERS = ("lead", "other_lead", "hr", "employee", "other_team", "stranger")
every_catalogue = pytest.mark.parametrize("folder", CATALOGUES, ids=lambda folder: folder.name)


@every_catalogue
def test_every_text_is_in_the_catalogue_and_nothing_else(folder: Path) -> None:
    written, known = texts_of(folder), {each.key for each in catalogue(folder)}

    assert (written - known, known - written) == (set(), set()), "run make messages"


@every_catalogue
def test_every_text_is_translated_with_its_placeholders_and_plural(folder: Path) -> None:
    assert [fault for each in catalogue(folder) for fault in each.faults()] == []


@every_catalogue
def test_what_is_compiled_is_what_is_written(folder: Path) -> None:
    assert shipped(folder) == compiled(folder), "run make messages"


@every_catalogue
def test_german_is_set_as_german(folder: Path) -> None:
    odd = re.compile(r"""["'“](?=\w)|\.\.\.| - |„[^“]*$|\bdu\b|\bdeine?""")
    plain = re.compile(r"<[^>]+>")
    found = [
        text
        for each in catalogue(folder)
        for text in each.translations
        if odd.search(plain.sub("", text))
    ]

    assert found == []


def test_german_has_one_word_for_one_thing() -> None:
    texts = [text for each in catalogue(PACKAGE) for text in each.translations]

    found = [text for text in texts if any(word in text for word in SAID_OTHERWISE)]

    assert found == []


def test_german_speaks_of_an_initiative_as_it_is_called() -> None:
    with override("de"):
        said = [str(meaning_of(state)) for state in Initiative.State]

    # "Sie" would be the reader.
    assert [sentence for sentence in said if sentence.startswith("Sie ")] == []


def test_no_text_of_ours_means_something_else_to_another_app() -> None:
    """All catalogues are one at run time: where meanings differ, ours needs a context."""
    others = [
        Path(django.__file__).parent / "conf",
        *(Path(a.path) for a in apps.get_app_configs()),
    ]
    ours = shipped(PACKAGE)
    found = [
        f"{folder.name}: {key}: {known[key]}, ours is {text}"
        for folder in others
        if folder != PACKAGE
        for known in [_catalogue_of(folder)]
        for key, text in ours.items()
        if known.get(key, text).casefold() != text.casefold()
    ]

    assert found == []


def _catalogue_of(folder: Path) -> dict[Any, str]:
    path = folder / "locale" / "de" / "LC_MESSAGES" / "django.mo"
    if folder == HOST or not path.exists():
        return shipped(HOST) if folder == HOST else {}
    with path.open("rb") as file:
        entries: dict[Any, str] = vars(GNUTranslations(file))["_catalog"]
    return entries


@pytest.mark.exhaustive
def test_every_word_of_every_page_is_translated_or_data(world: World) -> None:
    with marking():
        data = _words_of_data() | NAMES
        found = {
            where: words
            for where, response in _pages(world)
            if (words := unmarked(COPIED.sub("", response.getvalue().decode())) - data)
        }

    assert found == {}


def test_every_name_in_the_admin_is_translated() -> None:
    with marking():
        names = {where: str(name) for where, name in _names_in_the_admin()}

    assert {where: name for where, name in names.items() if unmarked(name)} == {}


def _pages(world: World) -> Iterator[tuple[str, HttpResponse]]:
    """Every page as some who may open it, and what its form says when nothing is filled in."""
    for name, page in PAGES.items():
        for kind, key in _keys(world, page):
            able = [each for each in READERS if each in page.by.get(kind, READERS)]
            for identity in able if kind in {"", "main"} else able[:1]:
                url = addresses()[name].url(*key)
                for method in ("GET", "POST") if page.post else ("GET",):
                    response = _asked(world.users[identity], method, url)
                    if "text/" in response.headers.get("Content-Type", ""):
                        yield f"{method} {url} as {identity}", response


def _keys(world: World, page: Page) -> list[tuple[str, list[Any]]]:
    if not page.rows:
        return [("", page.args(world) if page.args else [])]
    rows = world.rows[page.rows]
    return [(kind, page.keys_of(rows[kind])) for kind in page.by if kind in rows]


def _asked(user: Any, method: str, url: str) -> HttpResponse:
    with transaction.atomic():
        response: Any = Browser(user).generic(method, url)
        transaction.set_rollback(True)
    return response  # type: ignore[no-any-return]  # the client's own kind of it


def _names_in_the_admin() -> Iterator[tuple[str, Any]]:
    """What we call models, fields, choices, columns and actions."""
    for model, site in admin_models().items():
        meta = site.model._meta
        yield from ((model, meta.verbose_name), (model, meta.verbose_name_plural))
        for field in meta.fields + meta.many_to_many:
            if not field.editable or field.primary_key:
                continue
            yield f"{model}.{field.name}", field.verbose_name
            yield f"{model}.{field.name}, help", field.help_text
            for value, words in field.choices or ():
                yield f"{model}.{field.name}: {value}", words
        for name in (*site.list_display, *site.readonly_fields, *(site.actions or ())):
            described = getattr(
                name if callable(name) else getattr(site, name, None), "short_description", ""
            )
            yield f"{model}, {name}", described


def _words_of_data() -> set[str]:
    """Every word that is in a text of the database."""
    texts = (models.CharField, models.TextField, models.JSONField)
    return {
        word
        for model in apps.get_models()
        for row in model._default_manager.all()
        for field in model._meta.concrete_fields
        if isinstance(field, texts)
        for word in re.findall(r"[^\W\d_]{2,}", str(field.value_from_object(row)))
    }
