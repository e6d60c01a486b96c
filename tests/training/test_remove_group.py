"""Taking a group out of a plan that people have by it: a look at who loses it, then just that."""

import re
from datetime import date
from typing import Any

import pytest

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.training.errors import PeopleChangedError, PlanArchivedError
from change_tracker.training.models import (
    Enrolment,
    EnrolmentReason,
    PlanAudience,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import (
    assign_plan,
    complete_record,
    grant_time,
    preview_removal,
    remove_rule,
)
from change_tracker.training.services.extending import ask_for_time
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import main_of, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
CREWS_DAY, DESK_DAY = date(2026, 11, 30), date(2026, 12, 18)


@pytest.fixture
def people() -> dict[str, Person]:
    """Ann, Bo and Cy are in the crews; Bo and Di are at the desk."""
    return {name: factories.make_person(name, login=True) for name in ("Ann", "Bo", "Cy", "Di")}


@pytest.fixture
def plan(lead: Person, people: dict[str, Person]) -> TrainingPlan:
    """Two activities, given to both groups; the crews have less time. Cy has done it all."""
    initiative = factories.make_initiative(title="One Front Door", lead=lead)
    plan = factories.make_plan(initiative, items=2, title="First week")
    crews = factories.make_audience(*(people[name] for name in ("Ann", "Bo", "Cy")), name="Crews")
    desk = factories.make_audience(people["Bo"], people["Di"], name="Desk")
    factories.make_rule(plan, crews, due_rule="fixed", due_on=CREWS_DAY)
    factories.make_rule(plan, desk, due_rule="fixed", due_on=DESK_DAY)
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    for record in records(people["Cy"]):
        complete_record(record=record, actor=user_of(people["Cy"]), today=TODAY, now=NOW)
    first = records(people["Ann"])[0]
    complete_record(record=first, actor=user_of(people["Ann"]), today=TODAY, now=NOW)
    return plan


@pytest.fixture
def crews(plan: TrainingPlan) -> PlanAudience:
    return plan.audiences.get(audience__name="Crews")


def user_of(person: Person) -> Any:
    return person.user


def records(person: Person) -> list[TrainingRecord]:
    return list(TrainingRecord.objects.filter(person=person).order_by("pk"))


def states() -> dict[str, str]:
    rows = Enrolment.objects.order_by("person__display_name")
    return dict(rows.values_list("person__display_name", "state"))


def remove(rule: PlanAudience, **values: Any) -> Any:
    return remove_rule(rule=rule, actor=None, today=TODAY, now=NOW, **values)


def test_who_has_it_by_no_other_group_loses_what_is_not_done(
    crews: PlanAudience, people: dict[str, Person]
) -> None:
    done = remove(crews)

    assert (done.withdrawn, done.kept, done.finished, done.staying) == (1, 1, 1, 1)
    assert states() == {
        "Ann": "withdrawn",
        "Bo": "active",
        "Cy": "completed",
        "Di": "active",
    }
    assert [each.state for each in records(people["Ann"])] == ["completed", "void"]
    assert records(people["Ann"])[1].left_on == TODAY
    assert [each.state for each in records(people["Cy"])] == ["completed", "completed"]
    assert not Enrolment.objects.get(person=people["Cy"]).periods.filter(is_open=True).exists()


def test_who_has_it_by_another_group_keeps_it_with_the_date_of_that(
    crews: PlanAudience, people: dict[str, Person]
) -> None:
    before = [each.due_revision for each in records(people["Bo"])]

    done = remove(crews)

    bo = records(people["Bo"])
    assert done.redated == 2
    assert [each.due_on for each in bo] == [DESK_DAY, DESK_DAY]
    assert [each.due_revision for each in bo] == [number + 1 for number in before]
    reasons = EnrolmentReason.objects.filter(enrolment__person=people["Bo"])
    assert [each.plan_audience.audience.name for each in reasons] == ["Desk"]
    assert [each.due_on for each in records(people["Di"])] == [DESK_DAY, DESK_DAY]


def test_the_earlier_date_of_the_group_that_stays_is_kept(
    plan: TrainingPlan, people: dict[str, Person]
) -> None:
    done = remove(plan.audiences.get(audience__name="Desk"))

    assert (done.withdrawn, done.staying, done.redated) == (1, 1, 0)
    assert [each.due_on for each in records(people["Bo"])] == [CREWS_DAY, CREWS_DAY]
    assert states()["Di"] == "withdrawn"


def test_more_time_that_was_granted_stays(
    crews: PlanAudience, people: dict[str, Person], lead: Person
) -> None:
    record, until = records(people["Bo"])[0], date(2026, 12, 4)
    asked = ask_for_time(
        record=record,
        wanted_on=until,
        reason="Ill",
        actor=user_of(people["Bo"]),
        today=TODAY,
        now=NOW,
    )
    grant_time(request=asked, due_on=until, answer="", actor=user_of(lead), today=TODAY, now=NOW)

    done = remove(crews)

    assert done.redated == 1
    assert [each.due_on for each in records(people["Bo"])] == [until, DESK_DAY]


def test_the_look_beforehand_writes_nothing_and_says_the_same(crews: PlanAudience) -> None:
    shown = preview_removal(rule=crews, today=TODAY)

    assert PlanAudience.objects.filter(pk=crews.pk).exists()
    assert states()["Ann"] == "active"
    assert remove(crews, expected=shown.digest) == shown


def test_anything_else_than_was_shown_is_refused(
    crews: PlanAudience, people: dict[str, Person]
) -> None:
    shown = preview_removal(rule=crews, today=TODAY)
    last = records(people["Ann"])[1]
    complete_record(record=last, actor=user_of(people["Ann"]), today=TODAY, now=NOW)

    with pytest.raises(PeopleChangedError):
        remove(crews, expected=shown.digest)

    assert PlanAudience.objects.filter(pk=crews.pk).exists()


def test_an_archived_plan_keeps_its_groups(crews: PlanAudience, plan: TrainingPlan) -> None:
    TrainingPlan.objects.filter(pk=plan.pk).update(state="archived")

    with pytest.raises(PlanArchivedError):
        remove(crews)


def test_the_group_comes_back_with_a_further_assignment(
    crews: PlanAudience, plan: TrainingPlan, people: dict[str, Person]
) -> None:
    remove(crews)
    factories.make_rule(plan, crews.audience, due_rule="fixed", due_on=CREWS_DAY)

    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)

    assert states()["Ann"] == "active"
    assert [each.state for each in records(people["Ann"])] == ["completed", "not_started"]
    assert [each.due_on for each in records(people["Bo"])] == [CREWS_DAY, CREWS_DAY]


