"""Have your say, the change team's inbox, and what everybody reads of it."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.people.services.erasing import erase_person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.voice.models import FeedbackItem, PublishedAnswer
from change_tracker.voice.services import link_feedback
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import about_url, words
from tests.tables import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

SAY = "/change/say/"
NEW = "/change/i/front-door/say/"
INBOX = "/change/i/front-door/concerns/"


def own(item: FeedbackItem, verb: str = "") -> str:
    return f"{SAY}{item.pk}/{verb}"


def one(item: FeedbackItem, verb: str = "") -> str:
    return f"{INBOX}{item.pk}/{verb}"


def body(response: Any) -> str:
    assert response.status_code in {200, 400, 409}
    html: str = response.content.decode()
    return " ".join(html.split())


def test_the_form_says_who_reads_it_and_how_soon_there_is_an_answer(
    initiative: Initiative, agent: Person, employee: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)
    assert NEW in page.get(about_url("front-door")).content.decode()

    text = words(page.get(NEW))

    assert "The change team sees your name." in text
    assert "is read by Eve Stone, Priya Nair" in text
    assert "within 3 working days" in text
    response = page.post(NEW, {"kind": "concern", "text": " "})
    assert response.status_code == 400
    assert "Error:" in body(response)

    sent = page.post(NEW, {"kind": "idea", "text": "Ask the drivers."}, follow=True)

    item = FeedbackItem.objects.get()
    assert (item.kind, item.raised_by) == ("idea", employee)
    assert "You have an answer by Mon 23 Nov." in words(sent)
    assert "Ask the drivers." in words(page.get(SAY))


def test_what_is_in_the_way_of_an_item_is_said_about_it(
    initiative: Initiative, employee: Person, sign_in: SignIn
) -> None:
    activity = factories.make_activity(initiative, title="Listening")
    plan = factories.make_plan(initiative, items=[activity])
    record = factories.make_enrolment(plan, employee).records.get()
    colleague = factories.make_person("Joe Bell", login=True)
    foreign = factories.make_enrolment(plan, colleague).records.get()
    page = sign_in.page(employee)
    link = f"{NEW}?item={record.pk}"
    assert link in page.get(f"/change/t/{record.pk}/").content.decode()
    assert "“Listening”" in words(page.get(link))

    page.post(link, {"kind": "concern", "text": "No quiet room."})
    page.post(f"{NEW}?item={foreign.pk}", {"kind": "concern", "text": "And cold."})

    said = dict(FeedbackItem.objects.values_list("text", "activity__title"))
    assert said == {"No quiet room.": "Listening", "And cold.": None}


def test_nothing_begins_where_the_initiative_has_ended(
    initiative: Initiative, employee: Person, sign_in: SignIn
) -> None:
    put(initiative, "closed")
    page = sign_in.page(employee)

    assert NEW not in page.get(about_url("front-door")).content.decode()
    assert "has ended" in words(page.get(NEW))
    assert page.post(NEW, {"kind": "idea", "text": "x"}).status_code == 409
    assert "As soon as a change touches your group" in words(page.get(SAY))


def test_whoever_still_waits_reads_how_it_stands(
    item: FeedbackItem, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)
    put(item, "raised", promised_on="2026-01-05")
    assert "The pages of the change team say that you still wait." in words(page.get(own(item)))
    closing = "/change/i/front-door/setup/move/?to=cancelled"
    asked = words(sign_in.page(lead).get(closing))
    assert "1 concern, question or idea still waits for the answer that was promised." in asked

    put(item.initiative, "cancelled")

    assert "nobody is reminded any more that you wait" in words(page.get(own(item)))


def test_one_adds_settles_asks_again_and_takes_back(
    item: FeedbackItem, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    page, team = sign_in.page(employee), sign_in.page(lead)
    team.post(one(item), {"text": "Which tablet?"})
    assert "Which tablet?" in words(page.get(own(item)))
    page.post(own(item), {"text": "The old one."})
    team.post(one(item, "answer/"), {"disposition": "explained", "text": "It is replaced in May."})
    seen = words(page.get(own(item)))
    assert "We explain it" in seen
    assert "Ask again" in seen
    assert page.get(own(item, "withdraw/")).status_code == 302

    page.post(own(item), {"text": "May is late."})
    item.refresh_from_db()
    assert item.state == "raised"
    page.post(own(item, "withdraw/"))

    item.refresh_from_db()
    assert item.state == "withdrawn"
    assert team.get(one(item)).status_code == 404
    assert "The tablet is too slow." in words(page.get(own(item)))


def test_the_team_acts_and_the_person_sees_the_action_where_it_touches_them(
    item: FeedbackItem,
    employee: Person,
    lead: Person,
    action: MitigationAction,
    source: ResistanceSource,
    sign_in: SignIn,
) -> None:
    page, team = sign_in.page(employee), sign_in.page(lead)
    sent = {"disposition": "will_act", "text": "New ones come.", "action": "", "source": ""}
    refused = team.post(one(item, "answer/"), sent)
    assert refused.status_code == 400
    assert "Choose the action" in body(refused)

    team.post(one(item, "answer/"), sent | {"action": action.pk, "source": source.pk})

    seen = words(page.get(own(item)))
    assert "We will act on it" in seen
    assert "New tablets" not in seen
    assert source.statement not in seen
    action.audiences.set([group.audience for group in item.initiative.affected_groups.all()])
    assert "New tablets" in words(page.get(own(item)))
    assert source.statement in words(team.get(one(item)))


def test_what_the_team_cannot_do_names_no_action_any_more(
    item: FeedbackItem,
    employee: Person,
    lead: Person,
    action: MitigationAction,
    source: ResistanceSource,
    sign_in: SignIn,
) -> None:
    page, team = sign_in.page(employee), sign_in.page(lead)
    action.audiences.set([group.audience for group in item.initiative.affected_groups.all()])
    acts = {"disposition": "will_act", "text": "New ones come.", "action": action.pk}
    team.post(one(item, "answer/"), acts)
    page.post(own(item), {"text": "When?"})

    shown = team.get(one(item, "answer/")).context["form"].initial["shown"]
    item.refresh_from_db()
    by: Any = {"actor": lead.user, "now": NOW}
    link_feedback(item=item, source=source, **by)
    cannot = {"disposition": "cannot", "text": "There is no money.", "action": "", "source": ""}
    team.post(one(item, "answer/"), cannot | {"shown": shown})

    seen = words(page.get(own(item)))
    assert "We cannot, and say why" in seen
    assert "What is done" not in seen
    item.refresh_from_db()
    # Somebody linked it meanwhile.
    assert item.source == source


def test_what_cannot_be_settled_leads_back(
    item: FeedbackItem, employee: Person, sign_in: SignIn
) -> None:
    late = sign_in.page(employee).post(own(item, "settle/"))

    assert late.status_code == 409
    assert f'href="{own(item)}"' in body(late)
    assert ">Send</button>" not in body(late)


def test_a_late_press_is_told_why(
    item: FeedbackItem, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    team = sign_in.page(lead)
    put(item, "answered", disposition="explained", answered_on="2026-11-18")

    passed = team.post(one(item, "acknowledge/"), headers={"accept-language": "de"})
    assert passed.status_code == 409
    assert "Von „beantwortet“ führt kein Weg zu „gelesen“." in words(passed)
    twice = team.post(one(item, "answer/"), {"disposition": "cannot", "text": "No."})
    assert "It is “answered” already." in words(twice)
    assert team.get(one(item, "answer/")).status_code == 302
    assert team.post(one(item, "close/")).status_code == 302
    late = sign_in.page(employee).post(own(item), {"text": "But"})
    assert late.status_code == 409
    assert "is settled" in words(late)


def test_the_inbox_is_filtered_and_downloaded_by_the_team_alone(
    item: FeedbackItem,
    employee: Person,
    lead: Person,
    sponsor: Person,
    sign_in: SignIn,
) -> None:
    factories.make_feedback(
        item.initiative, employee, kind="idea", text="=Ask them", promised_on="2026-11-16"
    )
    team = sign_in.page(lead)
    assert sign_in.page(sponsor).get(INBOX).status_code == 404

    text = words(team.get(INBOX))
    assert "1 promised answer is late." in text
    late = words(team.get(f"{INBOX}?late=1"))
    assert "=Ask them" in late
    assert "The tablet is too slow." not in late
    assert "1 of 2" in late
    assert "Nothing fits" in words(team.get(f"{INBOX}?words=Beethoven"))
    assert "is not known here" in words(team.get(f"{INBOX}?state=odd"))

    streamed = team.get(f"{INBOX}concerns.csv?kind=idea")
    lines = list(csv.reader(StringIO(b"".join(streamed).decode("utf-8-sig"))))
    assert [line[1:4] for line in lines[1:]] == [["'=Ask them", "Amira Hassan", "Repairs"]]
    assert "answer that was promised is late" in words(team.get("/change/i/front-door/"))


def test_what_an_erased_person_said_can_be_opened_and_settled(
    item: FeedbackItem, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    factories.make_message(item, employee, from_team=False)
    Person.objects.filter(pk=employee.pk).update(ends_on=TODAY - timedelta(days=1))
    erase_person(employee, ground="The law.", actor=lead.user, today=TODAY, now=NOW)
    team = sign_in.page(lead)

    assert f'href="{one(item)}">(these words are erased)</a>' in body(team.get(INBOX))
    assert words(team.get(one(item))).count("(these words are erased)") == 2
    team.post(one(item, "answer/"), {"disposition": "explained", "text": "They have left."})
    team.post(one(item, "close/"))

    item.refresh_from_db()
    assert item.state == "closed"


def test_everybody_reads_what_the_team_made_of_it_and_nobodys_own_words(
    item: FeedbackItem, employee: Person, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    team, page = sign_in.page(lead), sign_in.page(employee)
    told = {"told": "The tablets are slow.", "did": "31 new ones are here."}

    team.post(f"{INBOX}told/new/", told)

    answer = PublishedAnswer.objects.get()
    about = words(page.get(about_url("front-door")))
    assert "What people told us and what we did The tablets are slow. 31 new ones" in about
    assert "too slow" not in about
    edit = f"{INBOX}told/{answer.pk}/edit/"
    assert sign_in.page(sponsor).get(edit).status_code == 404
    stale = team.post(edit, told | {"version": 7})
    assert stale.status_code == 409

    team.post(edit, told | {"version": 1})

    assert "31 new ones" not in words(page.get(about_url("front-door")))
    assert "Taken down" in words(team.get(INBOX))


def test_it_is_linked_to_the_register_and_the_team_alone_sees_it_from_there(
    item: FeedbackItem, lead: Person, sponsor: Person, source: ResistanceSource, sign_in: SignIn
) -> None:
    team = sign_in.page(lead)

    team.post(one(item, "link/"), {"source": source.pk, "version": 1})

    item.refresh_from_db()
    assert item.source == source
    assert source.statement in words(team.get(INBOX))
    entry = f"/change/i/front-door/resistance/{source.pk}/"
    assert "1 person spoke of it." in words(team.get(entry))
    assert "spoke of it" not in words(sign_in.page(sponsor).get(entry))
