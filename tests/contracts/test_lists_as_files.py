"""A list of the API as a file holds the rows and fields of the list, for everybody."""

import csv
from typing import Any

import pytest

from tests.contracts.asking import Asking
from tests.contracts.routes import addresses
from tests.contracts.table import ENDPOINTS, LISTS_AS_FILES
from tests.contracts.test_permissions_api import results
from tests.contracts.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive]


def lines(world: World, identity: str, basename: str) -> tuple[list[str], list[dict[str, Any]]]:
    answer: Any = Asking(world).clients[identity].get(addresses()[f"{basename}-csv"].url())
    assert answer.status_code == 200, answer.content
    read = csv.DictReader(answer.getvalue().decode("utf-8-sig").splitlines())
    return list(read.fieldnames or ()), list(read)


@pytest.mark.parametrize("basename", LISTS_AS_FILES)
@pytest.mark.parametrize("identity", ["lead", "hr", "manager", "employee", "other_team"])
def test_the_file_tells_what_the_list_tells(world: World, basename: str, identity: str) -> None:
    listed = results(world, identity, basename)

    head, rows = lines(world, identity, basename)

    shape = ENDPOINTS[basename]
    assert set(head) == set(shape.shows.split()) - set(shape.not_in_files.split())
    assert len(head) == len(set(head))
    assert [row["id"] for row in rows] == [
        str(row["id"]) for row in sorted(listed, key=lambda row: -row["id"])
    ]
    for row, told in zip(rows, sorted(listed, key=lambda row: -row["id"]), strict=True):
        assert {name for name, value in row.items() if value and name not in told} == set()


def test_what_is_no_filter_is_refused_for_a_file_as_well(world: World) -> None:
    url = addresses()["plan-csv"].url()

    for query in ("?include=concerns", "?colour=red"):
        assert Asking(world).clients["lead"].get(url + query).status_code == 400
