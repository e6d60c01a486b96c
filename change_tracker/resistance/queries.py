"""Reading the register: which one, what is in it, what was asked for, and how it stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User, roles_of
from change_tracker.core.lists import Asked, Filter, read_asked
from change_tracker.core.models import AuditEvent
from change_tracker.core.questions import question
from change_tracker.initiatives.head import with_head
from change_tracker.initiatives.models import MEMBERS, Initiative, InitiativeMember, played_by
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceReview, ResistanceSource
from change_tracker.resistance.models.register import ENDED_STATES
from change_tracker.resistance.points import RESISTANCE_VOICES, RESISTANCE_WORK, Work
from change_tracker.resistance.states import RESISTANCE

State = ResistanceSource.State
NONE = "none"
#: Orders of the entries; the first is the one that is shown unasked.
SORTS: dict[str, tuple[Any, ...]] = {
    "level": (F("latest_level").desc(nulls_last=True), "-pk"),
    "review": (F("review_on").asc(nulls_last=True), "-pk"),
    "kind": ("type__category", "type", "-pk"),
    "new": ("-pk",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One entry as the heat table, the filters and the verdict need it; `groups` are names by id.

    An entry about no group in particular has the group `none`.
    """

    pk: int
    kind: tuple[str, str]
    is_open: bool
    #: whether somebody decided not to work on it for the time being
    is_lived_with: bool
    owner: tuple[str, str]
    level: int | None
    previous: int | None
    groups: dict[str, str] = field(default_factory=dict)

    @property
    def asks_for_work(self) -> bool:
        """Whether it is open and nobody decided to live with it."""
        return self.is_open and not self.is_lived_with

    @property
    def trend(self) -> int:
        """1 when the latest review is above the one before it, -1 below it, else 0."""
        if self.level is None or self.previous is None:
            return 0
        return (self.level > self.previous) - (self.level < self.previous)


def registers_for(user: User) -> QuerySet[Initiative]:
    """Initiatives whose register `user` may read: those with a role in them, and site admins."""
    visible: Any = Initiative.objects.visible_to(user)
    if roles_of(user).site_admin:
        return visible  # type: ignore[no-any-return]  # a queryset of initiatives
    mine = played_by(user, *MEMBERS)
    return visible.filter(pk__in=mine)  # type: ignore[no-any-return]


@question
def register_of(user: User, *, slug: str) -> QuerySet[Any]:
    """The one of `registers_for` that has this address, with its head."""
    return with_head(registers_for(user).filter(slug=slug), user)


def entries_for(user: User) -> QuerySet[Any]:
    """The entries that `user` may read, with names, trend and `may_change`."""
    rows: Any = ResistanceSource.objects.visible_to(user)
    changeable = ResistanceSource.objects.changeable_by(user).filter(pk=OuterRef("pk"))
    rows = rows.with_trend().select_related("initiative", "type__category", "owner", "approver")
    return rows.annotate(may_change=Exists(changeable))  # type: ignore[no-any-return]


def reason_of(user: User, entry: ResistanceSource) -> str:
    """Why it came to where it is, for those who read the history; empty where nobody was asked."""
    if not any(move.needs_reason and move.target == entry.state for move in RESISTANCE.moves):
        return ""
    moved = AuditEvent.objects.about(entry).visible_to(user).filter(to_state=entry.state)
    return moved.order_by("-pk").values_list("reason", flat=True).first() or ""


