"""What only one kind of action has goes from an initiative into a playbook, and on from there."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import change_initiative
from change_tracker.mitigation.errors import ForeignFieldError
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import change_action
from change_tracker.people.models import OrgUnit, Person
from change_tracker.playbooks.models import Playbook
from change_tracker.playbooks.services import (
    Outcome,
    Taking,
    apply_playbook,
    change_line,
    propose,
    save_playbook,
    worth_saving,
)
from change_tracker.resistance.services.checking import check_pack
from change_tracker.resistance.services.exporting import export_pack
from change_tracker.resistance.services.packs import PackError, read_pack
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.playbooks.conftest import TODAY
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BY: Any = {"actor": None, "now": NOW}
#: By kind: what was meant, and what came of it.
SAID: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "communication": (
        {"sender": "Tom Reyes", "channel": "meeting", "message": "Nobody is sent home."},
        {},
    ),
    "coaching": ({"times_planned": 6}, {"times_done": 2}),
    "recognition": ({"times_planned": 3}, {"times_done": 1}),
    "experiment": (
        {"tried": "One team without forms", "expected": "Fewer calls"},
        {"happened": "More calls", "learnt": "Say it first"},
    ),
    "tools": ({}, {"evaluated_on": TODAY}),
}
#: Elsewhere it is said by whoever has the part there.
IN_ANY_INITIATIVE = {"communication": {"sender": "sponsor"}}


@pytest.fixture
def units(db: None) -> list[OrgUnit]:
    return [factories.make_unit(name) for name in ("Repairs", "Desk")]


@pytest.fixture
def saved(initiative: Initiative, units: list[OrgUnit]) -> Playbook:
    """A playbook of one action of each kind that has something of its own."""
    assert initiative.go_live_on
    source = factories.make_source(initiative)
    for kind, (meant, came) in SAID.items():
        factories.make_action(initiative, sources=[source], kind=kind, title=kind, **meant, **came)
    MitigationAction.objects.filter(kind="tools").update(
        evaluate_again_on=initiative.go_live_on + 30 * DAY
    )
    factories.make_action(
        initiative, sources=[source], kind="collaboration", title="both"
    ).units.set(units)
    return save(initiative)


def save(initiative: Initiative, **more: Any) -> Playbook:
    values = {"initiative": initiative, "label": "Ours", "actions": worth_saving(initiative)}
    return save_playbook(**values, **BY, **more)


@pytest.fixture
def elsewhere(lead: Person) -> Initiative:
    """Another initiative, which goes live on a Monday some weeks later."""
    made = factories.make_initiative(lead=lead)
    Initiative.objects.filter(pk=made.pk).update(
        go_live_on=TODAY + (7 - TODAY.weekday() + 84) * DAY
    )
    made.refresh_from_db()
    return made


def by_kind(initiative: Initiative) -> dict[str, MitigationAction]:
    return {row.kind: row for row in MitigationAction.objects.filter(initiative=initiative)}


def outcome(playbook: Playbook, initiative: Initiative, title: str) -> str:
    lines = propose(Playbook.objects.get(pk=playbook.pk), initiative, TODAY).lines
    return next(line.outcome for line in lines if line.title == title)


def test_what_was_meant_goes_along_and_what_came_of_it_does_not(
    saved: Playbook, elsewhere: Initiative, units: list[OrgUnit]
) -> None:
    apply_playbook(saved, initiative=elsewhere, **BY)

    made = by_kind(elsewhere)
    for kind, (meant, _came) in SAID.items():
        for name, value in (meant | IN_ANY_INITIATIVE.get(kind, {})).items():
            assert getattr(made[kind], name) == value
    assert (made["coaching"].times_done, made["recognition"].times_done) == (0, 0)
    assert (made["experiment"].happened, made["experiment"].learnt) == ("", "")
    assert made["tools"].evaluated_on is None
    assert elsewhere.go_live_on
    assert made["tools"].evaluate_again_on == elsewhere.go_live_on + 30 * DAY
    assert set(made["collaboration"].units.all()) == set(units)


def test_the_next_version_reaches_what_nobody_edited(
    saved: Playbook, initiative: Initiative, elsewhere: Initiative, units: list[OrgUnit]
) -> None:
    apply_playbook(saved, initiative=elsewhere, **BY)
    there, here = by_kind(elsewhere), by_kind(initiative)
    change_action(there["experiment"], expected="Far fewer calls", **BY)
    change_action(here["communication"], message="Nobody loses their place.", **BY)
    change_action(here["experiment"], tried="Two teams without forms", **BY)
    third = factories.make_unit("Store")
    change_action(here["collaboration"], units=[*units, third], **BY)
    save(initiative, replaces=saved)

    assert outcome(saved, elsewhere, "communication") == Outcome.CHANGED
    assert outcome(saved, elsewhere, "experiment") == Outcome.EDITED
    assert outcome(saved, elsewhere, "both") == Outcome.CHANGED
    assert outcome(saved, elsewhere, "coaching") == Outcome.SAME
    apply_playbook(Playbook.objects.get(pk=saved.pk), initiative=elsewhere, **BY)

    fresh = by_kind(elsewhere)
    assert fresh["communication"].message == "Nobody loses their place."
    assert fresh["experiment"].tried == "One team without forms"
    assert set(fresh["collaboration"].units.all()) == {*units, third}
    assert outcome(saved, elsewhere, "both") == Outcome.SAME


def test_units_that_were_chosen_here_are_an_edit(
    saved: Playbook, initiative: Initiative, elsewhere: Initiative, units: list[OrgUnit]
) -> None:
    apply_playbook(saved, initiative=elsewhere, **BY)
    third = factories.make_unit("Store")
    change_action(by_kind(elsewhere)["collaboration"], units=[units[0], third], **BY)
    change_action(by_kind(initiative)["collaboration"], title="both", description="More", **BY)
    save(initiative, replaces=saved)

    assert outcome(saved, elsewhere, "both") == Outcome.EDITED


def test_the_next_evaluation_of_a_tool_follows_go_live_until_it_was_evaluated(
    saved: Playbook, elsewhere: Initiative
) -> None:
    apply_playbook(saved, initiative=elsewhere, **BY)
    assert elsewhere.go_live_on
    elsewhere = change_initiative(elsewhere, go_live_on=elsewhere.go_live_on + 7 * DAY, **BY)
    assert elsewhere.go_live_on
    tool = by_kind(elsewhere)["tools"]
    again = elsewhere.go_live_on + 30 * DAY
    assert tool.evaluate_again_on == again

    change_action(tool, evaluated_on=again - 2 * DAY, **BY)
    change_initiative(elsewhere, go_live_on=elsewhere.go_live_on - 14 * DAY, **BY)

    assert by_kind(elsewhere)["tools"].evaluate_again_on == again


def test_the_page_of_a_playbook_says_it(saved: Playbook, lead: Person, sign_in: SignIn) -> None:
    text = words(sign_in.page(lead).get(f"/change/playbooks/{saved.slug}/"))

    assert "Who says it sponsor Channel Meeting for everybody Message Nobody is sent" in text
    assert "How often it is planned 6" in text
    assert "Evaluate again 30 days after go-live" in text
    assert "Units that work together Desk, Repairs" in text
    assert "More calls" not in text


def test_the_api_says_it_and_an_exported_pack_leaves_out_the_units_of_the_site(
    saved: Playbook, lead: Person, units: list[OrgUnit], sign_in: SignIn
) -> None:
    answer = sign_in.api(lead).get(f"/change/api/v1/playbooks/{saved.pk}/").json()
    said = {line["label"]: line for line in answer["lines_of_actions"]}

    assert said["coaching"]["times_planned"] == 6
    assert said["experiment"]["tried"] == "One team without forms"
    assert sorted(said["both"]["units"]) == sorted(unit.pk for unit in units)
    pack = export_pack("ours")
    lines = {line["label"]: line for each in pack["playbooks"] for line in each["actions"]}
    assert lines["communication"]["message"] == "Nobody is sent home."
    assert lines["tools"]["again_days"] == 30
    assert "units" not in lines["both"]


def test_a_line_holds_nothing_that_its_kind_does_not_have(saved: Playbook) -> None:
    line = saved.actions.get(label="coaching")

    with pytest.raises(ForeignFieldError):
        change_line(line, message="Hello", **BY)

    assert saved.actions.get(label="coaching").message == ""


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ({"action_kind": "coaching", "message": "Hello"}, "message"),
        ({"action_kind": "communication", "times_planned": 3}, "times_planned"),
        ({"strategy": "say-it", "tried": "Something"}, "tried"),
        ({"action_kind": "communication", "sender": "x" * 201}, "sender"),
        ({"action_kind": "communication", "channel": "pigeon"}, "channel"),
    ],
)
def test_a_pack_with_a_field_of_another_kind_is_refused_with_its_place(
    action: dict[str, Any], field: str
) -> None:
    pack = copy.deepcopy(read_pack())
    pack["strategies"].append({"slug": "say-it", "label": "Say it", "action_kind": "communication"})
    answers = [pack["sources"][0]["slug"]]
    line = {"slug": "first", "label": "First", "answers": answers} | action
    pack["playbooks"][0]["actions"] = [line]
    if action.get("strategy"):
        for each in pack["playbooks"]:
            each["actions"] = [line]

    with pytest.raises(PackError) as refused:
        check_pack(pack)

    slug = pack["playbooks"][0]["slug"]
    said = {f"{each.entry}/{each.field}" for each in refused.value.problems}
    assert f"playbooks/{slug}/actions/first/{field}" in said


def test_a_long_playbook_takes_as_many_statements_as_a_short_one(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    kind = factories.make_source_type()
    group = factories.make_audience(employee)

    def playbook(lines: int) -> Playbook:
        book = Playbook.objects.create(slug=f"of-{lines}", label=f"Of {lines}", plan_title="Learn")
        for number in range(lines):
            line = book.actions.create(
                slug=f"a-{number}", label=f"Action {number}", action_kind="tools", days=number
            )
            line.answers.set([kind])
            book.items.create(slug=f"i-{number}", label=f"Of {lines}: {number}")
        return book

    def statements(book: Playbook) -> int:
        fresh = Playbook.objects.get(pk=book.pk)
        with CaptureQueriesContext(connection) as queries:
            apply_playbook(fresh, initiative=target, **BY, taking=taking)
        return len(queries)

    taking = Taking(groups=[group], owner=lead)
    counts = []
    for lines in (2, 30):  # with more, SQLite takes its rows in portions
        book, target = playbook(lines), factories.make_initiative(lead=lead)
        first = statements(book)
        book.actions.update(description="Said better.", minutes=5)
        Playbook.objects.filter(pk=book.pk).update(version=2)
        counts.append((first, statements(book)))
    assert counts[0] == counts[1]
    assert MitigationAction.objects.filter(minutes=5).count() == 32


def test_so_does_saving_one(initiative: Initiative, units: list[OrgUnit]) -> None:
    source = factories.make_source(initiative)

    def statements() -> int:
        rows = list(worth_saving(initiative))
        with CaptureQueriesContext(connection) as queries:
            save_playbook(initiative=initiative, label="Ours", actions=rows, **BY)
        return len(queries)

    factories.make_action(initiative, sources=[source], kind="collaboration").units.set(units)
    few = statements()
    for _number in range(20):
        factories.make_action(initiative, sources=[source], kind="collaboration").units.set(units)
    assert statements() == few


def test_nothing_is_saved_of_nothing(initiative: Initiative) -> None:
    with pytest.raises(ValidationError):
        save_playbook(initiative=initiative, label="Ours", actions=[], **BY)
