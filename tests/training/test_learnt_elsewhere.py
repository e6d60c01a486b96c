"""What people learnt elsewhere: reported by them, confirmed by somebody else."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from change_tracker.core.errors import ForbiddenError, MoveRefusedError
from change_tracker.people.models import Person
from change_tracker.resistance.models import Technique
from change_tracker.training.errors import DecidedError
from change_tracker.training.models import Enrolment, ExternalLearning, TrainingRecord
from change_tracker.training.services import (
    confirm_learning,
    report_learning,
    return_learning,
    take_back_learning,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY, make_file
from tests.portal.browsing import TEAM, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

API = "/change/api/v1/learnt-elsewhere/"
NEW = "/change/elsewhere/new/"
WAITING = "/change/elsewhere/"
DAY = date(2026, 11, 2)
TALK: dict[str, Any] = {"title": "Service days", "kind": "conference", "learnt_on": DAY}
SENT = TALK | {"learnt_on": "2026-11-02"}


@pytest.fixture
def record(employee: Person, lead: Person) -> TrainingRecord:
    """Amira's one item, for which a conference may count."""
    initiative = factories.make_initiative(lead=lead, slug="front-door")
    activity = factories.make_activity(initiative, title="Listening", completion_rule="external")
    plan = factories.make_plan(initiative, items=[activity])
    return factories.make_enrolment(plan, employee).records.get()


def by(person: Person) -> dict[str, Any]:
    return {"actor": person.user, "today": TODAY, "now": NOW}


def report(person: Person, **values: Any) -> ExternalLearning:
    return report_learning(**TALK | values, **by(person))


def url_of(learning: ExternalLearning) -> str:
    return f"/change/elsewhere/{learning.pk}/"


def transcript_of(person: Person) -> str:
    return f"/change/people/{person.pk}/transcript/"


def test_a_second_press_reports_nothing_twice(employee: Person, sign_in: SignIn) -> None:
    page = sign_in.page(employee)
    for _press in range(2):
        assert page.post(NEW, SENT | {"file": factories.make_file()}).status_code == 302
    assert ExternalLearning.objects.count() == 1

    for said in ({"title": "Another"}, {"note": "On two days."}, {"learnt_on": "2026-11-03"}):
        page.post(NEW, SENT | {"file": factories.make_file()} | said)
    assert ExternalLearning.objects.count() == 4


def test_it_waits_until_somebody_else_has_confirmed_it(employee: Person, manager: Person) -> None:
    learning = report(employee, minutes=240)
    assert (learning.state, learning.person, learning.reported_on) == ("reported", employee, TODAY)
    with pytest.raises(ForbiddenError):
        confirm_learning(learning=learning, **by(employee))

    confirmed = confirm_learning(learning=learning, **by(manager))

    assert (confirmed.state, confirmed.decided_by) == ("confirmed", manager)
    with pytest.raises(DecidedError):
        return_learning(learning=learning, answer="x", **by(manager))
    assert employee.user is not None
    with pytest.raises(DecidedError):
        take_back_learning(learning=learning, actor=employee.user, now=NOW)


def test_what_it_counts_for_is_done_on_its_day(
    record: TrainingRecord, employee: Person, manager: Person
) -> None:
    learning = report(employee, activity=record.activity)
    record.refresh_from_db()
    assert record.state == "not_started"

    confirm_learning(learning=learning, **by(manager))

    record.refresh_from_db()
    assert (record.state, record.completed_on, record.completed_by) == ("completed", DAY, manager)
    assert Enrolment.objects.get(pk=record.enrolment_id).state == "completed"


def test_it_counts_for_nothing_whose_turn_has_not_come(
    record: TrainingRecord, employee: Person, manager: Person
) -> None:
    learning = report(employee, activity=record.activity)
    TrainingRecord.objects.update(opens_on=None)

    confirm_learning(learning=learning, **by(manager))

    record.refresh_from_db()
    assert record.state == "not_started"


