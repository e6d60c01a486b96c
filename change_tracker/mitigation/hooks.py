"""What mitigation adds to the slices on its left."""

from typing import Any

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.ids import Ids
from change_tracker.core.meanings import explain_term
from change_tracker.core.neighbours import RELATIONS, Relation
from change_tracker.core.states import Facts
from change_tracker.initiatives.models import AGENTS, Initiative, Role
from change_tracker.initiatives.points import ROLE_WORK, WAYS_OUT, RoleWork, WayOut
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.mitigation.effects import effects_of_strategies
from change_tracker.mitigation.handing import hand_actions_on
from change_tracker.mitigation.hill import HILL_MEANS
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.queries import work_against
from change_tracker.people.models import Person
from change_tracker.people.points import AUDIENCE_USES, VISIBLE_AUDIENCES
from change_tracker.resistance.hooks import SOURCE_FIELDS, STRATEGY_FIELDS
from change_tracker.resistance.models import ResistanceSource, StrategyType
from change_tracker.resistance.points import RESISTANCE_KEEPERS, RESISTANCE_WORK, STRATEGY_EFFECTS
from change_tracker.resistance.states import RESISTANCE, is_at_target


def has_open_action(row: ResistanceSource, facts: Facts) -> Promise | None:
    """Mitigating means that somebody works on it, or that done work brought it to its target."""
    is_worked_on = row.actions.open().exists()
    has_eased = row.actions.done().exists() and is_at_target(row, facts) is None
    return None if is_worked_on or has_eased else _("Plan at least one action first.")


def has_no_open_action(row: ResistanceSource, facts: Facts) -> Promise | None:
    """Monitoring and resolved mean that the work has ended."""
    return _("Some of its actions are still open.") if row.actions.open().exists() else None


def leaves_no_open_action(row: Initiative, facts: Facts) -> Promise | None:
    """A closed initiative leaves no work behind."""
    still_open = MitigationAction.objects.open().filter(initiative=row)
    return (
        _("Finish, call off or carry over its open actions first.") if still_open.exists() else None
    )


def is_answered(row: ResistanceSource) -> Promise | None:
    """A resistance that an action answers is kept."""
    return _("An action answers this resistance.") if row.actions.exists() else None


def acted_on_audiences(user: User) -> Any:
    """Leads, agents and coaches work with the groups of their actions."""
    mine = Initiative.objects.with_role(user, Role.LEAD, *AGENTS)
    through = MitigationAction.audiences.through.objects
    return Ids(through.filter(mitigationaction__initiative__in=mine.ids()), "audience")


def audiences_of_actions() -> Any:
    """Those that an action is for."""
    return Ids(MitigationAction.audiences.through.objects.all(), "audience")


class OwnedActions(RoleWork):
    """Open actions go to whoever takes a role over, where that is wanted."""

    def of(self, user: User, initiative: Initiative, person: Person) -> list[str]:
        """Their titles, what is due first first; one query."""
        rows = MitigationAction.objects.open().visible_to(user)
        mine = rows.filter(initiative=initiative, owner=person)
        return list(
            mine.order_by(F("due_on").asc(nulls_last=True), "pk").values_list("title", flat=True)
        )

    def hand_on(self, initiative: Initiative, person: Person, **context: Any) -> int:
        """Give them to somebody else."""
        return hand_actions_on(initiative, person, **context)


OWNED_ACTIONS = OwnedActions()


class OpenActions(WayOut):
    """Open actions are called off together."""

    def leads(self, guard: Any) -> str:
        """The page that does so."""
        return "actions-call-off" if guard is leaves_no_open_action else ""


OPEN_ACTIONS = OpenActions()


def actions_shown_to(user: User) -> Any:
    """Actions in the form that `user` reads, in which the touched are not told what worked."""
    rows: Any = MitigationAction.objects.visible_to(user)
    return rows.shown_to(user)


#: What is said of an action as the neighbour of something.
ACTION_FIELDS = {"title": "title", "state": "shown_state"}


def neighbours() -> tuple[Relation, ...]:
    """From a resistance and a strategy to their actions, and back."""
    return (
        Relation(
            model=StrategyType,
            name="actions",
            rows=actions_shown_to,
            path="strategy",
            fields=ACTION_FIELDS,
        ),
        Relation(
            model=MitigationAction,
            name="strategies",
            rows=StrategyType.objects.visible_to,
            path="actions",
            fields=STRATEGY_FIELDS,
        ),
        Relation(
            model=ResistanceSource,
            name="actions",
            rows=actions_shown_to,
            path="sources",
            fields=ACTION_FIELDS,
        ),
        Relation(
            model=MitigationAction,
            name="sources",
            rows=ResistanceSource.objects.visible_to,
            path="actions",
            fields=SOURCE_FIELDS,
        ),
    )


def register() -> None:
    """Fill the points; called once at start."""
    explain_term("hill", _("On the hill"), HILL_MEANS)
    RELATIONS.register(neighbours)
    VISIBLE_AUDIENCES.register(acted_on_audiences)
    AUDIENCE_USES.register(audiences_of_actions)
    RESISTANCE_KEEPERS.register(is_answered)
    RESISTANCE_WORK.register(work_against)
    STRATEGY_EFFECTS.register(effects_of_strategies)
    RESISTANCE.guard("assessed", "mitigating", has_open_action)
    RESISTANCE.guard("mitigating", "monitoring", has_no_open_action)
    for source in ("assessed", "accepted"):
        RESISTANCE.guard(source, "resolved", has_no_open_action)
    ROLE_WORK.register(OWNED_ACTIONS)
    WAYS_OUT.register(OPEN_ACTIONS)
    INITIATIVE.guard("sustaining", "closed", leaves_no_open_action)
