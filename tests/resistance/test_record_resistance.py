"""Recording where resistance comes from, changing and deleting what was recorded."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from change_tracker import signals
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import InitiativeEndedError
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.services.register import AcceptedError, change_resistance
from change_tracker.resistance.services.register import record_resistance as record
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.tables import put

pytestmark = pytest.mark.django_db
URL = "/change/api/v1/resistance/"


@pytest.fixture
def heard() -> Iterator[list[ResistanceSource]]:
    """What a host hears of `resistance_observed`."""
    sources: list[ResistanceSource] = []

    def listen(source: ResistanceSource, **_: Any) -> None:
        sources.append(source)

    signals.resistance_observed.connect(listen)
    yield sources
    signals.resistance_observed.disconnect(listen)


def test_a_change_agent_records_what_they_hear(
    initiative: Initiative, agent: Person, employee: Person, sign_in: SignIn
) -> None:
    kind = factories.make_source_type(readiness_stage="ability")
    group = factories.make_audience(employee)
    factories.make_group(initiative, group)

    response = sign_in.api(agent).post(
        URL,
        {
            "initiative": initiative.pk,
            "type": kind.pk,
            "statement": "We have no time for this.",
            "audiences": [group.pk],
            "owner": agent.pk,
            "target_level": 1,
        },
    )

    assert response.status_code == 201
    body = response.json()
    assert (body["state"], body["stage"], body["origin"]) == ("identified", "ability", "observed")
    assert (body["audiences"], body["owner_name"]) == ([group.pk], "Eve Stone")
    assert (body["latest_level"], body["moves"]) == (None, ["assessed", "dismissed"])
    event = AuditEvent.objects.get(verb="created")
    assert event.scope == initiative.audit_scope


def test_a_host_hears_of_it_after_the_commit(
    initiative: Initiative,
    heard: list[ResistanceSource],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        source = record(
            initiative=initiative,
            source_type=factories.make_source_type(),
            statement="Our jobs go next.",
            actor=None,
            now=NOW,
        )
        assert heard == []

    assert heard == [source]


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_nothing_is_recorded_in_an_initiative_that_has_ended(
    state: str, initiative: Initiative
) -> None:
    put(initiative, state)

    with pytest.raises(InitiativeEndedError):
        record(
            initiative=initiative,
            source_type=factories.make_source_type(),
            statement="Too late",
            actor=None,
            now=NOW,
        )

    assert not ResistanceSource.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"statement": ""}, {"target_level": 6}, {"type": 0}, {"origin": "guessed"}]
)
def test_wrong_values_are_named(
    wrong: dict[str, Any], initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    kind = factories.make_source_type()
    body = {"initiative": initiative.pk, "type": kind.pk, "statement": "No time"}

    response = sign_in.api(lead).post(URL, body | wrong)

    assert response.status_code == 400
    assert response.json()["errors"].keys() == wrong.keys()


def test_the_lead_changes_it_and_agents_do_not(
    source: ResistanceSource, lead: Person, agent: Person, sign_in: SignIn
) -> None:
    url = f"{URL}{source.pk}/"

    assert sign_in.api(agent).patch(url, {"statement": "Mine"}).status_code == 403
    response = sign_in.api(lead).patch(url, {"statement": "We fear for our jobs."})

    assert (response.status_code, response["ETag"]) == (200, '"2"')


@pytest.mark.parametrize("who", ["employee", "manager", "hr", "outsider"])
def test_the_register_is_for_those_who_work_in_the_initiative(
    who: str, source: ResistanceSource, request: pytest.FixtureRequest, sign_in: SignIn
) -> None:
    employee = request.getfixturevalue("employee")
    factories.make_group(source.initiative, factories.make_audience(employee))
    api = sign_in.api(request.getfixturevalue(who))

    assert api.get(URL).json()["results"] == []
    assert api.get(f"{URL}{source.pk}/").status_code == 404
    assert api.get(f"{URL}{source.pk}/reviews/").status_code == 404
    assert api.get(f"{URL}{source.pk}/suggestions/").status_code == 404


def test_a_viewer_of_a_draft_does_not_read_its_register(
    lead: Person, outsider: Person, sign_in: SignIn
) -> None:
    draft = factories.make_initiative(lead=lead, state="draft")
    factories.make_role(draft, outsider, "viewer")
    factories.make_source(draft)

    assert sign_in.api(outsider).get(URL).json()["results"] == []


def test_what_is_lived_with_keeps_its_review_date_and_its_approver_apart(
    source: ResistanceSource, lead: Person, sponsor: Person
) -> None:
    put(source, "accepted", approver=sponsor, review_on=date(2026, 12, 1))

    for changes in ({"review_on": None}, {"owner": sponsor}):
        with pytest.raises(AcceptedError):
            change_resistance(source, actor=lead.user, now=NOW, **changes)
    change_resistance(source, actor=lead.user, now=NOW, review_on=date(2026, 12, 24))

    source.refresh_from_db()
    assert source.review_on == date(2026, 12, 24)


def test_only_what_nobody_worked_on_is_deleted(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    fresh, reviewed, answered, moved = (factories.make_source(initiative) for _ in range(4))
    factories.make_review(reviewed, 3)
    factories.make_action(initiative, sources=[answered])
    put(moved, "dismissed")
    api = sign_in.api(lead)

    assert api.delete(f"{URL}{fresh.pk}/").status_code == 204
    for row, code in ((reviewed, "not_new"), (answered, "in_use"), (moved, "not_new")):
        response = api.delete(f"{URL}{row.pk}/")
        assert (response.status_code, response.json()["code"]) == (409, code)
    assert ResistanceSource.objects.count() == 3


def test_the_register_is_filtered(
    initiative: Initiative, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    group = factories.make_audience()
    first = factories.make_source(
        initiative, owner=sponsor, review_on=TODAY, audiences=[group], origin="anticipated"
    )
    second = factories.make_source(initiative)
    put(second, "dismissed")
    factories.make_source(factories.make_initiative(lead=lead))
    api = sign_in.api(lead)

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in api.get(URL, query).json()["results"]]

    assert found(initiative=initiative.pk) == [second.pk, first.pk]
    assert found(state="dismissed") == [second.pk]
    assert found(type=first.type_id) == [first.pk]
    assert found(category=first.type.category_id) == [first.pk]
    assert found(owner=sponsor.pk) == [first.pk]
    assert found(audience=group.pk) == [first.pk]
    assert found(origin="anticipated") == [first.pk]
    assert found(review_from="2026-11-18", review_to="2026-11-18") == [first.pk]
    assert found(review_to="2026-11-17") == []


def test_where_it_went_wrong_before_one_says_what_is_different_now(
    lead: Person, employee: Person, sign_in: SignIn
) -> None:
    group = factories.make_audience(employee)
    factories.make_initiative(lead=lead, slug="front-door", group=group)
    kind = factories.make_source_type(slug="negative-past-experiences")
    page, url = sign_in.page(lead), "/change/i/front-door/resistance/new/"
    said = {
        "statement": "Not again.",
        "source_type": kind.pk,
        "origin": "observed",
        "target_level": 1,
        "last_time": "It was off for weeks.",
    }
    refused = page.post(url, said)
    assert refused.status_code == 400
    assert "Say what is different." in refused.content.decode()

    assert page.post(url, said | {"this_time": "Both run side by side."}).status_code == 302

    source = ResistanceSource.objects.get()
    with pytest.raises(ValidationError):
        change_resistance(source, last_time=" ", actor=lead.user, now=NOW)
    change_resistance(source, review_on=TODAY, actor=lead.user, now=NOW)
    about = sign_in.page(employee).get("/change/i/front-door/about/").content.decode()
    assert "It was off for weeks." in about
    assert "Both run side by side." in about
    assert "Not again." not in about
    put(source, "dismissed")
    about = sign_in.page(employee).get("/change/i/front-door/about/").content.decode()
    assert "It was off for weeks." not in about


def test_the_api_asks_for_it_by_field(lead: Person, sign_in: SignIn) -> None:
    initiative = factories.make_initiative(lead=lead)
    kind = factories.make_source_type(slug="negative-past-experiences")
    said = {"initiative": initiative.pk, "type": kind.pk, "statement": "Not again."}

    refused = sign_in.api(lead).post("/change/api/v1/resistance/", said)

    assert refused.status_code == 400
    assert set(refused.data["errors"]) == {"last_time", "this_time"}
