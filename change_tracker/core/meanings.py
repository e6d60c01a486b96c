"""What the words of the trade mean: one home for every page on which somebody meets them first.

A slice says beside its states what each of them means, and so for its other words. Pages show that
with `ct_meaning` and `ct_words`, never in words of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Meant:
    """A word as pages show it, and a sentence that says what it means."""

    word: Words
    meaning: Words


#: What is explained together, by its name in `ct_words`: the states of a model, or one term.
GLOSSARY: dict[str, Sequence[Meant]] = {}
MEANINGS: dict[type[TextChoices], Mapping[str, Words]] = {}


def explain_choices(name: str, choices: type[TextChoices], meanings: Mapping[str, Words]) -> None:
    """Keep what each of `choices` means, under `name`.

    Raises ValueError where one of them has no meaning, or a meaning is of none of them.
    """
    if set(meanings) != set(choices.values):
        named = sorted({str(each) for each in set(meanings) ^ set(choices.values)})
        raise ValueError(f"{choices.__qualname__} of {name}: a meaning for each, not {named}.")
    MEANINGS[choices] = meanings
    GLOSSARY[name] = [Meant(each.label, meanings[each]) for each in choices]


def explain_term(name: str, word: Words, meaning: Words) -> None:
    """Keep what a word means that is no choice, under `name`."""
    GLOSSARY[name] = [Meant(word, meaning)]


def moved_words(state: TextChoices) -> str:
    """What is said after a move: the state in which it is now, and what that means."""
    said = {"state": state.label, "meaning": meaning_of(state)}
    return gettext("It is now “%(state)s”. %(meaning)s") % said


def meaning_of(choice: TextChoices) -> Words:
    """The sentence that says what it means."""
    return MEANINGS[type(choice)][choice]
