"""No word of the trade stands on a page without its meaning; no state can be added without one."""

import html
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db.models import TextChoices
from django.http import HttpResponse
from django.test import Client
from django.utils.html import strip_tags
from django.utils.text import capfirst

from change_tracker.core.meanings import GLOSSARY, MEANINGS, explain_choices
from tests.browser.pages import PAGES
from tests.browser.scene import MOMENT, make_scene

TEMPLATES = Path("change_tracker/templates/change_tracker")
#: Only the Django admin shows these states.
FOR_ADMINS = {"Digest", "Reminder"}
#: Words of every day, which other things are called as well.
PLAIN = {"Done"}
#: What is in the way, and what is to be done about it, stands beside these in words of its own.
IN_OTHER_WORDS = {"item, given back: Given back", "sponsor: Blocked"}
TAG = re.compile(r'<span class="ct-tag[^"]*">(.*?)</span>', re.DOTALL)
CELL = re.compile(r'<td role="cell" data-label="State">(.*?)</td>', re.DOTALL)
SHOWS = re.compile(r"\|ct_meaning }}|{% ct_words ")
INCLUDED = re.compile(r'{% include "change_tracker/([^"]+)"')


def test_every_state_that_pages_show_has_a_meaning() -> None:
    states = {model.__name__: model.State for model in ours() if hasattr(model, "State")}

    assert {name for name, each in states.items() if each not in MEANINGS} == FOR_ADMINS


def test_a_state_without_a_meaning_is_refused_at_the_start() -> None:
    class State(TextChoices):
        OPEN = "open", "open"
        SHUT = "shut", "shut"

    with pytest.raises(ValueError, match="shut"):
        explain_choices("door", State, {"open": "One can go through."})

    assert State not in MEANINGS
    assert "door" not in GLOSSARY


def test_a_meaning_is_a_sentence_and_no_repetition_of_its_word() -> None:
    odd = [
        str(each.word)
        for group in GLOSSARY.values()
        for each in group
        if not str(each.meaning).endswith(".")
        or str(each.meaning).lower().startswith(f"it is {str(each.word).lower()}.")
    ]

    assert odd == []


def test_a_template_that_shows_a_state_shows_what_it_means() -> None:
    """It, what it includes, or whatever includes it; which states, the next test looks at."""
    texts = {
        str(path.relative_to(TEMPLATES)): path.read_text() for path in TEMPLATES.rglob("*.html")
    }
    includers: dict[str, set[str]] = defaultdict(set)
    for name, text in texts.items():
        for included in INCLUDED.findall(text):
            includers[included].add(name)

    def explains(name: str) -> bool:
        inside = [name, *INCLUDED.findall(texts[name])]
        if any(SHOWS.search(texts[each]) for each in inside if each in texts):
            return True
        above = includers[name]
        return bool(above) and all(explains(each) for each in above)

    shown = [name for name, text in texts.items() if "get_state_display" in text]
    assert [name for name in shown if not explains(name)] == []


@pytest.mark.django_db
@pytest.mark.exhaustive
def test_every_state_on_every_page_is_explained_there() -> None:
    with time_machine.travel(MOMENT, tick=False):
        scene = make_scene()
        seen, unexplained = set(), []
        for name, shown in PAGES.items():
            client = Client()
            client.cookies["sessionid"] = scene.cookies[shown.user]
            response: Any = client.get(shown.address(scene))
            if response.status_code == HttpResponse.status_code:
                page = response.content.decode()
                found = labels_of(page)
                seen |= found
                unexplained += [f"{name}: {each}" for each in found if not is_explained(each, page)]

    assert set(unexplained) == IN_OTHER_WORDS
    assert len(seen) > 12  # so that it is known to have looked at something


def labels_of(page: str) -> set[str]:
    """The labels of states among the tags and the cells for a state of a page."""
    said = {strip_tags(each).strip() for each in [*TAG.findall(page), *CELL.findall(page)]}
    return {each for each in said if html.unescape(each) in meanings()} - PLAIN


def is_explained(label: str, page: str) -> bool:
    """Whether one of the meanings of that label stands on the page."""
    text = html.unescape(page)
    return any(meaning in text for meaning in meanings()[html.unescape(label)])


def meanings() -> dict[str, set[str]]:
    """By the label as pages write it, what it can mean."""
    found: dict[str, set[str]] = defaultdict(set)
    for choices, said in MEANINGS.items():
        for each in choices:
            found[str(capfirst(each.label))].add(str(said[each]))
    return found


def ours() -> list[Any]:
    """Our models."""
    return list(apps.get_app_config("change_tracker").get_models())
