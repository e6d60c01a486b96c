"""The roster as human resources would send it: the named cast, and everybody around them.

Made by dice that fall the same way every time; only the first days of newcomers follow `today`.
"""

import csv
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from random import Random

from project.tidewater.days import Calendar
from project.tidewater.names import FIRST, LAST
from project.tidewater.units import HEADS, UNITS, Head, Unit

CAST = Path(__file__).parent / "roster.csv"
LEADER = "Team leader"
TEAM_SIZE = 12
#: First days, counted from today, of the first who follow the leaders of a unit.
NEWCOMERS = {"Calls": (-9, -2, 5), "Lettings": (-5,), "Field repairs": (12,)}
#: Nobody else has begun so recently: the story's first plan was given to all of them.
LONGEST, SHORTEST = 6000, 260

Row = dict[str, str]


def write_roster(file: Path, calendar: Calendar) -> None:
    """Write everybody's row to `file`."""
    with CAST.open(encoding="utf-8", newline="") as handle:
        cast = list(csv.DictReader(handle))
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.DictWriter(handle, list(cast[0]), restval="")
        rows.writeheader()
        rows.writerows([*cast, *map(_head, HEADS), *_everybody_else(cast, calendar)])


def _head(head: Head) -> Row:
    return {
        "external_id": head.key,
        "name": head.name,
        "email": _address(head.name),
        "job_title": head.title,
        "unit": head.unit,
        "unit_parent": head.parent,
        "manager": head.manager,
        "location": "Harbour House",
        "timezone": "Europe/London",
        "language": "en",
        "starts_on": "2016-05-02",
    }


def _everybody_else(cast: list[Row], calendar: Calendar) -> Iterator[Row]:
    dice = Random(11)  # noqa: S311  a story, not a secret
    names = _names(dice, {row["name"] for row in cast} | {head.name for head in HEADS})
    number = 100
    for unit in UNITS:
        newcomers = list(NEWCOMERS.get(unit.name, ()))
        leader = ""
        for place in range(unit.size):
            leads = place % TEAM_SIZE == 0
            days = newcomers.pop(0) if newcomers and not leads else -dice.randint(SHORTEST, LONGEST)
            row = _row(f"T{number}", next(names), unit, dice)
            row["job_title"] = LEADER if leads else unit.title
            row["manager"] = unit.head if leads else leader
            row["starts_on"] = (calendar.today + timedelta(days=days)).isoformat()
            leader = row["external_id"] if leads else leader
            number += 1
            yield row


def _row(key: str, name: str, unit: Unit, dice: Random) -> Row:
    chance = dice.random()
    return {
        "external_id": key,
        "name": name,
        "email": "" if dice.random() < unit.without_address else _address(name),
        "unit": unit.name,
        "unit_parent": unit.parent,
        "location": unit.place,
        "timezone": "Europe/Berlin" if chance < 0.02 else "Europe/London",
        "language": "de" if chance < 0.05 else "en",
    }


def _names(dice: Random, taken: set[str]) -> Iterator[str]:
    """Every combination once, in the order of the dice."""
    made = [f"{first} {last}" for first, last in product(FIRST.split(), LAST.split())]
    dice.shuffle(made)
    return (name for name in made if name not in taken)


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@tidewater.example"
