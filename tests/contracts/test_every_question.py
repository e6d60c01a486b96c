"""Every list, detail, page and admin page answers: a statement that the database refuses is found.

How many queries each of them needs, and that these do not grow, test_query_counts asks of one.
"""

import pytest
from django.db import connection, transaction

from tests.contracts.growth import grow
from tests.contracts.test_query_counts import questions
from tests.contracts.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="test_query_counts asks it of SQLite")
def test_every_question_is_answered(world: World) -> None:
    grow(world, 1)
    refused = {}
    for name, ask in questions(world):
        with transaction.atomic():
            status = ask().status_code
        if status != 200:
            refused[name] = status
    assert not refused
