"""What the inbox can be asked for: filters, words to find and orders; no queries."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from change_tracker.core.lists import Asked, Filter, read_asked, words_in
from change_tracker.core.searching import has_in_it
from change_tracker.voice.models import FeedbackItem

State = FeedbackItem.State
#: Orders of the list; the first is the one that is shown unasked.
SORTS: dict[str, tuple[str, ...]] = {
    "promised": ("promised_on", "pk"),
    "newest": ("-raised_on", "-pk"),
    "name": ("raised_by__display_name", "pk"),
}


def asked_of(params: Mapping[str, str]) -> Asked:
    """Filters and order from the query of an address."""
    anything: tuple[str, str | Promise] = ("", _("All"))
    states = [
        ("waiting", _("No answer yet")),
        ("all", _("All")),
        *((value, capfirst(label)) for value, label in State.choices if value != State.WITHDRAWN),
    ]
    kinds = [(value, capfirst(label)) for value, label in FeedbackItem.Kind.choices]
    filters = (
        Filter(name="words", label=_("Words")),
        Filter(name="state", label=_("State"), choices=states, default="waiting"),
        Filter(name="kind", label=_("Kind"), choices=[anything, *kinds]),
        Filter(name="late", label=_("Date"), choices=[anything, ("1", _("Late only"))]),
        Filter(
            name="link",
            label=_("Resistance"),
            choices=[anything, ("yes", _("Linked")), ("no", _("Not linked yet"))],
        ),
    )
    return read_asked(params, filters, tuple(SORTS), _("Order"))


def select_asked(asked: Asked, rows: Any, today: date) -> Any:
    """Those of `rows` that are asked for, in their order."""
    values = asked.values
    if values["late"]:
        rows = rows.late(today)
    if values["state"] == "waiting":
        rows = rows.waiting()
    elif values["state"] != "all":
        rows = rows.filter(state=values["state"])
    if values["kind"]:
        rows = rows.filter(kind=values["kind"])
    if values["link"]:
        rows = rows.filter(source__isnull=values["link"] == "no")
    for word in words_in(values["words"]):
        rows = rows.filter(has_in_it("text", word) | has_in_it("raised_by__display_name", word))
    return rows.order_by(*SORTS[asked.sort])
