"""Saying something with one's name, and what the change team makes of it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from change_tracker import signals
from change_tracker.core.checks import check_answer_days
from change_tracker.core.errors import (
    ForbiddenError,
    IllegalMoveError,
    MoveRefusedError,
    StaleRowError,
)
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import InitiativeEndedError
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Holiday, Person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.voice.models import FeedbackItem, FeedbackMessage
from change_tracker.voice.services import (
    ForeignLinkError,
    LinkNeededError,
    SettledError,
    acknowledge_feedback,
    answer_feedback,
    close_feedback,
    link_feedback,
    raise_feedback,
    withdraw_feedback,
    write_message,
)
from tests import factories
from tests.factories import NOW, TODAY
from tests.tables import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What a host hears: states of items."""
    told: list[str] = []

    def raised(item: FeedbackItem, **_: Any) -> None:
        told.append(f"raised {item.state}")

    def answered(item: FeedbackItem, **_: Any) -> None:
        told.append(f"answered {item.disposition}")

    signals.feedback_raised.connect(raised)
    signals.feedback_answered.connect(answered)
    yield told
    signals.feedback_raised.disconnect(raised)
    signals.feedback_answered.disconnect(answered)


def by(person: Person) -> dict[str, Any]:
    return {"actor": person.user, "today": TODAY, "now": NOW}


def at(person: Person) -> dict[str, Any]:
    return {"actor": person.user, "now": NOW}


def say(initiative: Initiative, person: Person, **values: Any) -> FeedbackItem:
    said = {"kind": "concern", "text": "Too slow."} | values
    return raise_feedback(initiative=initiative, **said, **by(person))


def answer(item: FeedbackItem, person: Person, **values: Any) -> FeedbackItem:
    said = {"disposition": "explained", "text": "The vans come first."} | values
    return answer_feedback(item=item, **said, **by(person))


def texts(item: FeedbackItem) -> list[tuple[str, str, bool]]:
    rows = FeedbackMessage.objects.filter(item=item).order_by("pk")
    return list(rows.values_list("text", "disposition", "from_team"))


@pytest.mark.parametrize(
    ("days", "holiday", "promised"),
    [
        (3, None, date(2026, 11, 23)),  # Wednesday, then Thursday, Friday, Monday
        (3, date(2026, 11, 20), date(2026, 11, 24)),
        (1, None, date(2026, 11, 19)),
    ],
)
def test_an_answer_is_promised_in_working_days(
    initiative: Initiative,
    employee: Person,
    settings: Any,
    days: int,
    holiday: date | None,
    promised: date,
) -> None:
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"ANSWER_WORKING_DAYS": days}
    if holiday:
        Holiday.objects.create(day=holiday, name="A day off")

    item = say(initiative, employee)

    assert (item.state, item.raised_by) == ("raised", employee)
    assert (item.raised_on, item.promised_on) == (TODAY, promised)


def test_a_promise_for_a_day_that_is_over_is_a_mistake_of_the_settings(settings: Any) -> None:
    assert check_answer_days() == []

    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"ANSWER_WORKING_DAYS": 0}

    (found,) = check_answer_days()
    assert found.id == "change_tracker.E005"


def test_nobody_speaks_without_words_without_a_name_or_when_it_is_over(
    initiative: Initiative, employee: Person
) -> None:
    with pytest.raises(ValidationError):
        say(initiative, employee, text="  ")
    with pytest.raises(ForbiddenError):
        raise_feedback(
            initiative=initiative,
            kind="idea",
            text="x",
            actor=factories.make_user(),
            today=TODAY,
            now=NOW,
        )
    put(initiative, "closed")
    with pytest.raises(InitiativeEndedError):
        say(initiative, employee)

    assert not FeedbackItem.objects.exists()


