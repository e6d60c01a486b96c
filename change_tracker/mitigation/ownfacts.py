"""What an action of a certain kind says of its own, as lines for a page; no rules."""

from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext

from change_tracker.core.text import short_date
from change_tracker.mitigation.kinds import OWN_FIELDS
from change_tracker.mitigation.models import MitigationAction

State = MitigationAction.State
TIMES = ("times_planned", "times_done")


def own_facts(action: Any, today: date) -> list[tuple[str, Any]]:
    """Label and value of what is written down; one query for the units of a collaboration.

    Of how often it took place only in one line with how often it was planned.
    """
    if action.times_planned is not None or action.times_done:
        return [(gettext("How often"), times_words(action))]
    names = (name for name in OWN_FIELDS.get(action.kind, ()) if name not in TIMES)
    facts = ((_label(name), _value(action, name, today)) for name in names)
    return [(label, value) for label, value in facts if value]


def times_words(action: MitigationAction) -> str:
    """How often it took place, of how often it was planned where that is known."""
    words = {"done": action.times_done, "planned": action.times_planned}
    if action.times_planned is None:
        return gettext("%(done)s so far") % words
    return gettext("%(done)s of %(planned)s") % words


def stage_of_experiment(action: MitigationAction) -> str:
    """Whether an experiment is `running`, `worked` or `failed`."""
    ended = {State.EFFECTIVE.value: "worked", State.INEFFECTIVE.value: "failed"}
    return ended.get(action.state, "running")


def _label(name: str) -> str:
    field: Any = MitigationAction._meta.get_field(name)
    return str(capfirst(field.verbose_name))


def _value(action: Any, name: str, today: date) -> Any:
    if name == "units":
        return ", ".join(each.name for each in action.units.order_by("name", "pk"))
    if name == "channel":
        return str(capfirst(action.get_channel_display()))
    value = getattr(action, name)
    return short_date(value, today) if isinstance(value, date) else value
