"""Saving what an initiative does: dates become days from go-live, and nobody is named."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.playbooks.models import Playbook
from change_tracker.playbooks.services import (
    Taking,
    apply_playbook,
    propose,
    save_playbook,
    worth_saving,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.playbooks.conftest import TODAY

pytestmark = pytest.mark.django_db
API = "/change/api/v1/"
BY: dict[str, Any] = {"actor": None, "now": NOW}


def test_it_does_the_same_elsewhere(
    playbook: Playbook, initiative: Initiative, lead: Person
) -> None:
    done = apply_playbook(playbook, initiative=initiative, taking=Taking(owner=lead), **BY)
    plan = done.use.plan if done.use else None
    actions = list(worth_saving(initiative))

    saved = save_playbook(initiative=initiative, label="Ours", actions=actions, plan=plan, **BY)

    assert (saved.slug, saved.version, saved.saved_from) == ("ours", 1, initiative)
    assert initiative.go_live_on
    for line, action in zip(saved.actions.all(), actions, strict=True):
        assert line.days == (action.due_on - initiative.go_live_on).days
        assert (line.strategy, line.kind) == (action.strategy, action.kind)
        types = {source.type for source in action.sources.all()}
        assert set(line.answers.all()) == types
    other = factories.make_initiative(lead=lead)
    Initiative.objects.filter(pk=other.pk).update(go_live_on=initiative.go_live_on)
    again = apply_playbook(saved, initiative=other, **BY)
    assert sorted(action.due_on for action in again.planned if action.due_on) == sorted(
        action.due_on for action in done.planned if action.due_on
    )
    assert [item.activity.title for item in again.items] == [
        item.activity.title for item in done.items
    ]
    assert [item.due_rule for item in again.items] == [item.due_rule for item in done.items]


def test_what_has_no_date_comes_last_on_every_database(initiative: Initiative) -> None:
    none, later = (factories.make_action(initiative, due_on=day) for day in (None, TODAY))

    assert list(worth_saving(initiative)) == [later, none]


def test_fixed_dates_become_days_and_what_is_worthless_is_not_offered(
    catalogue: None, initiative: Initiative
) -> None:
    assert initiative.go_live_on
    source = factories.make_source(initiative)
    kept = factories.make_action(initiative, sources=[source], due_on=None)
    for state in ("cancelled", "ineffective"):
        factories.make_action(initiative, sources=[source], state=state, done_on=TODAY)
    plan = factories.make_plan(initiative, items=1, state="draft")
    fixed = initiative.go_live_on - timedelta(days=3)
    plan.items.update(due_rule="fixed", due_on=fixed)

    assert list(worth_saving(initiative)) == [kept]
    saved = save_playbook(initiative=initiative, label="Ours", actions=[kept], plan=plan, **BY)

    assert saved.actions.get().days is None
    item = saved.items.get()
    assert (item.due_rule, item.due_days) == ("before_go_live", 3)


def test_saved_again_it_is_the_next_version_of_the_same_lines(
    catalogue: None, initiative: Initiative, lead: Person
) -> None:
    source = factories.make_source(initiative)
    first = factories.make_action(initiative, sources=[source], title="First")
    saved = save_playbook(initiative=initiative, label="Ours", actions=[first], **BY)
    other = factories.make_initiative(lead=lead)
    apply_playbook(saved, initiative=other, **BY)
    second = factories.make_action(initiative, sources=[source], title="Second")

    later = save_playbook(
        initiative=initiative, label="Ours", actions=[first, second], replaces=saved, **BY
    )

    assert (later.pk, later.version) == (saved.pk, 2)
    assert [line.title for line in propose(later, other, TODAY).offered] == ["Second"]


def test_an_action_that_is_named_twice_is_one_line(
    catalogue: None, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    action = factories.make_action(initiative, sources=[factories.make_source(initiative)])
    body = {"initiative": initiative.pk, "label": "Ours", "actions": [action.pk, action.pk]}

    answer = sign_in.api(lead).post(f"{API}playbooks/", body)

    assert (answer.status_code, len(answer.json()["lines_of_actions"])) == (201, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("version", "code"), [(1, 200), (7, 412)])
def test_the_next_version_replaces_the_one_that_was_read(
    version: int, code: int, lead: Person, sign_in: SignIn
) -> None:
    initiative = factories.make_initiative(lead=lead)
    action = factories.make_action(initiative, sources=[factories.make_source(initiative)])
    saved = save_playbook(initiative=initiative, label="Ours", actions=[action], **BY)
    api = sign_in.api(lead)
    body = {"initiative": initiative.pk, "actions": [action.pk]}

    answer = api.patch(f"{API}playbooks/{saved.pk}/", body, headers={"If-Match": f'"{version}"'})

    assert answer.status_code == code


def test_what_belongs_elsewhere_is_refused(
    catalogue: None, initiative: Initiative, lead: Person, playbook: Playbook
) -> None:
    other = factories.make_initiative(lead=lead)
    theirs = factories.make_action(other)
    mine = factories.make_action(initiative)
    refused: tuple[dict[str, Any], ...] = (
        {"actions": []},
        {"actions": [theirs]},
        {"actions": [mine], "plan": factories.make_plan(other)},
        {"actions": [mine], "replaces": playbook},
    )
    for wrong in refused:
        with pytest.raises(ValidationError):
            save_playbook(initiative=initiative, label="Ours", **wrong, **BY)
    assert not Playbook.objects.filter(label="Ours").exists()


def test_saved_again_by_the_api_it_keeps_its_training_unless_that_is_taken_out(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    action = factories.make_action(initiative, sources=[factories.make_source(initiative)])
    plan = factories.make_plan(initiative, title="Ready")
    saved = save_playbook(initiative=initiative, label="Ours", actions=[action], plan=plan, **BY)
    api, url = sign_in.api(lead), f"/change/api/v1/playbooks/{saved.pk}/"

    kept = api.patch(url, {"actions": [action.pk]}).json()
    taken_out = api.patch(url, {"actions": [action.pk], "plan": None}).json()

    assert (kept["version"], kept["plan_title"], len(kept["lines_of_training"])) == (2, "Ready", 1)
    assert (taken_out["plan_title"], taken_out["lines_of_training"]) == ("", [])