def test_it_goes_there_and_back_until_it_is_settled(
    initiative: Initiative,
    employee: Person,
    lead: Person,
    heard: list[str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        item = say(initiative, employee)
        acknowledge_feedback(item=item, **by(lead))
        acknowledge_feedback(item=item, **by(lead))
        write_message(item=item, text="Since Monday.", **by(employee))
        answer(item, lead)
    item.refresh_from_db()
    assert (item.state, item.answered_on) == ("answered", TODAY)

    with django_capture_on_commit_callbacks(execute=True):
        later = by(employee) | {"today": date(2026, 11, 26)}
        write_message(item=item, text="And mine?", **later)
    item.refresh_from_db()
    assert (item.state, item.disposition, item.answered_on) == ("raised", "", None)
    assert item.promised_on == date(2026, 12, 1)

    with django_capture_on_commit_callbacks(execute=True):
        answer(item, lead, disposition="cannot", text="There is no money left.")
    close_feedback(item=item, **at(employee))
    close_feedback(item=item, **at(lead))
    with pytest.raises(SettledError):
        write_message(item=item, text="But", **by(employee))

    item.refresh_from_db()
    assert (item.state, item.disposition) == ("closed", "cannot")
    assert texts(item) == [
        ("Since Monday.", "", False),
        ("The vans come first.", "explained", True),
        ("And mine?", "", False),
        ("There is no money left.", "cannot", True),
    ]
    assert heard == ["raised raised", "answered explained", "raised raised", "answered cannot"]


def test_writing_back_says_that_it_was_read(item: FeedbackItem, agent: Person) -> None:
    write_message(item=item, text="Which one?", **by(agent))

    item.refresh_from_db()
    assert (item.state, item.acknowledged_on) == ("acknowledged", TODAY)


def test_what_is_taken_back_is_gone_for_the_team_and_stays_with_its_writer(
    item: FeedbackItem, employee: Person, lead: Person
) -> None:
    with pytest.raises(ForbiddenError):
        withdraw_feedback(item=item, **at(lead))

    withdraw_feedback(item=item, **at(employee))
    withdraw_feedback(item=item, **at(employee))

    assert lead.user
    assert employee.user
    assert not FeedbackItem.objects.visible_to(lead.user).exists()
    assert FeedbackItem.objects.visible_to(employee.user).exists()
    with pytest.raises(IllegalMoveError):
        answer(item, lead)


def test_what_is_answered_is_not_taken_back(
    item: FeedbackItem, employee: Person, lead: Person
) -> None:
    answer(item, lead)

    with pytest.raises(IllegalMoveError):
        withdraw_feedback(item=item, **at(employee))


def test_whoever_acts_says_where_and_only_in_the_same_initiative(
    item: FeedbackItem, lead: Person, action: MitigationAction, source: ResistanceSource
) -> None:
    elsewhere = factories.make_source(factories.make_initiative(lead=lead))
    with pytest.raises(ForeignLinkError):
        answer(item, lead, disposition="will_act", source=elsewhere)
    with pytest.raises(ForeignLinkError):
        link_feedback(item=item, source=elsewhere, **at(lead))

    answer(item, lead, disposition="will_act", source=source)
    item.refresh_from_db()
    assert (item.disposition, item.source, item.action) == ("will_act", source, None)
    with pytest.raises(LinkNeededError):
        link_feedback(item=item, source=None, **at(lead))
    other = factories.make_source(item.initiative)
    with pytest.raises(StaleRowError):
        link_feedback(item=item, source=other, expected_version=1, **at(lead))


def test_an_answer_keeps_the_links_that_it_does_not_name_and_takes_away_others(
    item: FeedbackItem,
    employee: Person,
    lead: Person,
    action: MitigationAction,
    source: ResistanceSource,
) -> None:
    answer(item, lead, disposition="will_act", action=action, source=source)
    write_message(item=item, text="When?", **by(employee))
    answer(item, lead)
    item.refresh_from_db()
    assert (item.action, item.source) == (action, source)

    write_message(item=item, text="And now?", **by(employee))
    with pytest.raises(MoveRefusedError, match="Choose the action"):
        answer(item, lead, disposition="will_act", action=None, source=None)
    answer(item, lead, disposition="cannot", action=None)

    item.refresh_from_db()
    assert (item.disposition, item.action, item.source) == ("cannot", None, source)


def test_a_resistance_that_somebody_spoke_of_is_kept(
    item: FeedbackItem, lead: Person, source: ResistanceSource
) -> None:
    from change_tracker.core.services import InUseError
    from change_tracker.resistance.services.register import delete_resistance

    link_feedback(item=item, source=source, **at(lead))

    with pytest.raises(InUseError, match="people said"):
        delete_resistance(source, **at(lead))
