"""Which state of an initiative may follow which."""

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.states import Facts, Guard, Move, Transitions, table
from change_tracker.initiatives.models import Initiative, Role
from change_tracker.people.models import Person


def _has(role: Role, refusal: str | Promise) -> Guard:
    """Somebody who works here has the role."""

    def guard(row: Initiative, facts: Facts) -> str | Promise | None:
        here = Person.objects.active(timezone.localdate(facts.now)).values("pk")
        named = row.members.filter(role=role, person__in=here)
        return None if named.exists() else refusal

    return guard


def has_objective(row: Initiative, facts: Facts) -> Promise | None:
    """An active initiative knows what it wants to reach."""
    return None if row.objectives.exists() else _("Add at least one objective first.")


def has_affected_group(row: Initiative, facts: Facts) -> Promise | None:
    """An active initiative knows whom it touches."""
    return None if row.affected_groups.exists() else _("Add at least one affected group first.")


def is_live(row: Initiative, facts: Facts) -> Promise | None:
    """Sustaining begins at go-live."""
    reached = row.go_live_on is not None and row.go_live_on <= timezone.localdate(facts.now)
    return None if reached else _("The day of go-live has not come yet.")


def has_closing_note(row: Initiative, facts: Facts) -> Promise | None:
    """Closing says what was learnt."""
    note = facts.changes.get("closing_note", row.closing_note)
    return None if note.strip() else _("Write a closing note first.")


has_sponsor = _has(Role.SPONSOR, _("Name a sponsor first."))
has_lead = _has(Role.LEAD, _("Name a lead first."))

INITIATIVE = Transitions(
    Initiative,
    *table(
        Move(
            "draft",
            "active",
            guards=[has_sponsor, has_lead, has_objective, has_affected_group],
        ),
        Move("active", "sustaining", guards=[is_live]),
        Move("sustaining", "closed", guards=[has_closing_note]),
        "active > on_hold",
        "on_hold > active",
        Move("draft", "cancelled", needs_reason=True),
        Move("active", "cancelled", needs_reason=True),
        Move("on_hold", "cancelled", needs_reason=True),
        Move("closed", "sustaining", needs_reason=True),
    ),
    means={
        "draft": _("It is being prepared; only the people who prepare it see it."),
        "active": _("It is published and under way; the people in its groups can read about it."),
        "on_hold": _("It pauses; nobody is reminded of anything in it until it goes on."),
        "sustaining": _("The new way has begun; now it is about keeping it up."),
        "closed": _("It has come to its end as planned."),
        "cancelled": _("It was given up before its end; the reason is kept."),
    },
    scope="pk",
)
