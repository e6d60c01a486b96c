"""Applying a playbook: as previewed, in one step, once, and its next version on top."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from change_tracker.core.errors import StaleRowError
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import InitiativeEndedError
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import change_action, delete_action, move_action
from change_tracker.people.models import Holiday, Person
from change_tracker.playbooks.models import Playbook, PlaybookStep, PlaybookUse
from change_tracker.playbooks.rules import Moved
from change_tracker.playbooks.services import (
    Applied,
    Outcome,
    Taking,
    apply_playbook,
    change_line,
    propose,
    remove_line,
)
from change_tracker.playbooks.services.proposing import NOBODY, action_digest
from change_tracker.resistance.models import ResistanceSource, SourceType
from change_tracker.resistance.services.catalogue import load_catalogue
from change_tracker.resistance.services.packs import read_pack
from change_tracker.training.models import LearningActivity, TrainingPlan
from tests import factories
from tests.factories import NOW
from tests.playbooks.conftest import TODAY

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def apply(playbook: Playbook, initiative: Initiative, **taking: Any) -> Applied:
    fresh = Playbook.objects.get(pk=playbook.pk)
    return apply_playbook(
        fresh, initiative=initiative, taking=Taking(**taking), actor=None, now=NOW
    )


def outcomes(playbook: Playbook, initiative: Initiative) -> dict[str, str]:
    fresh = Playbook.objects.get(pk=playbook.pk)
    return {line.slug: line.outcome for line in propose(fresh, initiative, TODAY).lines}


def made(initiative: Initiative) -> list[int]:
    models: Any = (MitigationAction, ResistanceSource, TrainingPlan, LearningActivity)
    return [model.objects.filter(initiative=initiative).count() for model in models]


def test_it_does_what_the_preview_says(
    playbook: Playbook, initiative: Initiative, lead: Person
) -> None:
    assert initiative.go_live_on
    Holiday.objects.create(day=initiative.go_live_on - 49 * DAY, name="A day off")
    heard = factories.make_source(initiative, type=SourceType.objects.get(slug="fear-of-change"))
    preview = propose(playbook, initiative, TODAY)
    groups = [each.audience for each in initiative.affected_groups.select_related("audience")]

    applied = apply(playbook, initiative, groups=groups, owner=lead)

    due = {line.title: line.due.on for line in preview.lines if line.kind == "action"}
    assert {action.title: action.due_on for action in applied.planned} == due
    assert {line.due.moved for line in preview.lines} >= {Moved.HOLIDAY}
    assert [each.type for each in applied.expected] == preview.types
    assert heard.type not in preview.types
    told = next(each for each in applied.planned if each.title.startswith("Write down"))
    assert list(told.sources.all()) == [heard]
    for action in applied.planned:
        assert (action.owner, list(action.audiences.all())) == (lead, groups)
        assert action.strategy
        assert action.kind == action.strategy.action_kind
    plan = TrainingPlan.objects.get(initiative=initiative)
    assert (plan.state, plan.action, plan.is_sequential) == (
        "draft",
        next(each for each in applied.planned if each.kind == "training"),
        True,
    )
    assert [item.activity.title for item in plan.items.all()] == [
        line.title for line in preview.lines if line.kind == "item"
    ]
    rule = plan.audiences.get()
    assert (rule.audience, rule.due_rule, rule.due_days) == (groups[0], "before_go_live", 5)
    event = AuditEvent.objects.get(verb="applied")
    assert event.scope == initiative.audit_scope
    assert event.changes["planned"] == [action.pk for action in applied.planned]


def test_a_second_press_writes_nothing(playbook: Playbook, initiative: Initiative) -> None:
    apply(playbook, initiative)
    there, events = made(initiative), AuditEvent.objects.count()

    again = apply(playbook, initiative)

    assert again.is_nothing
    assert (made(initiative), AuditEvent.objects.count()) == (there, events)
    assert PlaybookUse.objects.count() == 1


def test_what_was_left_out_can_be_taken_later(playbook: Playbook, initiative: Initiative) -> None:
    first = apply(playbook, initiative, keys=["action:say-why"])
    assert [action.title for action in first.planned] == [playbook.actions.all()[0].label]
    assert not first.items

    rest = apply(playbook, initiative)

    assert len(rest.planned) == playbook.actions.count() - 1
    assert len(rest.items) == playbook.items.count()


def test_an_activity_of_the_library_is_used_rather_than_made_again(
    playbook: Playbook, initiative: Initiative
) -> None:
    shared = factories.make_activity(None, title="Listening before answering")

    applied = apply(playbook, initiative)

    assert shared in [item.activity for item in applied.items]
    assert LearningActivity.objects.filter(initiative=initiative).count() == 3


def test_a_failed_attempt_asks_what_went_wrong(catalogue: None, initiative: Initiative) -> None:
    playbook = Playbook.objects.get(slug="after-a-failed-attempt")
    assert propose(playbook, initiative, TODAY).asks_last_time
    with pytest.raises(ValidationError):
        apply(playbook, initiative)
    assert made(initiative) == [0, 0, 0, 0]

    apply(playbook, initiative, last_time="It was too much.", this_time="One team first.")

    source = ResistanceSource.objects.get(type__slug="negative-past-experiences")
    assert (source.last_time, source.this_time) == ("It was too much.", "One team first.")
    assert not propose(playbook, initiative, TODAY).asks_last_time


def test_nothing_is_applied_to_what_has_ended_or_was_not_previewed(
    playbook: Playbook, initiative: Initiative
) -> None:
    with pytest.raises(StaleRowError):
        apply_playbook(playbook, initiative=initiative, expected_version=9, actor=None, now=NOW)
    Initiative.objects.filter(pk=initiative.pk).update(state="closed")
    with pytest.raises(InitiativeEndedError):
        apply(playbook, initiative)
    assert made(initiative) == [0, 0, 0, 0]


def test_the_next_version_adds_what_is_new_and_leaves_alone_what_was_edited(
    playbook: Playbook, initiative: Initiative, lead: Person
) -> None:
    applied = apply(playbook, initiative)
    actions = {action.title: action for action in applied.planned}
    lines = {line.slug: line for line in playbook.actions.all()}
    said = lines["say-why"].description
    by: Any = {"actor": None, "now": NOW}
    change_action(actions[lines["say-why"].label], title="Say why, in our words", **by)
    move_action(actions[lines["free-hours"].label], to="in_progress", **by)
    delete_action(actions[lines["look-at-the-tools"].label], **by)
    # Who does it, and how far it is, are no edits of what came from the playbook.
    change_action(actions[lines["answer-questions"].label], owner=lead, position=5, **by)
    for slug in ("say-why", "free-hours", "look-at-the-tools", "answer-questions"):
        change_line(lines[slug], description="Said better.", **by)
    remove_line(lines["train-everyone"], **by)
    type_ = SourceType.objects.get(slug="silos")
    values: Any = {"slug": "more", "label": "One more", "action_kind": "tools", "days": 5}
    # A line that the next version of the pack brings.
    playbook.actions.create(**values).answers.set([type_])

    before = outcomes(playbook, initiative)
    assert {slug: before[slug] for slug in before if before[slug] != Outcome.SAME} == {
        "say-why": Outcome.EDITED,
        "free-hours": Outcome.BEGUN,
        "look-at-the-tools": Outcome.GONE,
        "answer-questions": Outcome.CHANGED,
        "train-everyone": Outcome.DROPPED,
        "more": Outcome.NEW,
    }
    upgraded = apply(playbook, initiative)

    assert [action.title for action in upgraded.planned] == ["One more"]
    assert [action.description for action in upgraded.changed] == ["Said better."]
    assert {line.slug for line in upgraded.left_alone} == {
        *("say-why", "free-hours", "look-at-the-tools", "train-everyone"),
    }
    mine = actions[lines["say-why"].label]
    mine.refresh_from_db()
    assert (mine.title, mine.description) == ("Say why, in our words", said)
    assert PlaybookUse.objects.get().taken_version == Playbook.objects.get(pk=playbook.pk).version
    assert apply(playbook, initiative).is_nothing


def test_a_training_plan_that_people_have_is_not_changed(
    playbook: Playbook, initiative: Initiative
) -> None:
    apply(playbook, initiative)
    TrainingPlan.objects.update(state="published")
    by: Any = {"actor": None, "now": NOW}
    item = playbook.items.all()[0]
    change_line(item, minutes=90, **by)
    playbook.items.create(slug="more", label="One more")

    assert apply(playbook, initiative).items == []
    told = outcomes(playbook, initiative)
    assert (told[item.slug], told["more"]) == (Outcome.KEPT, Outcome.REVISE)


def test_a_later_pack_brings_a_later_version(playbook: Playbook, initiative: Initiative) -> None:
    content = copy.deepcopy(read_pack())
    content["version"] += 1
    content["playbooks"][0]["actions"][0]["days"] = -60
    apply(playbook, initiative)

    report = load_catalogue(content, actor=None, now=NOW)

    assert report.updated == ["playbooks/front-line-before-go-live"]
    assert Playbook.objects.get(pk=playbook.pk).version == 2
    assert outcomes(playbook, initiative)["say-why"] == Outcome.CHANGED


def test_what_the_next_version_answers_beside_is_answered_by_the_action_as_well(
    initiative: Initiative,
) -> None:
    first, more = (factories.make_source_type() for _ in range(2))
    playbook = factories.make_playbook(first)
    (action,) = apply(playbook, initiative).planned
    answered = action.sources.get()
    ResistanceSource.objects.filter(pk=answered.pk).update(state="dismissed")
    change_line(playbook.actions.get(), answers=[first, more], actor=None, now=NOW)

    proposal = propose(Playbook.objects.get(pk=playbook.pk), initiative, TODAY)
    upgraded = apply(playbook, initiative)

    assert proposal.types == [more]
    assert upgraded.changed == [action]
    assert [source.type for source in upgraded.expected] == [more]
    assert list(action.sources.order_by("pk")) == [answered, *upgraded.expected]


def test_the_next_version_lets_what_is_late_be_late(initiative: Initiative) -> None:
    playbook = factories.make_playbook(factories.make_source_type())
    (action,) = apply(playbook, initiative).planned
    Initiative.objects.filter(pk=initiative.pk).update(go_live_on=TODAY + 5 * DAY)
    late = TODAY - 6 * DAY
    MitigationAction.objects.filter(pk=action.pk).update(due_on=late)
    action.refresh_from_db()
    PlaybookStep.objects.filter(action=action).update(row_digest=action_digest(action, NOBODY))
    change_line(playbook.actions.get(), description="Said better.", actor=None, now=NOW)

    (changed,) = apply(playbook, initiative).changed

    assert (changed.description, changed.due_on) == ("Said better.", late)
