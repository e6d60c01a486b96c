"""Two people at the playbooks of one initiative at the same moment."""

import pytest

from change_tracker.people.models import Person
from change_tracker.playbooks.models import Playbook
from change_tracker.playbooks.services import save_playbook
from tests import factories
from tests.factories import NOW
from tests.races import ROUNDS, at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_equal_names_at_the_same_moment_get_slugs_of_their_own(lead: Person) -> None:
    initiative = factories.make_initiative(lead=lead)
    action = factories.make_action(initiative, sources=[factories.make_source(initiative)])

    def save(number: int) -> Playbook:
        return save_playbook(
            initiative=initiative, label=f"Desk {number}", actions=[action], actor=None, now=NOW
        )

    for number in range(ROUNDS):
        at_once(*[lambda n=number: save(n)] * 2)

    assert Playbook.objects.count() == 2 * ROUNDS
