"""Whatever form of whatever page is taken, is taken once."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import transaction
from django.test import Client

from change_tracker.core.sentonce import CSRF
from tests.contracts.standing import Sent
from tests.contracts.test_page_budgets import asked_pages
from tests.contracts.test_unchanged_forms import forms_of
from tests.contracts.world import World
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive]


def test_the_second_one_writes_nothing_and_leads_where_the_first_one_did(made_world: World) -> None:
    taken = dict(answers(made_world))

    assert len(taken) > 20, taken
    wrong = {name: what for name, what in taken.items() if what}
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())


def answers(world: World) -> Iterator[tuple[str, str]]:
    """What is wrong with the second of each form that is taken as its page shows it."""
    with time_machine.travel(NOW, tick=False):
        for name, (client, url) in asked_pages(world):
            for form in forms_of(client.get(url)):
                with transaction.atomic():
                    found = _second(client, url, form) if CSRF in form else None
                    transaction.set_rollback(True)
                if found is not None:
                    yield name, found


def _second(client: Client, url: str, form: Sent) -> str | None:
    first: Any = client.post(url, form)
    if first.status_code != 302:
        return None
    before = _rows()
    second: Any = client.post(url, form)
    if (second.status_code, second.get("Location")) != (302, first["Location"]):
        return f"{second.status_code} {second.get('Location')} after {first['Location']}"
    return ", ".join(name for name, count in _rows().items() if count != before[name])


def _rows() -> dict[str, int]:
    """How many there are of each of our tables."""
    models = apps.get_app_config("change_tracker").get_models()
    return {model.__name__: model._base_manager.count() for model in models}
