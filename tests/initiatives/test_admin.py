"""The admin of initiatives: saves through services, moves by actions, costs the same."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import change_initiative, change_part
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LIST = "admin:change_tracker_initiative_changelist"
ADD = "admin:change_tracker_initiative_add"
CHANGE = "admin:change_tracker_initiative_change"


@pytest.fixture
def ada(db: None) -> Person:
    login = factories.make_user("ada", is_superuser=True, is_staff=True)
    return factories.make_person("Ada", login=login)


@pytest.fixture
def client(ada: Person, sign_in: SignIn) -> Client:
    return sign_in.page(ada)


def form(row: Initiative | None = None, **values: Any) -> dict[str, Any]:
    """What a browser sends when it saves the page of `row`, with `values` typed in."""
    sent: dict[str, Any] = {"title": row.title if row else "One desk"}
    for name in ("purpose", "future_state", "stays_the_same", "closing_note"):
        sent[name] = getattr(row, name, "")
    sent["go_live_on"] = row.go_live_on if row and row.go_live_on else ""
    for prefix in ("members", "objectives", "affected_groups"):
        rows = list(getattr(row, prefix).all()) if row else []
        sent[f"{prefix}-TOTAL_FORMS"] = sent[f"{prefix}-INITIAL_FORMS"] = len(rows)
        for number, each in enumerate(rows):
            sent[f"{prefix}-{number}-id"] = each.pk
            sent[f"{prefix}-{number}-initiative"] = each.initiative_id
            if prefix == "objectives":
                sent[f"{prefix}-{number}-title"] = each.title
                sent[f"{prefix}-{number}-unit"] = each.unit
                sent[f"{prefix}-{number}-direction"] = each.direction
    return sent | values


def told(response: Any) -> str:
    return " ".join(str(each) for each in response.context["messages"])


def test_whoever_adds_one_leads_it_and_history_names_them(client: Client, ada: Person) -> None:
    response = client.post(reverse(ADD), form(), follow=True)

    assert response.status_code == 200
    row = Initiative.objects.get()
    assert (row.slug, row.members.get().person) == ("one-desk", ada)
    labels = AuditEvent.objects.filter(scope=row.audit_scope).values_list("actor_label", flat=True)
    assert set(labels) == {"ada"}


def test_one_form_changes_it_and_its_parts(
    client: Client, lead: Person, sponsor: Person, employee: Person
) -> None:
    row = factories.make_initiative(lead=lead)
    group = factories.make_audience(employee)
    typed = {
        "title": "Changed",
        "members-TOTAL_FORMS": 2,
        "members-1-initiative": row.pk,
        "members-1-person": sponsor.pk,
        "members-1-role": "sponsor",
        "objectives-0-title": "Faster",
        "affected_groups-TOTAL_FORMS": 1,
        "affected_groups-0-initiative": row.pk,
        "affected_groups-0-audience": group.pk,
        "affected_groups-0-impact": 5,
    }

    client.post(reverse(CHANGE, args=[row.pk]), form(row, **typed), follow=True)

    row.refresh_from_db()
    assert (row.title, row.version) == ("Changed", 2)
    assert row.members.filter(person=sponsor, role="sponsor").exists()
    assert row.objectives.get().title == "Faster"
    assert row.affected_groups.get().impact == 5
    events = AuditEvent.objects.filter(actor_label="ada").values_list("object_type", "verb")
    assert set(events) == {
        ("initiative", "changed"),
        ("initiativemember", "created"),
        ("objective", "changed"),
        ("affectedgroup", "created"),
    }


def test_what_the_service_refuses_is_said_and_nothing_is_saved(
    client: Client, lead: Person
) -> None:
    row = factories.make_initiative(lead=lead)

    response = client.post(
        reverse(CHANGE, args=[row.pk]),
        form(row, **{"title": "Changed", "members-0-DELETE": "on"}),
        follow=True,
    )

    assert "last person in this role" in told(response)
    row.refresh_from_db()
    assert (row.title, row.members.count()) == (row.title, 1)
    assert row.title != "Changed"
    assert not AuditEvent.objects.exists()


def version_in(page: Any, name: str = "ct_version") -> str:
    found = re.search(rf'name="{name}" value="(\d+)"', page.content.decode())
    return found[1] if found else ""


@pytest.mark.parametrize("mistyped", [False, True])
def test_a_form_that_was_open_while_somebody_else_saved_takes_nothing_back(
    client: Client, lead: Person, mistyped: bool
) -> None:
    row = factories.make_initiative(lead=lead, title="One desk")
    url = reverse(CHANGE, args=[row.pk])
    opened = form(row, purpose="Shorter ways", ct_version=version_in(client.get(url)))
    opened_with = Initiative.objects.get()
    change_initiative(Initiative.objects.get(), title="One front door", actor=None, now=NOW)

    if mistyped:
        again = client.post(url, opened | {"go_live_on": "soon"})
        assert version_in(again) == opened["ct_version"], "not the one that nobody has seen"
    refused = client.post(url, opened, follow=True)

    assert "Somebody else changed this in the meantime." in told(refused)
    row.refresh_from_db()
    assert (row.title, row.purpose) == ("One front door", opened_with.purpose)
    opened = form(row, purpose="Shorter ways", ct_version=version_in(refused))
    client.post(url, opened, follow=True)
    row.refresh_from_db()
    assert (row.title, row.purpose) == ("One front door", "Shorter ways")


def test_nor_does_it_of_a_part(client: Client, lead: Person) -> None:
    row = factories.make_initiative(lead=lead)
    part = row.objectives.get()
    name, url = "objectives-0-ct_version", reverse(CHANGE, args=[row.pk])
    opened = form(row, title="Changed") | {name: version_in(client.get(url), name)}
    change_part(part, title="Much faster", actor=None, now=NOW)

    refused = client.post(url, opened, follow=True)

    assert "Somebody else changed this in the meantime." in told(refused)
    row.refresh_from_db()
    assert (row.title == "Changed", row.objectives.get().title) == (False, "Much faster")
    client.post(url, form(row, title="Changed") | {name: version_in(refused, name)})
    row.refresh_from_db()
    assert (row.title, row.objectives.get().title) == ("Changed", "Much faster")


def test_selected_rows_are_moved_and_refusals_named(client: Client, lead: Person) -> None:
    ready = factories.make_initiative(lead=lead, state="active", title="Ready")
    not_ready = factories.make_initiative(lead=lead, state="closed", title="Not ready")

    response = client.post(
        reverse(LIST),
        {"action": "move_to_on_hold", "_selected_action": [ready.pk, not_ready.pk]},
        follow=True,
    )

    assert "Not ready: " in told(response)
    assert "1 was moved." in told(response)
    ready.refresh_from_db()
    assert ready.state == "on_hold"


def test_the_state_is_no_field_and_rows_are_not_deleted_in_bulk(
    client: Client, lead: Person
) -> None:
    row = factories.make_initiative(lead=lead)

    page = client.get(reverse(CHANGE, args=[row.pk])).content.decode()
    assert 'name="state"' not in page
    response = client.get(reverse(LIST))
    names = [name for name, _ in response.context["action_form"].fields["action"].choices]
    assert "delete_selected" not in names
    assert "move_to_cancelled" not in names  # asks for a reason


def test_site_staff_read_drafts_in_the_admin_too(client: Client, lead: Person) -> None:
    draft = factories.make_initiative(lead=lead, state="draft")

    page = client.get(reverse(CHANGE, args=[draft.pk]))
    assert page.status_code == 200
    assert not page.context["has_change_permission"]
    client.post(reverse(CHANGE, args=[draft.pk]), form(draft, title="Changed"))

    draft.refresh_from_db()
    assert draft.title != "Changed"
