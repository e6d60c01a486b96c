"""What a list of actions can be asked for: filters, words to find and orders; no queries."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, Value, When
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from change_tracker.core.lists import Asked, Filter, read_asked, words_in
from change_tracker.core.searching import has_in_it
from change_tracker.mitigation.models import MitigationAction
from change_tracker.resistance.models.catalogue import ActionKind

State = MitigationAction.State
NOBODY = "none"
_WAY = Case(
    *(When(shown_state=state, then=Value(place)) for place, state in enumerate(State.values)),
    output_field=IntegerField(),
)
#: Orders of the list; the first is the one that is shown unasked.
SORTS: dict[str, tuple[Any, ...]] = {
    "due": (F("due_on").asc(nulls_last=True), "pk"),
    "title": ("title", "pk"),
    "owner": (F("owner__display_name").asc(nulls_last=True), "pk"),
    "hill": ("position", "pk"),
    "state": (_WAY, "pk"),
}


def asked_of(params: Mapping[str, str], owners: Iterable[tuple[str, str]]) -> Asked:
    """Filters and order from the query of an address; `owners` are ids and names."""
    anything: tuple[str, str | Promise] = ("", _("All"))
    states = [
        ("open", _("Open")),
        ("all", _("All")),
        *((value, capfirst(label)) for value, label in State.choices),
    ]
    kinds = [anything, *((value, capfirst(label)) for value, label in ActionKind.choices)]
    filters = (
        Filter(name="words", label=_("Words")),
        Filter(name="state", label=_("State"), choices=states, default="open"),
        Filter(name="kind", label=_("Kind"), choices=kinds),
        Filter(
            name="owner",
            label=_("Owner"),
            choices=[anything, *owners, (NOBODY, _("nobody yet"))],
        ),
        Filter(name="late", label=_("Date"), choices=[anything, ("1", _("Late only"))]),
    )
    return read_asked(params, filters, tuple(SORTS), _("Order"))


def select_asked(asked: Asked, rows: Any, today: date) -> Any:
    """Those of `rows` (actions `shown_to` somebody) that are asked for, in their order."""
    values = asked.values
    if values["late"]:
        rows = rows.late(today)
    if values["state"] == "open":
        rows = rows.open()
    elif values["state"] != "all":
        rows = rows.filter(shown_state=values["state"])
    if values["kind"]:
        rows = rows.filter(kind=values["kind"])
    if values["owner"]:
        rows = rows.filter(owner=None if values["owner"] == NOBODY else values["owner"])
    for word in words_in(values["words"]):
        rows = rows.filter(has_in_it("title", word) | has_in_it("description", word))
    return rows.order_by(*SORTS[asked.sort])