def with_voices(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Adds `voices`: how much of what people said is linked to each, as far as `user` is told."""
    counts = (voices(user) for voices in RESISTANCE_VOICES)
    return rows.annotate(voices=sum(counts, start=Value(0)))  # type: ignore[no-any-return]


def with_may_review(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Adds `may_review`: whether `user` may judge the level of each."""
    creators = ResistanceReview.objects.all().creators
    mine = Initiative.objects.with_role(user, *creators).filter(pk=OuterRef("initiative"))
    return rows.annotate(may_review=Exists(mine))  # type: ignore[no-any-return]


def known_entries(user: User, initiative: Initiative) -> list[Known]:
    """Every entry of the register, by kind; one query."""
    rows: Any = ResistanceSource.objects.visible_to(user)
    found = (
        rows.filter(initiative=initiative)
        .with_trend()
        .order_by("type__category", "type", "pk", "audiences__name")
        .values_list(
            "pk",
            "type",
            "type__label",
            "state",
            "owner",
            "owner__display_name",
            "latest_level",
            "previous_level",
            "audiences",
            "audiences__name",
        )
    )
    known: dict[int, Known] = {}
    for pk, kind, label, state, owner, name, level, previous, group, group_name in found:
        entry = known.get(pk) or Known(
            pk=pk,
            kind=(str(kind), label),
            is_open=state not in ENDED_STATES,
            is_lived_with=state == State.ACCEPTED,
            owner=(str(owner), name) if owner else (NONE, gettext("nobody yet")),
            level=level,
            previous=previous,
        )
        entry.groups[str(group) if group else NONE] = group_name or gettext(
            "no group in particular"
        )
        known[pk] = entry
    return list(known.values())


def work_on(user: User, sources: QuerySet[Any]) -> dict[int, list[Work]]:
    """What is done about each of `sources`."""
    work: dict[int, list[Work]] = {}
    for reader in RESISTANCE_WORK:
        for pk, some in reader(user, sources).items():
            work.setdefault(pk, []).extend(some)
    return work


def hearing_of(user: User) -> QuerySet[Initiative]:
    """The initiatives in which `user` may add what they hear, as one who works there."""
    return Initiative.objects.with_role(user, *ResistanceSource.objects.all().creators)


def select_asked(asked: Asked, rows: Any, answered: Collection[int]) -> Any:
    """Those of `rows` that are asked for, in their order; `answered` ones have an action."""
    values = asked.values
    conditions = {"group": "audiences", "kind": "type", "owner": "owner"}
    for name, column in conditions.items():
        if values[name]:
            wanted = None if values[name] == NONE else values[name]
            rows = rows.filter(**{column: wanted})
    if values["work"]:
        rows = rows.exclude(pk__in=answered).exclude(state=State.ACCEPTED)
    if values["state"] == "open":
        rows = rows.filter(~Q(state__in=ENDED_STATES))
    elif values["state"] != "all":
        rows = rows.filter(state=values["state"])
    return rows.order_by(*SORTS[asked.sort])


def asked_of(params: Mapping[str, str], known: list[Known]) -> Asked:
    """Filters and order of the entries from the query of an address."""
    anything: tuple[str, Any] = ("", _("All"))
    groups = {group for entry in known for group in entry.groups.items()}
    states: list[tuple[str, Any]] = [
        ("open", _("Open")),
        ("all", _("All")),
        *((value, capfirst(label)) for value, label in State.choices),
    ]
    filters = (
        Filter(name="group", label=_("Group"), choices=[anything, *_by_name(groups)]),
        Filter(
            name="kind",
            label=_("Kind"),
            choices=[anything, *dict.fromkeys(entry.kind for entry in known)],
        ),
        Filter(name="state", label=_("State"), choices=states, default="open"),
        Filter(
            name="owner",
            label=_("Owner"),
            choices=[anything, *_by_name({entry.owner for entry in known})],
        ),
        Filter(name="work", label=_("What we do"), choices=[anything, (NONE, _("No action yet"))]),
    )
    return read_asked(params, filters, tuple(SORTS), _("Order"))


def people_of(initiative: Initiative, among: Any, also: int | None = None) -> QuerySet[Person]:
    """Those of `among` who carry the initiative: they own entries and actions, and accept.

    `also` is the id of somebody who is chosen already, and stays so whoever changes the rest.
    """
    carrying = InitiativeMember.objects.filter(initiative=initiative).values("person")
    among_them = Q(pk__in=carrying) & Q(pk__in=among.ids())
    return Person.objects.filter(among_them | Q(pk=also)).order_by("display_name", "pk")


def _by_name(pairs: set[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: (pair[0] == NONE, pair[1].casefold(), pair[0]))
