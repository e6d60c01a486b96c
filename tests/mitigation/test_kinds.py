"""What only actions of one kind have: each field stays with its kind, on pages, API and admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from change_tracker.core.errors import MoveRefusedError
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.errors import EvaluationError, ForeignFieldError
from change_tracker.mitigation.kinds import EMPTY, OWN_FIELDS
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import (
    carry_over,
    change_action,
    move_action,
    plan_action,
)
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.mitigation.pages import action_url, actions_url

pytestmark = pytest.mark.django_db

#: A value for each field, as a caller of the API sends it.
FILLED: dict[str, Any] = {
    "sender": "Their own manager",
    "channel": "team",
    "message": "Nobody loses a job.",
    "times_planned": 6,
    "times_done": 2,
    "evaluated_on": TODAY.isoformat(),
    "evaluate_again_on": (TODAY + timedelta(days=90)).isoformat(),
    "tried": "A week without the old form",
    "expected": "Half the questions",
    "happened": "Twice the questions",
    "learnt": "Start with volunteers",
}


@pytest.fixture
def units() -> list[Any]:
    return [factories.make_unit(name) for name in ("Repairs", "Sales")]


def test_every_field_belongs_to_a_kind() -> None:
    assert {name for names in OWN_FIELDS.values() for name in names} == set(EMPTY)
    assert set(FILLED) | {"units"} == set(EMPTY)


def test_each_kind_takes_its_own_fields_and_refuses_those_of_others(
    sign_in: SignIn,
    lead: Person,
    initiative: Initiative,
    source: ResistanceSource,
    units: list[Any],
) -> None:
    api = sign_in.api(lead)
    filled = FILLED | {"units": [each.pk for each in units]}
    body = {"initiative": initiative.pk, "sources": [source.pk], "title": "Work"}
    for kind, names in OWN_FIELDS.items():
        own = {name: filled[name] for name in names}
        made = api.post("/change/api/v1/actions/", body | {"kind": kind} | own)

        assert made.status_code == 201, made.json()
        assert {name: made.json()[name] for name in names} == own
        url = f"/change/api/v1/actions/{made.json()['id']}/"
        for name in set(filled) - set(names):
            refused = api.patch(url, {name: filled[name]})
            assert (refused.status_code, refused.json()["code"]) == (409, "foreign_field"), name


def test_another_kind_empties_what_only_the_one_before_has(
    action: MitigationAction, lead: Person, units: list[Any]
) -> None:
    change_action(action, actor=lead.user, now=NOW, sender="Tom", message="We stay.")

    change_action(action, actor=lead.user, now=NOW, kind="collaboration", units=units)
    assert (action.sender, action.message) == ("", "")
    assert AuditEvent.objects.latest("pk").changes["units"] == sorted(each.pk for each in units)

    change_action(action, actor=lead.user, now=NOW, kind="experiment", tried="Less")
    assert not action.units.exists()


def test_a_plan_with_a_field_of_another_kind_plans_nothing(
    initiative: Initiative, source: ResistanceSource
) -> None:
    work: dict[str, Any] = {"initiative": initiative, "sources": [source], "title": "Work"}
    with pytest.raises(ForeignFieldError, match="what was learnt"):
        plan_action(**work, kind="tools", learnt="Much", actor=None, now=NOW)
    with pytest.raises(EvaluationError):
        plan_action(
            **work, kind="tools", evaluated_on=TODAY, evaluate_again_on=TODAY, actor=None, now=NOW
        )

    assert not MitigationAction.objects.exists()


def test_collaboration_begins_with_two_units_and_not_with_one(
    action: MitigationAction, lead: Person, units: list[Any]
) -> None:
    by: dict[str, Any] = {"actor": lead.user, "now": NOW}
    change_action(action, kind="collaboration", units=units[:1], **by)
    with pytest.raises(MoveRefusedError, match="at least two units"):
        move_action(action, to="in_progress", **by)

    change_action(action, units=units, **by)
    assert move_action(action, to="in_progress", **by).state == "in_progress"


def test_work_that_is_carried_over_takes_what_only_its_kind_has_along(
    action: MitigationAction, lead: Person, units: list[Any]
) -> None:
    by: dict[str, Any] = {"actor": lead.user, "now": NOW}
    change_action(action, kind="collaboration", units=units, **by)
    there = factories.make_source(factories.make_initiative(lead=lead))

    assert set(carry_over(action, sources=[there], **by).units.all()) == set(units)


@pytest.mark.parametrize("kind", sorted(OWN_FIELDS))
def test_the_form_of_a_kind_asks_for_its_fields_alone(
    sign_in: SignIn, action: MitigationAction, lead: Person, units: list[Any], kind: str
) -> None:
    change_action(action, kind=kind, actor=lead.user, now=NOW)
    client: Client = sign_in.page(lead)
    form = client.get(action_url(action, "details/")).context["form"]
    assert set(form.fields) == {*OWN_FIELDS[kind], "version"}

    filled = FILLED | {"units": [each.pk for each in units], "version": action.version}
    sent = {name: filled[name] for name in form.fields}
    assert client.post(action_url(action, "details/"), sent).status_code == 302

    page = client.get(action_url(action))
    shown = page.content.decode()
    words = {"coaching": "2 of 6", "recognition": "2 of 6", "collaboration": "Repairs, Sales"}
    assert words.get(kind, str(FILLED.get(OWN_FIELDS[kind][0], ""))) in shown or kind == "tools"
    action.refresh_from_db()
    assert action.version == filled["version"] + 1


def test_a_kind_without_fields_has_no_form_and_is_planned_at_once(
    sign_in: SignIn, lead: Person, action: MitigationAction, source: ResistanceSource
) -> None:
    client: Client = sign_in.page(lead)
    sent = {"sources": [source.pk], "title": "Say sorry", "kind": "leadership"}
    planned = client.post(actions_url(action.initiative, "new/"), sent)
    made = MitigationAction.objects.latest("pk")
    assert planned.headers["Location"] == action_url(made)
    assert client.get(action_url(made, "details/")).headers["Location"] == action_url(made)

    planned = client.post(actions_url(action.initiative, "new/"), sent | {"kind": "tools"})
    made = MitigationAction.objects.latest("pk")
    assert planned.headers["Location"] == action_url(made, "details/")


def test_what_is_sent_after_the_kind_lost_its_form_is_told_to_have_no_place(
    sign_in: SignIn, lead: Person, action: MitigationAction
) -> None:
    change_action(action, kind="leadership", actor=lead.user, now=NOW)

    late = sign_in.page(lead).post(
        action_url(action, "details/"), {"message": "Come.", "version": 1}, follow=True
    )

    assert late.redirect_chain == [(action_url(action), 302)]
    assert "Nothing is saved: this is not possible any more." in late.content.decode()


def test_tools_are_evaluated_again_after_they_were_evaluated(
    sign_in: SignIn, action: MitigationAction, lead: Person
) -> None:
    change_action(action, kind="tools", actor=lead.user, now=NOW)
    day = TODAY.isoformat()
    sent = {"evaluated_on": day, "evaluate_again_on": day, "version": action.version}

    answer = sign_in.page(lead).post(action_url(action, "details/"), sent)

    assert answer.status_code == 400
    assert "after the last evaluation" in answer.content.decode()


def test_the_communication_plan_is_dated_and_says_who_says_what_how(
    sign_in: SignIn, action: MitigationAction, lead: Person
) -> None:
    said = {name: FILLED[name] for name in OWN_FIELDS["communication"]}
    change_action(action, due_on=TODAY, actor=lead.user, now=NOW, **said)
    factories.make_action(action.initiative, kind="tools", title="Tickets")
    factories.make_action(action.initiative, title="Given up", state="cancelled")
    client: Client = sign_in.page(lead)

    page = client.get(actions_url(action.initiative, "communication/"))
    file = b"".join(
        client.get(actions_url(action.initiative, "communication.csv")).streaming_content  # type: ignore[attr-defined]  # a stream
    ).decode()

    shown = page.content.decode()
    assert [line["action"].pk for line in page.context["lines"]] == [action.pk]
    for words in ("Their own manager", "Talk in the team", "Nobody loses a job."):
        assert words in shown
    assert f"Town hall,{TODAY.isoformat()},planned" in file
    assert "Their own manager,talk in the team,Nobody loses a job." in file
    assert "Given up" not in file


def test_experiments_show_what_failed_beside_what_worked(
    sign_in: SignIn, lead: Person, initiative: Initiative
) -> None:
    for title, state in (("A", "planned"), ("B", "effective"), ("C", "ineffective")):
        factories.make_action(
            initiative,
            kind="experiment",
            title=title,
            state=state,
            done_on=TODAY,
            learnt=f"{title}!",
        )

    page = sign_in.page(lead).get(actions_url(initiative, "experiments/"))

    stages = page.context["stages"]
    titles = {stage: [each["action"].title for each in some] for stage, some in stages.items()}
    assert titles == {"running": ["A"], "worked": ["B"], "failed": ["C"]}
    assert "C!" in page.content.decode()


def test_tools_stand_by_when_they_are_evaluated_again(
    sign_in: SignIn, lead: Person, initiative: Initiative, on_the_day: None
) -> None:
    for title, days in (("Late", -3), ("Never", None), ("Soon", 5)):
        again = None if days is None else TODAY + timedelta(days=days)
        factories.make_action(initiative, kind="tools", title=title, evaluate_again_on=again)

    page = sign_in.page(lead).get(actions_url(initiative, "tools/"))

    lines = page.context["lines"]
    assert [each["action"].title for each in lines] == ["Late", "Soon", "Never"]
    assert [each["chip"] and each["chip"].kind for each in lines] == ["late", "soon", None]


def test_the_admin_asks_for_the_fields_of_the_kind_alone(
    sign_in: SignIn, action: MitigationAction, lead: Person
) -> None:
    ada = factories.make_user("ada", is_superuser=True, is_staff=True)
    person = factories.make_person("Ada", login=ada)
    factories.make_role(action.initiative, person, "lead")
    client = sign_in.page(person)
    change_action(action, kind="experiment", actor=lead.user, now=NOW)
    url = f"/admin/change_tracker/mitigationaction/{action.pk}/change/"

    fields = client.get(url).context["adminform"].form.fields
    before = client.get("/admin/change_tracker/mitigationaction/add/")

    assert set(EMPTY) & set(fields) == set(OWN_FIELDS["experiment"])
    assert not set(EMPTY) & set(before.context["adminform"].form.fields)