def test_what_is_wrong_is_refused(
    record: TrainingRecord, employee: Person, outsider: Person
) -> None:
    with pytest.raises(ValidationError, match="future"):
        report(employee, learnt_on=TODAY + timedelta(days=1))
    with pytest.raises(ValidationError, match="in any plan"):
        report(outsider, activity=record.activity)
    with pytest.raises(ValidationError, match="none inside"):
        report(employee, file=make_file(content=b"MZ"))
    with pytest.raises(ValidationError, match="valid URL"):
        report(employee, link="javascript:alert(1)")
    with pytest.raises(ForbiddenError):
        report_learning(**TALK, actor=factories.make_user(), today=TODAY, now=NOW)
    assert not ExternalLearning.objects.exists()


def test_giving_back_needs_a_note(employee: Person, manager: Person) -> None:
    learning = report(employee)

    with pytest.raises(MoveRefusedError):
        return_learning(learning=learning, answer=" ", **by(manager))
    assert return_learning(learning=learning, answer="Which?", **by(manager)).state == "returned"


def test_who_reads_and_decides(
    employee: Person, manager: Person, hr: Person, lead: Person, record: TrainingRecord
) -> None:
    report(employee, activity=record.activity)
    admin = factories.make_user("root", is_superuser=True)
    everybody = {
        "own": employee.user,
        "manager": manager.user,
        "hr": hr.user,
        "lead": lead.user,
        "admin": admin,
    }
    rows = ExternalLearning.objects

    assert {name for name, user in everybody.items() if user and rows.visible_to(user)} == {
        "own",
        "manager",
        "hr",
    }
    assert {name for name, user in everybody.items() if user and rows.changeable_by(user)} == {
        "manager",
        "hr",
    }


def test_somebody_reports_it_on_a_page_and_reads_it_in_the_transcript(
    record: TrainingRecord, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)
    assert f'href="{NEW}"' in page.get(transcript_of(employee)).content.decode()
    asked = f"{NEW}?activity={record.activity_id}"
    assert f'href="{asked}"' in page.get(f"/change/t/{record.pk}/").content.decode()
    assert page.get(asked).context["form"]["activity"].value() == str(record.activity_id)
    assert page.post(NEW, {}).status_code == 400
    sent = SENT | {"activity": record.activity_id, "file": make_file(), "note": "How others do it."}

    after = page.post(NEW, sent, follow=True)

    assert "“Service days” is reported. Your manager or human resources confirms it." in words(
        after
    )
    learning = ExternalLearning.objects.get()
    assert "Service days conference Mon 2 Nov Waiting" in words(page.get(transcript_of(employee)))
    boss = sign_in.page(manager)
    team = boss.get(TEAM)
    assert "Amira Hassan Repairs Service days Learnt elsewhere on Mon 2 Nov: conference" in words(
        team
    )
    assert "Nobody waits for an answer from you." not in words(team)
    one = words(boss.get(url_of(learning)))
    assert "Counts for Listening" in one
    assert "How others do it." in one
    assert boss.post(url_of(learning), {"do": "return"}).status_code == 400
    done = boss.post(url_of(learning), {"do": "accept"}, follow=True)
    assert "“Service days” is confirmed for Amira Hassan." in words(done)
    assert "Accepted" in words(page.get(transcript_of(employee)))
    file: Any = page.get(f"{transcript_of(employee)[:-1]}.csv")
    assert "Service days" in b"".join(file.streaming_content).decode("utf-8-sig")
    assert boss.post(url_of(learning), {"do": "accept"}).status_code == 409


def test_one_takes_back_what_one_reported_and_nobody_else_does(
    employee: Person, lead: Person, sign_in: SignIn
) -> None:
    learning = factories.make_learning(employee)
    assert sign_in.page(lead).get(url_of(learning)).status_code == 404
    assert sign_in.page(lead).get(f"{url_of(learning)}file/").status_code == 404
    page = sign_in.page(employee)
    assert "Take it back" in words(page.get(url_of(learning)))

    after = page.post(url_of(learning), follow=True)

    assert "“Service days” is taken back." in words(after)
    learning.refresh_from_db()
    assert learning.state == "withdrawn"


