"""What a page may cost: so many queries above the host's own, however many rows there are."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from tests.contracts.crowd import crowd
from tests.contracts.routes import addresses
from tests.contracts.table import PAGES
from tests.contracts.table.shape import Page
from tests.contracts.world import World
from tests.factories import NOW
from tests.portal.browsing import queries

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.exhaustive,
    pytest.mark.long,
]

#: By name of the address. A form that is not named here has the budget of FORM, another page that
#: of OTHERS.
BUDGETS = {
    "my-training": 5,
    "item": 4,
    "initiatives": 5,
    "initiative": 9,
    "initiative-about": 5,
    "sponsor": 7,
    "team": 5,
    "team-csv": 5,
    "team-xlsx": 5,
    "team-person": 7,
    "elsewhere-waiting": 5,
    "elsewhere-waiting-csv": 5,
    "elsewhere-waiting-xlsx": 5,
    "transcript": 5,
    "transcript-csv": 4,
    "transcript-xlsx": 4,
    "register": 6,
    "register-csv": 6,
    "register-xlsx": 6,
    "register-entry": 6,
    # A workbook: four sheets, and what may be written into their columns.
    "register-book": 15,
    "register-template": 15,
    "plans": 6,
    "late-people": 6,
    "late-people-csv": 5,
    "late-people-xlsx": 5,
    "plan": 8,
    # The form, and the mail below it with whose training it is.
    "mail-words": 8,
    "mail-words-html": 6,
    "mail-ahead": 5,
    # With what is to come below it.
    "mail-preferences": 5,
    "mail-wishes": 3,
    "mail-action": 3,
    "people": 3,
    "people-import-columns": 3,
    "initiative-setup": 5,
    # Those who have the plan already, and why.
    "plan-check": 7,
    # Two kinds of lines with what each names, and what they have become.
    "apply-playbook": 9,
    "jobs": 4,
    "job": 3,
    "job-problems-csv": 3,
    "job-problems-xlsx": 3,
}
FORM = 4
OTHERS = 10
ROWS = (1, 10, 500)
READERS = ("lead", "employee", "manager", "sponsor", "hr")
#: Pages that everybody has, and on which only managers have anything.
OF_MANAGERS = (
    *("team", "team-csv", "team-xlsx", "record-for-others"),
    *("elsewhere-waiting", "elsewhere-waiting-csv", "elsewhere-waiting-xlsx"),
)
SHOWN = [name for name, page in PAGES.items() if 200 in page.get]


@pytest.fixture(scope="module")
def costs(made_world: World) -> dict[str, list[list[str]]]:
    """The queries of every page, with each number of rows."""
    found: dict[str, list[list[str]]] = {name: [] for name in SHOWN}
    with time_machine.travel(NOW, tick=False), transaction.atomic():
        asked = dict(asked_pages(made_world))
        for client, url in asked.values():  # what a process remembers is asked for before
            queries(client, url)
        there = 0
        for rows in ROWS:
            crowd(made_world, rows - there)
            there = rows
            for name, (client, url) in asked.items():
                found[name].append(queries(client, url))
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_keeps_to_its_budget_with_1_10_and_500_rows(
    costs: dict[str, list[list[str]]], name: str
) -> None:
    counts = [len(each) for each in costs[name]]

    budget = BUDGETS.get(name, FORM if addresses()[name].is_form else OTHERS)

    assert max(counts) <= budget, "\n".join([f"{counts}", *costs[name][-1]])
    assert len(set(counts)) == 1, counts


def test_budgets_are_of_pages_that_there_are() -> None:
    assert set(BUDGETS) - set(SHOWN) == set()


def kind_of(world: World, page: Page) -> str:
    """Of which row a page is asked for."""
    there = world.rows[page.rows] if page.rows else page.by
    wanted = ("employee",) if "employee" in page.by else ("main", *page.by)
    wanted = ("draft", *wanted) if 302 in page.get else wanted  # what has begun has another page
    return next((kind for kind in wanted if kind in there), "main")


def asked_pages(world: World) -> Iterator[tuple[str, tuple[Client, str]]]:
    """Each page as the first of READERS sees it who may."""
    for name in SHOWN:
        page = PAGES[name]
        kind = kind_of(world, page)
        row = world.rows[page.rows][kind] if page.rows else None
        readers = page.by.get(kind, frozenset({"employee", "lead"}))
        client = Client()
        readers = readers - {"lead"} if name == "my-training" else readers
        readers = frozenset({"manager"}) if name in OF_MANAGERS else readers
        reader = next(who for who in READERS if who in readers)
        client.force_login(world.users[reader])
        keys = page.keys_of(row) if row else page.args(world) if page.args else ()
        yield name, (client, addresses()[name].url(*keys))
