"""What the database itself refuses about actions, whoever writes."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from change_tracker.mitigation.models import MitigationAction
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "forgotten"},
        {"kind": "memo"},
        {"position": 101},
        {"state": "done"},
        {"state": "effective"},
        {"state": "ineffective"},
    ],
    ids=str,
)
def test_an_action_is_described_within_bounds(wrong: dict[str, Any]) -> None:
    factories.make_action(factories.make_initiative())

    with pytest.raises(IntegrityError), transaction.atomic():
        MitigationAction.objects.update(**wrong)


def test_what_is_done_was_done_on_a_day() -> None:
    factories.make_action(factories.make_initiative())

    changed = MitigationAction.objects.update(**{"state": "done"}, done_on=date(2026, 11, 1))

    assert changed == 1