def test_the_api_has_the_same_verbs(
    employee: Person, manager: Person, outsider: Person, sign_in: SignIn
) -> None:
    made = sign_in.api(employee).post(API, SENT | {"file": make_file()}, format="multipart")
    assert (made.status_code, made.json()["state"]) == (201, "reported")
    url = f"{API}{made.json()['id']}/"

    assert sign_in.api(outsider).get(url).status_code == 404
    assert sign_in.api(employee).post(f"{url}accept/").status_code == 403
    assert sign_in.api(manager).post(f"{url}take-back/").status_code == 403
    assert sign_in.api(manager).post(f"{url}return/", {}).status_code == 400
    answer: Any = sign_in.api(manager).get(f"{url}file/")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert sign_in.api(manager).post(f"{url}accept/").json()["state"] == "confirmed"
    late = sign_in.api(employee).post(f"{url}take-back/")
    assert (late.status_code, late.json()["code"]) == (409, "decided")


@pytest.fixture
def alike(record: TrainingRecord) -> TrainingRecord:
    """A second piece of Amira's work, which teaches empathy."""
    activity = factories.make_activity(record.plan.initiative, title="Calls", valid_months=12)
    activity.topics.set([empathy(), make_technique("Patience")])
    plan = factories.make_plan(record.plan.initiative, items=[activity], title="On the phone")
    return factories.make_enrolment(plan, record.person).records.get()


def make_technique(label: str) -> Technique:
    return Technique.objects.get_or_create(slug=label.lower(), label=label, kind="topic")[0]


def empathy() -> Technique:
    return make_technique("Empathy")


def test_what_teaches_its_topic_is_done_only_where_whoever_confirms_it_says_so(
    record: TrainingRecord, alike: TrainingRecord, employee: Person, manager: Person
) -> None:
    silent = report(employee, activity=record.activity, topics=[empathy()])
    confirm_learning(learning=silent, **by(manager))
    alike.refresh_from_db()
    assert alike.state == "not_started"
    assert set(silent.counted_for.all()) == {record}

    said = report(employee, topics=[empathy()])
    confirm_learning(learning=said, also=[alike.pk], **by(manager))

    alike.refresh_from_db()
    assert (alike.state, alike.completed_on, alike.completed_by) == ("completed", DAY, manager)
    assert alike.expires_on == date(2027, 11, 2)
    assert set(said.counted_for.all()) == {alike}


def test_it_never_counts_for_what_is_not_about_it(
    record: TrainingRecord, alike: TrainingRecord, employee: Person, manager: Person
) -> None:
    with pytest.raises(ValidationError, match="teaches this"):
        report(employee, topics=[make_technique("Juggling")])
    learning = report(employee, topics=[empathy()])

    for wrong in (record.pk, 0):
        with pytest.raises(ValidationError, match="different by now"):
            confirm_learning(learning=learning, also=[alike.pk, wrong], **by(manager))

    learning.refresh_from_db()
    alike.refresh_from_db()
    assert (learning.state, alike.state) == ("reported", "not_started")


def test_what_was_handed_in_for_it_is_decided_where_it_waits(
    alike: TrainingRecord, employee: Person, manager: Person
) -> None:
    factories.make_submission(alike)
    TrainingRecord.objects.filter(pk=alike.pk).update(state="submitted")
    learning = report(employee, activity=alike.activity)

    confirm_learning(learning=learning, **by(manager))

    alike.refresh_from_db()
    assert alike.state == "submitted"


