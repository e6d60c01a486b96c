"""An initiative that goes live in ten weeks, and the playbooks that ship."""

from datetime import timedelta

import pytest
from django.utils import timezone

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.playbooks.models import Playbook
from change_tracker.resistance.services.catalogue import load_catalogue
from change_tracker.resistance.services.packs import read_pack
from tests import factories
from tests.factories import NOW

TODAY = timezone.localdate(NOW)


@pytest.fixture
def catalogue(db: None) -> None:
    load_catalogue(read_pack(), actor=None, now=NOW)


@pytest.fixture
def initiative(lead: Person, sponsor: Person, employee: Person) -> Initiative:
    group = factories.make_audience(employee)
    made = factories.make_initiative(lead=lead, sponsor=sponsor, group=group)
    Initiative.objects.filter(pk=made.pk).update(go_live_on=TODAY + timedelta(days=70))
    made.refresh_from_db()
    return made


@pytest.fixture
def playbook(catalogue: None) -> Playbook:
    """The one for the front line."""
    return Playbook.objects.get(slug="front-line-before-go-live")
