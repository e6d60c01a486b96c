"""A plan may let people who leave its group go on with it."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from change_tracker.people.models import AudienceClause, Person
from change_tracker.people.points import PeopleChange
from change_tracker.people.services.audiences import Clause, preview_clauses, set_clauses
from change_tracker.training.hooks import LEAVERS
from change_tracker.training.models import Enrolment, EnrolmentReason, PlanAudience, TrainingPlan
from change_tracker.training.services import (
    assign_plan,
    change_rule,
    preview_assignment,
    preview_removal,
    remove_rule,
    withdraw_enrolment,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def ann() -> Person:
    return factories.make_person("Ann")


@pytest.fixture
def rule(lead: Person, ann: Person) -> PlanAudience:
    """Ann and Bo have a plan by their group; whoever leaves it keeps the plan."""
    initiative = factories.make_initiative(title="One Front Door", lead=lead)
    plan = factories.make_plan(initiative, items=2, title="First week")
    crews = factories.make_audience(ann, factories.make_person("Bo"), name="Crews")
    for person in Person.objects.filter(display_name__in=["Ann", "Bo"]):
        AudienceClause.objects.create(audience=crews, kind="person", person=person)
    rule = factories.make_rule(plan, crews, on_leave="keep")
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    rule.refresh_from_db()
    return rule


def only_bo() -> list[Clause]:
    return [Clause(kind="person", person=Person.objects.get(display_name="Bo"))]


def leave(rule: PlanAudience) -> Any:
    return set_clauses(audience=rule.audience, clauses=only_bo(), actor=None, today=TODAY, now=NOW)


def of(person: Person) -> Enrolment:
    return Enrolment.objects.get(person=person)


def test_who_leaves_goes_on_with_it_and_the_preview_says_so(
    rule: PlanAudience, ann: Person
) -> None:
    said = ("1 unfinished plan of a person stays: whoever leaves keeps it.",)
    shown = preview_clauses(audience=rule.audience, clauses=only_bo(), today=TODAY, now=NOW)

    change = leave(rule)

    assert shown.changes[0].follows == said
    assert change.follows == said
    assert of(ann).state == "active"
    assert of(ann).periods.filter(is_open=True).exists()
    assert set(of(ann).records.values_list("state", flat=True)) == {"not_started"}
    assert EnrolmentReason.objects.filter(enrolment=of(ann), plan_audience=rule).exists()


def test_by_default_who_leaves_is_withdrawn(rule: PlanAudience, ann: Person) -> None:
    change_rule(rule, on_leave="withdraw", actor=None, now=NOW)

    change = leave(rule)

    assert change.follows == (
        "1 unfinished plan of a person is withdrawn, 0 completed records are kept.",
    )
    assert of(ann).state == "withdrawn"


def test_who_has_finished_is_no_open_enrolment(rule: PlanAudience, ann: Person) -> None:
    Enrolment.objects.filter(person=ann).update(state="completed")

    assert leave(rule).follows == ()
    assert of(ann).state == "completed"


def test_who_leaves_the_company_keeps_nothing_to_do(rule: PlanAudience, ann: Person) -> None:
    LEAVERS.apply(PeopleChange(today=TODAY, leavers=[ann.pk]), actor=None, now=NOW)
    leave(rule)

    assert of(ann).state == "withdrawn"


def test_assigning_again_leaves_who_left_as_they_are(rule: PlanAudience, ann: Person) -> None:
    leave(rule)

    done = assign_plan(plan=rule.plan, actor=None, today=TODAY, now=NOW)

    assert (done.enrolled, done.rejoined, done.redated) == (0, 0, 0)
    assert of(ann).state == "active"


def test_taking_the_group_out_reaches_who_left_as_well(rule: PlanAudience, ann: Person) -> None:
    leave(rule)

    shown = preview_removal(rule=rule, today=TODAY)
    remove_rule(rule=rule, actor=None, today=TODAY, now=NOW, expected=shown.digest)

    assert shown.withdrawn == 2
    assert of(ann).state == "withdrawn"


def test_a_lead_can_still_withdraw_them(rule: PlanAudience, ann: Person, lead: Person) -> None:
    leave(rule)

    withdraw_enrolment(enrolment=of(ann), reason="Moved", actor=lead.user, today=TODAY, now=NOW)

    assert of(ann).state == "withdrawn"


def test_saying_so_sets_no_date_anew(rule: PlanAudience) -> None:
    changed = change_rule(rule, on_leave="withdraw", actor=None, now=NOW)

    assert not changed.was_edited_since()
    assert preview_assignment(plan=rule.plan, today=TODAY).redated == 0
    later = change_rule(changed, due_on=date(2026, 12, 18), actor=None, now=NOW)
    also = change_rule(later, on_leave="keep", actor=None, now=NOW)
    assert also.was_edited_since()


def test_there_are_no_other_values(rule: PlanAudience) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanAudience.objects.filter(pk=rule.pk).update(on_leave="forget")


def url_of(plan: TrainingPlan, rest: str) -> str:
    return f"/change/i/{plan.initiative.slug}/training/{plan.pk}/{rest}"


def test_a_lead_says_it_with_the_group_and_reads_it_there(
    rule: PlanAudience, lead: Person, sign_in: SignIn
) -> None:
    page, plan = sign_in.page(lead), rule.plan
    desk = factories.make_audience(name="Desk")
    desk.created_by = lead.user
    desk.save()
    sent = {"due_rule": "", "due_unit": "days", "on_leave": "keep"}

    form = page.get(url_of(plan, "groups/new/"))
    page.post(url_of(plan, "groups/new/"), sent | {"audience": desk.pk})
    changed = page.post(
        url_of(plan, f"groups/{rule.pk}/edit/"),
        {
            "due_rule": "fixed",
            "due_on": "2026-11-30",
            "due_unit": "days",
            "on_leave": "withdraw",
            "version": rule.version,
        },
        follow=True,
    )

    assert "What if somebody leaves the group?" in words(form)
    assert PlanAudience.objects.get(audience=desk).on_leave == "keep"
    rule.refresh_from_db()
    assert rule.on_leave == "withdraw"
    assert "The rule is changed." in words(changed)
    assert "Nobody gets another date until" not in words(changed)
    assert words(page.get(url_of(plan, ""))).count("Whoever leaves the group keeps it") == 1


def test_another_system_says_it_too(rule: PlanAudience, lead: Person, sign_in: SignIn) -> None:
    api, url = sign_in.api(lead), f"/change/api/v1/plan-audiences/{rule.pk}/"

    assert api.get(url).json()["on_leave"] == "keep"
    assert api.patch(url, {"on_leave": "withdraw"}, format="json").json()["on_leave"] == "withdraw"
    assert api.patch(url, {"on_leave": "forget"}, format="json").status_code == 400