def test_the_page_says_what_else_it_counts_for_before_it_is_confirmed(
    alike: TrainingRecord, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)
    assert "Was it about one of these?" in words(page.get(NEW))
    page.post(NEW, SENT | {"topics": [empathy().pk]})
    learning = ExternalLearning.objects.get()
    url, boss = url_of(learning), sign_in.page(manager)

    text = words(boss.get(url))

    assert "This also counts for" in text
    assert "“Calls” in “On the phone”, which teaches Empathy" in text
    assert "This also counts for" not in words(page.get(url))
    assert f'value="{alike.pk}" id="id_also_0" checked' in boss.get(url).content.decode()
    boss.post(url, {"do": "accept", "also": [alike.pk]})
    assert "Counted for “Calls” in “On the phone”" in words(boss.get(url))


def test_hr_reads_first_what_nobody_else_could_confirm(
    employee: Person, manager: Person, hr: Person, sign_in: SignIn
) -> None:
    alone = factories.make_person("Zoe Adams", user=factories.make_user("zoe"))
    factories.make_learning(employee, title="A talk")
    page = sign_in.page(hr)
    assert tab(page) == ["Learnt elsewhere"]
    nobodys = factories.make_learning(alone, title="A congress")
    text = words(page.get(WAITING))
    assert "2 reports wait to be confirmed. For 1 of them there is no manager" in text
    assert text.index("A congress") < text.index("A talk")
    assert "Nobody but human resources" in text
    assert manager.display_name in text
    assert "A talk" not in words(page.get(f"{WAITING}?who=nobody"))
    file: Any = page.get(f"{WAITING}waiting.csv?who=nobody")
    assert "A congress" in b"".join(file.streaming_content).decode("utf-8-sig")

    done = page.post(url_of(nobodys), {"do": "accept"}, follow=True)

    assert done.redirect_chain[-1][0] == WAITING
    assert "1 report waits to be confirmed." in words(done)
    manager.user = None
    manager.save()
    assert "there is no manager who could confirm it" in words(page.get(WAITING))


def test_the_list_of_what_waits_holds_nothing_of_ones_own(
    employee: Person, hr: Person, sign_in: SignIn
) -> None:
    factories.make_learning(hr, title="My own")
    factories.make_learning(employee, title="A talk")

    assert "My own" not in words(sign_in.page(hr).get(WAITING))
    assert "Nothing waits to be confirmed." in words(sign_in.page(employee).get(WAITING))
    assert tab(sign_in.page(employee)) == []


def tab(page: Any) -> list[str]:
    """The tab that leads to the list, where there is one."""
    html = page.get("/change/transcript/", follow=True).content.decode()
    return ["Learnt elsewhere"] if f'href="{WAITING}"' in html else []


def test_the_api_says_what_it_may_complete(
    record: TrainingRecord,
    alike: TrainingRecord,
    employee: Person,
    manager: Person,
    sign_in: SignIn,
) -> None:
    sent = SENT | {"activity": record.activity_id, "topics": [empathy().pk]}
    made = sign_in.api(employee).post(API, sent).json()
    url, boss = f"{API}{made['id']}/", sign_in.api(manager)

    found = boss.get(f"{url}matches/").json()

    assert [(each["record"], each["topics"], each["is_named"]) for each in found] == [
        (record.pk, [], True),
        (alike.pk, ["Empathy"], False),
    ]
    assert boss.post(f"{url}accept/", {"also": [0]}).status_code == 400
    done = boss.post(f"{url}accept/", {"also": [alike.pk]}).json()
    assert set(done["counted_for"]) == {record.pk, alike.pk}
    assert boss.get(f"{url}matches/").json() == []


@pytest.mark.parametrize(
    "values", [{"state": "x"}, {"kind": "x"}, {"state": "confirmed"}, {"decided_on": TODAY}]
)
def test_the_database_refuses_what_cannot_be(values: dict[str, Any], employee: Person) -> None:
    learning = factories.make_learning(employee)

    with pytest.raises(IntegrityError), transaction.atomic():
        ExternalLearning.objects.filter(pk=learning.pk).update(**values)
