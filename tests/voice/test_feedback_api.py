"""The API of what people say; who may what is in the table of permissions."""

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.training.models import LearningActivity
from change_tracker.voice.models import FeedbackItem
from tests import factories
from tests.conftest import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

API = "/change/api/v1/feedback/"


def test_both_sides_talk_and_each_reads_what_is_theirs(
    initiative: Initiative,
    employee: Person,
    lead: Person,
    action: MitigationAction,
    source: ResistanceSource,
    sign_in: SignIn,
) -> None:
    mine, team = sign_in.api(employee), sign_in.api(lead)
    said = mine.post(API, {"initiative": initiative.pk, "kind": "question", "text": "When?"})
    assert said.status_code == 201, said.data
    url = f"{API}{said.data['id']}/"
    assert mine.post(f"{url}messages/", {"text": "And where?"}).status_code == 201

    refused = team.post(f"{url}answer/", {"disposition": "will_act", "text": "Soon."})
    assert (refused.status_code, refused.data["code"]) == (409, "move_refused")
    links = {"action": action.pk, "source": source.pk}
    answered = team.post(f"{url}answer/", {"disposition": "will_act", "text": "Soon."} | links)

    assert (answered.status_code, answered.data["source"]) == (200, source.pk)
    seen = mine.get(url).data
    assert (seen["state"], seen["action"], "source" in seen) == ("answered", None, False)
    thread = mine.get(f"{url}messages/").data["results"]
    assert [each["text"] for each in thread] == ["Soon.", "And where?"]
    assert mine.get(API, {"source": source.pk}).data["results"] == []
    assert len(team.get(API, {"source": source.pk}).data["results"]) == 1
    assert mine.post(f"{url}close/").data["state"] == "closed"


def test_it_is_about_something_that_one_has_to_do_in_that_initiative(
    initiative: Initiative, employee: Person, sign_in: SignIn
) -> None:
    own, others = (factories.make_activity(initiative) for _ in range(2))
    other = factories.make_initiative(title="Another one")
    foreign = factories.make_activity(other)
    for where, activity in ((initiative, own), (other, foreign)):
        factories.make_enrolment(factories.make_plan(where, items=[activity]), employee)
    factories.make_plan(initiative, items=[others])
    body = {"initiative": initiative.pk, "kind": "question", "text": "When?"}

    def said(activity: LearningActivity) -> tuple[int, list[str]]:
        response = sign_in.api(employee).post(API, body | {"activity": activity.pk})
        return response.status_code, list(response.json().get("errors", {}))

    assert [said(each) for each in (own, foreign, others)] == [
        (201, []),
        (400, ["activity"]),
        (400, ["activity"]),
    ]


def test_late_is_what_waits_past_its_day(
    item: FeedbackItem, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    late = factories.make_feedback(item.initiative, employee, promised_on="2026-11-17")
    team = sign_in.api(lead)

    def found(value: str) -> list[int]:
        return [each["id"] for each in team.get(API, {"late": value}).data["results"]]

    assert (found("true"), found("false")) == ([late.pk], [item.pk])


def test_a_stale_link_is_refused(
    item: FeedbackItem, lead: Person, source: ResistanceSource, sign_in: SignIn
) -> None:
    team = sign_in.api(lead)
    url = f"{API}{item.pk}/link/"

    assert team.post(url, {"source": source.pk}, headers={"If-Match": '"9"'}).status_code == 412
    assert team.post(url, {"source": source.pk}, headers={"If-Match": '"1"'}).status_code == 200