def test_it_is_a_line_in_the_history_of_the_plan(crews: PlanAudience, plan: TrainingPlan) -> None:
    remove(crews)

    line = AuditEvent.objects.about(plan).get(verb="group_removed")
    assert line.changes["withdrawn"] == 1
    assert line.changes["group"] == crews.audience_id


def url_of(rule: PlanAudience) -> str:
    plan = rule.plan
    return f"/change/i/{plan.initiative.slug}/training/{plan.pk}/groups/{rule.pk}/remove/"


def digest_in(response: Any) -> dict[str, str]:
    found = re.search(r'name="digest" value="(\w+)"', main_of(response))
    return {"digest": found[1] if found else ""}


def test_the_page_says_who_loses_it_by_name_and_takes_the_group_out(
    crews: PlanAudience, plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), url_of(crews)
    edit = f"/change/i/{plan.initiative.slug}/training/{plan.pk}/edit/"
    assert url in page.get(edit).content.decode()

    check = page.get(url)
    after = page.post(url, digest_in(check), follow=True)

    text = words(check)
    assert "1 person loses the plan: what is not done is no longer asked of them." in text
    assert "1 completed record of theirs is kept." in text
    assert "1 person has finished it, and keeps that." in text
    assert "1 person has it by another group as well, and keeps it." in text
    assert "2 dates of theirs move to what the other groups say." in text
    assert "Ann" in text
    assert "Bo" not in text
    assert "“Crews” is out of the plan. 1 person is withdrawn." in words(after)
    assert states()["Ann"] == "withdrawn"


def test_what_changed_since_the_look_is_looked_at_again(
    crews: PlanAudience, people: dict[str, Person], lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), url_of(crews)
    shown = digest_in(page.get(url))
    last = records(people["Ann"])[1]
    complete_record(record=last, actor=user_of(people["Ann"]), today=TODAY, now=NOW)

    refused = page.post(url, shown)

    assert refused.status_code == 409
    assert "Nobody loses work by it." in words(refused)
    assert digest_in(refused) != shown
    assert page.post(url, digest_in(refused)).status_code == 302
    assert states()["Ann"] == "completed"


def test_who_gives_nobody_work_takes_no_work_away(crews: PlanAudience, sign_in: SignIn) -> None:
    root = factories.make_person("Root", login=factories.make_user("root", is_superuser=True))
    page, url = sign_in.page(root), url_of(crews)

    assert "its lead takes it out" in words(page.get(url))
    assert page.post(url).status_code == 409
    assert PlanAudience.objects.filter(pk=crews.pk).exists()


def test_another_system_looks_first_and_then_takes_it_out(
    crews: PlanAudience, lead: Person, sign_in: SignIn
) -> None:
    api, url = sign_in.api(lead), f"/change/api/v1/plan-audiences/{crews.pk}/"
    assert api.delete(url).status_code == 409

    shown = api.post(f"{url}remove/", {"dry_run": True}, format="json").json()
    stale = api.post(f"{url}remove/", {"digest": "0" * 64}, format="json")
    done = api.post(f"{url}remove/", {"digest": shown["digest"]}, format="json")

    assert (shown["withdrawn"], shown["kept"], shown["redated"]) == (1, 1, 2)
    assert (stale.status_code, stale.json()["code"]) == (409, "people_changed")
    assert (done.status_code, done.json()) == (200, shown)
    assert not PlanAudience.objects.filter(pk=crews.pk).exists()


def test_many_are_withdrawn_by_a_worker(plan: TrainingPlan, lead: Person, sign_in: SignIn) -> None:
    crowd = Person.objects.bulk_create(
        Person(external_id=f"m{n}", display_name=f"Person {n:03}") for n in range(201)
    )
    rule = factories.make_rule(plan, factories.make_audience(*crowd, name="Depot"))
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    rule.refresh_from_db()
    page, url = sign_in.page(lead), url_of(rule)
    check = page.get(url)

    response: Any = page.post(url, digest_in(check))

    assert "it is done in the background" in words(check)
    job = JobRun.objects.get()
    assert response.url == f"/change/jobs/{job.pk}/"
    assert job.title == "Taking “Depot” out of “First week”"
    run_jobs(clock=lambda: NOW)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 201, 201)
    assert job.summary == "“Depot” is out of the plan. 201 people are withdrawn."
    assert Enrolment.objects.filter(state="withdrawn").count() == 201
