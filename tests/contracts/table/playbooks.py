"""Playbooks: their pages and their resources."""

from typing import Any

from tests.contracts.table.rows import ADMIN, LED, REGISTER, ROWS, ByKind, who
from tests.contracts.table.shape import Endpoint, Page, Verb
from tests.contracts.world import World

USE = "initiative.slug playbook.slug"
#: An empty form is told what it lacks.
LACKING = frozenset({400})
#: Who may make one of what an initiative does.
SAVED_BY: ByKind = {kind: some | ADMIN for kind, some in LED.items()}
#: Whoever leads anything may apply it there.
LEADS: ByKind = dict.fromkeys(("entry", "main"), who("lead other_lead"))


def others(by: ByKind) -> ByKind:
    """Who reads the register, but may not do it."""
    return {kind: some - by[kind] for kind, some in REGISTER.items()}


def to_main(world: World, kind: str) -> dict[str, Any]:
    """The initiative of the lead; for the other lead it does not exist."""
    return {"initiative": world.key("Initiative", "main")}


def saved(world: World, kind: str) -> dict[str, Any]:
    actions = [world.key("MitigationAction", kind)]
    return {"label": "Ours", "initiative": world.key("Initiative", kind), "actions": actions}


PLAYBOOK_PAGES: dict[str, Page] = {
    "playbooks": Page(title="playbooks"),
    "playbook": Page(title="one playbook", rows="Playbook", key="slug", by=ROWS["Playbook"].read),
    "initiative-playbooks": Page(
        title="playbooks for an initiative", rows="Initiative", key="slug", by=REGISTER
    ),
    "apply-playbook": Page(
        title="apply a playbook, or its next version",
        rows="PlaybookUse",
        key=USE,
        by=LED,
        refused=others(LED),
        post=LACKING,
    ),
    "playbook-save": Page(
        title="save what an initiative does as a playbook",
        rows="Initiative",
        key="slug",
        by=SAVED_BY,
        refused=others(SAVED_BY),
        post=LACKING,
    ),
}

PLAYBOOKS: dict[str, Endpoint] = {
    "playbook": Endpoint(
        rows="Playbook",
        shows=(
            "id slug label provenance pack version summary plan_title plan_is_sequential due_rule"
            " due_days due_unit lines_of_actions lines_of_training"
        ),
        takes="label summary initiative actions plan",
        create=SAVED_BY,
        body=saved,
        verbs={
            "preview": Verb(
                by=LEADS, takes="initiative", body=to_main, codes=frozenset({200, 400})
            ),
            "apply": Verb(
                by=LEADS,
                takes="initiative keys groups owner last_time this_time",
                body=to_main,
                codes=frozenset({200, 400}),
            ),
        },
    ),
    "playbook-use": Endpoint(
        rows="PlaybookUse",
        shows="id initiative playbook taken_version newest_version taken_on plan steps",
    ),
}
