"""The admin of actions: through services, and no resistance for those outside the register."""

from typing import Any

import pytest
from django.urls import reverse

from change_tracker.core.models import AuditEvent
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from tests import factories
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db
LIST = "admin:change_tracker_mitigationaction_changelist"
ADD = "admin:change_tracker_mitigationaction_add"
CHANGE = "admin:change_tracker_mitigationaction_change"


@pytest.fixture
def ada(db: None) -> Person:
    login = factories.make_user("ada", is_superuser=True, is_staff=True)
    return factories.make_person("Ada", login=login)


def form(source: ResistanceSource, **values: Any) -> dict[str, Any]:
    """What a browser sends when it saves an action."""
    return {
        "initiative": source.initiative_id,
        "title": "Town hall",
        "kind": "communication",
        "sources": [source.pk],
        "minutes": 0,
        "position": 0,
    } | values


def test_site_staff_who_lead_plan_change_and_move(
    ada: Person, source: ResistanceSource, sign_in: SignIn
) -> None:
    factories.make_role(source.initiative, ada, "lead")
    client = sign_in.page(ada)

    client.post(reverse(ADD), form(source))
    row = MitigationAction.objects.get()
    client.post(reverse(CHANGE, args=[row.pk]), form(source, position=30))
    client.post(reverse(LIST), {"action": "move_to_in_progress", "_selected_action": row.pk})

    row.refresh_from_db()
    assert (row.position, row.state, row.version) == (30, "in_progress", 3)
    assert list(row.sources.all()) == [source]
    verbs = AuditEvent.objects.filter(actor_label="ada").order_by("pk")
    assert [event.verb for event in verbs] == ["created", "changed", "moved"]


def test_what_the_service_refuses_is_said(
    ada: Person, source: ResistanceSource, sign_in: SignIn
) -> None:
    factories.make_role(source.initiative, ada, "lead")
    foreign = factories.make_source(factories.make_initiative())

    response = sign_in.page(ada).post(reverse(ADD), form(source, sources=[foreign.pk]), follow=True)

    said = " ".join(str(each) for each in response.context["messages"])
    assert "its own initiative only" in said
    assert not MitigationAction.objects.exists()


def test_human_resources_do_not_read_which_resistance_it_answers(
    action: MitigationAction, source: ResistanceSource, sign_in: SignIn
) -> None:
    login = factories.make_user("zoe", "manage_people", "view_mitigationaction", is_staff=True)
    client = sign_in.page(factories.make_person("Zoe", login=login))

    page = client.get(reverse(CHANGE, args=[action.pk])).content.decode()

    assert "Town hall" in page
    assert source.statement not in page
