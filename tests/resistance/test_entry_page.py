"""One entry of the register on its page, and the forms that add, change, review and move it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.services.register import move_resistance
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import main_of, queries, title, words
from tests.tables import put

pytestmark = pytest.mark.django_db


def url_of(source: ResistanceSource, verb: str = "") -> str:
    return f"/change/i/{source.initiative.slug}/resistance/{source.pk}/{verb}"


def said(source: ResistanceSource, **changes: Any) -> dict[str, Any]:
    """What the edit form sends when only `changes` are made."""
    return {
        "statement": source.statement,
        "source_type": source.type_id,
        "origin": source.origin,
        "owner": source.owner_id or "",
        "target_level": source.target_level,
        "version": source.version,
    } | changes


def test_it_shows_levels_actions_and_what_may_help(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    factories.make_review(source, 4, reviewed_on=date(2026, 11, 4), note="Nobody opens it.")
    factories.make_review(source, 2, reviewed_on=date(2026, 11, 11), reviewer=lead)
    factories.make_action(source.initiative, sources=[source], title="Town hall", position=50)
    strategy = factories.make_strategy(
        label="Tell them why", provenance=[{"doc": "1", "phrase": "the benefits"}]
    )
    source.type.recommendations.create(strategy=strategy, basis="stated")

    response = sign_in.page(lead).get(url_of(source))

    text = words(response)
    assert "easing" in text
    assert "4, avoiding Nobody opens it." in text
    assert "Town hall we know how Planned" in text
    assert "Stated in the chapters Tell them why “the benefits”" in text
    assert "<polyline" in response.content.decode()


def test_an_entry_that_nobody_reviewed_says_so(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(url_of(source)))

    assert "Nobody has judged its level yet." in text
    assert "No action is planned yet." in text


def test_it_is_not_found_under_another_initiative(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    other = factories.make_initiative(lead=lead)

    response = sign_in.page(lead).get(f"/change/i/{other.slug}/resistance/{source.pk}/")

    assert response.status_code == 404


def test_an_agent_adds_what_they_hear(
    initiative: Initiative, agent: Person, employee: Person, sign_in: SignIn
) -> None:
    group = factories.make_audience(employee)
    factories.make_group(initiative, group)
    kind = factories.make_source_type()

    response = sign_in.page(agent).post(
        f"/change/i/{initiative.slug}/resistance/new/",
        {
            "statement": "No time for it.",
            "source_type": kind.pk,
            "audiences": [group.pk],
            "origin": "observed",
            "target_level": 1,
            "review_on": "2026-12-01",
        },
        follow=True,
    )

    added = ResistanceSource.objects.get(statement="No time for it.")
    assert (added.type, added.review_on, added.stage) == (kind, date(2026, 12, 1), "willingness")
    assert list(added.audiences.all()) == [group]
    assert "It is in the register. Next, say how strong it is." in words(response)


def test_what_is_missing_is_said_and_what_was_written_is_kept(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(
        f"/change/i/{initiative.slug}/resistance/new/", {"statement": "No time for it."}
    )

    assert response.status_code == 400
    assert title(response).startswith("Error:")
    assert "No time for it.</textarea>" in response.content.decode()
    assert not ResistanceSource.objects.exists()


def test_the_lead_changes_an_entry(source: ResistanceSource, lead: Person, sign_in: SignIn) -> None:
    response = sign_in.page(lead).post(
        url_of(source, "edit/"), said(source, statement="It is the tablets.", target_level=0)
    )

    source.refresh_from_db()
    assert response.status_code == 302
    assert (source.statement, source.target_level) == ("It is the tablets.", 0)


def test_another_kind_says_anew_where_people_are_held_up(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    client, kind = sign_in.page(lead), factories.make_source_type(readiness_stage="ability")
    put(source, source.state, stage=source.type.readiness_stage)
    chosen = factories.make_source(source.initiative, stage="reinforcement")

    for entry in (source, chosen):
        client.post(url_of(entry, "edit/"), said(entry, source_type=kind.pk))

    assert "Where people are held up ability" in words(client.get(url_of(source)))
    assert "Where people are held up reinforcement" in words(client.get(url_of(chosen)))


def test_a_change_that_somebody_was_quicker_with_is_refused(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    late = said(source, statement="Mine.")
    sign_in.page(lead).post(url_of(source, "edit/"), said(source, statement="Theirs."))

    response = sign_in.page(lead).post(url_of(source, "edit/"), late)

    source.refresh_from_db()
    assert response.status_code == 409
    assert source.statement == "Theirs."
    assert "Somebody else changed this in the meantime." in words(response)


def test_an_agent_reviews_and_may_not_edit(
    source: ResistanceSource, agent: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(agent)

    response = client.post(
        url_of(source, "review/"), {"level": 3, "reviewed_on": "2026-11-10", "note": "They argue."}
    )

    review = source.reviews.get()
    assert response.status_code == 302
    assert (review.level, review.reviewer, review.note) == (3, agent, "They argue.")
    assert client.get(url_of(source, "edit/")).status_code == 403


def test_a_button_pressed_twice_adds_one_review(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    factories.make_review(source, 2, reviewed_on=date(2026, 1, 1))
    client, today = sign_in.page(lead), timezone.localdate().isoformat()
    sent = {"level": 4, "reviewed_on": today, "note": "They keep to the old form."}

    codes = [client.post(url_of(source, "review/"), sent).status_code for _ in range(2)]

    assert codes == [302, 302]
    assert source.reviews.count() == 2
    assert "rising" in words(client.get(url_of(source)))


def test_a_review_of_a_day_to_come_is_refused(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(
        url_of(source, "review/"), {"level": 0, "reviewed_on": "2199-01-01"}
    )

    assert response.status_code == 409
    assert "A review cannot be dated in the future." in words(response)
    assert not source.reviews.exists()


def test_a_guard_says_what_is_missing(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(url_of(source, "move/"), {"to": "assessed"})

    assert response.status_code == 409
    assert "Record a review of its level first." in words(response)


def test_why_somebody_lives_with_it_is_for_those_who_read_the_history(
    source: ResistanceSource, lead: Person, sponsor: Person, agent: Person, sign_in: SignIn
) -> None:
    put(source, "assessed")
    sent = {"to": "accepted", "reason": "It costs too much.", "approver": sponsor.pk}
    url = url_of(source, "move/")
    assert sign_in.page(lead).post(url, sent | {"review_on": "2099-01-01"}).status_code == 302

    told = [
        "Why It costs too much." in words(sign_in.page(person).get(url_of(source)))
        for person in (lead, sponsor, agent)
    ]

    assert told == [True, True, False]
    client = sign_in.page(lead)
    assert "Who decided to live with it" in words(client.get(url_of(source)))
    put(source, "assessed")
    again = words(client.get(url_of(source)))
    assert "Who decided to live with it" not in again
    assert "It costs too much." not in again


def test_dismissing_asks_why(source: ResistanceSource, lead: Person, sign_in: SignIn) -> None:
    client = sign_in.page(lead)

    assert client.post(url_of(source, "move/"), {"to": "dismissed"}).status_code == 400
    client.post(url_of(source, "move/"), {"to": "dismissed", "reason": "A rumour"})

    source.refresh_from_db()
    assert source.state == "dismissed"


def test_what_was_dismissed_by_mistake_is_taken_up_again(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    put(source, "dismissed")
    client = sign_in.page(lead)

    offered = words(client.get(url_of(source)))
    client.post(url_of(source, "move/"), {"to": "identified"})

    source.refresh_from_db()
    assert "There is something in it: take it up again" in offered
    assert source.state == "identified"


@pytest.mark.parametrize("state", ["assessed", "accepted"])
def test_what_eased_by_itself_is_resolved_without_work_for_the_sake_of_form(
    state: str, source: ResistanceSource, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    put(source, state, approver=sponsor, review_on=date(2026, 12, 1))
    factories.make_review(source, source.target_level)
    action = factories.make_action(source.initiative, sources=[source])
    client = sign_in.page(lead)

    refused = words(client.post(url_of(source, "move/"), {"to": "resolved"}, follow=True))
    put(action, "cancelled")
    client.post(url_of(source, "move/"), {"to": "resolved"})

    source.refresh_from_db()
    assert "Some of its actions are still open." in refused
    assert source.state == "resolved"


def test_living_with_it_takes_somebody_else_and_a_date(
    source: ResistanceSource, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    factories.make_review(source, 3)
    ResistanceSource.objects.filter(pk=source.pk).update(state="assessed")
    client, sent = sign_in.page(lead), {"to": "accepted", "reason": "Too dear"}

    by_owner = sent | {"approver": lead.pk, "review_on": "2099-01-01"}
    assert client.post(url_of(source, "move/"), by_owner).status_code == 400
    client.post(url_of(source, "move/"), by_owner | {"approver": sponsor.pk})

    source.refresh_from_db()
    assert (source.state, source.approver) == ("accepted", sponsor)
    assert source.review_on == date(2099, 1, 1)


def test_it_is_offered_to_take_up_again_only_what_is_back_since(
    source: ResistanceSource, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    today = timezone.localdate()
    factories.make_review(source, 4, reviewed_on=today - timedelta(days=3))
    put(source, "assessed")
    by: Any = {"actor": lead.user, "now": timezone.now(), "reason": "It costs too much."}
    move_resistance(source, to="accepted", approver=sponsor, review_on=date(2099, 1, 1), **by)
    client = sign_in.page(lead)

    assert "Take it up again" not in words(client.get(url_of(source)))
    factories.make_review(source, 5, reviewed_on=today)
    assert "Take it up again" in words(client.get(url_of(source)))

    client.post(url_of(source, "move/"), {"to": "assessed"})
    source.refresh_from_db()
    assert source.state == "assessed"


def test_what_has_ended_is_not_late(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)
    put(source, "assessed", review_on=date(2026, 1, 1))
    assert "ct-latetext" in main_of(client.get(url_of(source)))

    put(source, "resolved")

    assert "ct-latetext" not in main_of(client.get(url_of(source)))


@pytest.mark.parametrize("to", ["resolved", "nonsense", ""])
def test_a_move_that_there_is_not_leads_back(
    to: str, source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    client, url = sign_in.page(lead), url_of(source, "move/")

    for response in (client.get(url, {"to": to}), client.post(url, {"to": to})):
        assert (response.status_code, response.headers["Location"]) == (302, url_of(source))
    assert "Nothing is saved: this is not possible any more." in words(client.get(url, follow=True))


@pytest.mark.exhaustive
@pytest.mark.parametrize("rows", [1, 10, 100])
def test_its_cost_does_not_grow_with_reviews_and_actions(
    rows: int, source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    for _ in range(rows):
        factories.make_review(source, 2, reviewer=lead)
        factories.make_action(source.initiative, sources=[source], owner=lead)
        source.type.recommendations.create(strategy=factories.make_strategy(), basis="proposed")

    cost = queries(sign_in.page(lead), url_of(source))

    assert len(cost) == 6, cost


def test_the_lead_deletes_what_was_recorded_twice(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    assert f'href="{url_of(source, "delete/")}"' in page.get(url_of(source)).content.decode()
    asked = words(page.get(url_of(source, "delete/")))
    assert "Delete this entry?" in asked
    assert "The log keeps that it was there." in asked

    response = page.post(url_of(source, "delete/"), follow=True)

    assert "The entry is deleted." in words(response)
    assert not ResistanceSource.objects.exists()
    assert AuditEvent.objects.about(source).filter(verb="deleted").count() == 1


@pytest.mark.parametrize("touch", ["review", "action", "voice", "move"])
def test_what_somebody_worked_on_is_kept(
    touch: str, source: ResistanceSource, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    if touch == "review":
        factories.make_review(source, 2)
    elif touch == "action":
        factories.make_action(source.initiative, sources=[source])
    elif touch == "voice":
        factories.make_feedback(source.initiative, employee, source=source)
    else:
        put(source, "dismissed")

    assert "/delete/" not in page.get(url_of(source)).content.decode()
    assert page.get(url_of(source, "delete/")).status_code == 302
    refused = page.post(url_of(source, "delete/"))

    assert refused.status_code == 409
    assert title(refused).startswith("Error:")
    assert ResistanceSource.objects.filter(pk=source.pk).exists()


def test_an_agent_does_not_delete(source: ResistanceSource, agent: Person, sign_in: SignIn) -> None:
    page = sign_in.page(agent)

    assert "/delete/" not in page.get(url_of(source)).content.decode()
    assert page.get(url_of(source, "delete/")).status_code == 403
    assert page.post(url_of(source, "delete/")).status_code == 403
