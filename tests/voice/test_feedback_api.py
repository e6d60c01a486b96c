"""The API of what people say; who may what is in the table of permissions."""

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.reminders.models import Digest
from change_tracker.reminders.plan import plan_reminders
from change_tracker.resistance.models import ResistanceSource
from change_tracker.training.models import LearningActivity
from change_tracker.voice.models import FeedbackItem
from change_tracker.voice.services import answer_feedback
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

API = "/change/api/v1/feedback/"
OUTBOX, DIGESTS = "/change/api/v1/reminders/", "/change/api/v1/digests/"


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


def test_nobody_but_the_change_team_is_led_along_a_link(
    item: FeedbackItem,
    initiative: Initiative,
    source: ResistanceSource,
    sponsor: Person,
    lead: Person,
    sign_in: SignIn,
) -> None:
    """Not even who spoke, where they may read the register for another reason."""
    FeedbackItem.objects.filter(pk=item.pk).update(raised_by=sponsor, source=source)
    own = f"{API}{item.pk}/?include=sources"
    entry = f"/change/api/v1/resistance/{source.pk}/?include=concerns"

    for client, number in ((sign_in.api(sponsor), 0), (sign_in.api(lead), 1)):
        along, back = (client.get(url).data["included"] for url in (own, entry))
        assert (along["sources"]["total"], back["concerns"]["total"]) == (number, number)


@pytest.mark.parametrize("who", ["hr", "site_admin"])
def test_the_outbox_tells_nobody_who_spoke(
    item: FeedbackItem, lead: Person, employee: Person, hr: Person, sign_in: SignIn, who: str
) -> None:
    site_admin = factories.make_person(
        login=factories.make_user("root", is_superuser=True, is_staff=True)
    )
    reader = hr if who == "hr" else site_admin
    assert lead.user is not None
    answer_feedback(
        item=item,
        actor=lead.user,
        today=TODAY,
        now=NOW,
        disposition="cannot",
        text="It cannot be helped.",
    )
    plan_reminders(now=NOW)
    digest = Digest.objects.get(recipient=employee)
    Digest.objects.filter(pk=digest.pk).update(subject="There is an answer for you")

    kinds = [each["kind"] for each in sign_in.api(reader).get(OUTBOX).data["results"]]
    seen = sign_in.api(reader).get(f"{DIGESTS}{digest.pk}/").data
    mine = sign_in.api(employee).get(f"{DIGESTS}{digest.pk}/").data

    assert not {"concern_raised", "concern_answered"} & set(kinds)
    assert (seen["subject"], mine["subject"]) == ("", "There is an answer for you")
    assert sign_in.api(employee).get(OUTBOX).data["results"][0]["kind"] == "concern_answered"
    if who == "site_admin":
        page = sign_in.page(reader)
        listed = page.get("/admin/change_tracker/reminder/").content.decode()
        one = page.get(f"/admin/change_tracker/digest/{digest.pk}/change/").content.decode()
        assert 'field-kind">concern answered' not in listed
        assert "concern answered" not in one
        assert "There is an answer" not in one
