"""The rule of an audience in words."""

from collections.abc import Callable, Sequence

from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from change_tracker.core.text import full_date
from change_tracker.people.models import Audience, AudienceClause
from change_tracker.people.services.audiences.rules import Clause

Kind = AudienceClause.Kind
Effect = AudienceClause.Effect
#: One line of a rule, as it is stored or as it is to be.
Line = AudienceClause | Clause
#: What a rule is read with to be put into words.
NAMED_WITH = ("clauses__unit", "clauses__person", "clauses__other")


def describe_rule(audience: Audience) -> str:
    """Such as "Everyone in Repairs and below, without people with the job title “Trainee”".

    No query where NAMED_WITH is prefetched.
    """
    return describe_clauses(list(audience.clauses.all()))


def describe_clauses(clauses: Sequence[Line]) -> str:
    """The same of the lines of a rule."""
    included = [phrase(each) for each in clauses if each.effect == Effect.INCLUDE]
    excluded = [phrase(each) for each in clauses if each.effect == Effect.EXCLUDE]
    if not included:
        return _("Nobody yet: nothing is included.")
    everyone = get_text_list(included, _("and"))
    if not excluded:
        return capfirst(everyone)
    return capfirst(
        _("%(included)s, without %(excluded)s")
        % {"included": everyone, "excluded": get_text_list(excluded, _("and"))}
    )


def phrase(clause: Line) -> str:
    """One clause as a part of the sentence."""
    return PHRASES[clause.kind](clause)


def _unit(clause: Line) -> str:
    if clause.with_subtree:
        return _("everyone in %(unit)s and below") % {"unit": clause.unit}
    return _("everyone in %(unit)s") % {"unit": clause.unit}


def _joined_after(clause: Line) -> str:
    day = clause.joined_after
    return _("everyone who joined after %(day)s") % {"day": full_date(day) if day else ""}


PHRASES: dict[str, Callable[[Line], str]] = {
    Kind.UNIT: _unit,
    Kind.JOB_TITLE: lambda clause: (
        _("everyone with the job title “%(title)s”") % {"title": clause.job_title}
    ),
    Kind.LOCATION: lambda clause: _("everyone at %(place)s") % {"place": clause.location},
    Kind.HAS_REPORTS: lambda clause: _("everyone who has reports"),
    Kind.JOINED_AFTER: _joined_after,
    Kind.PERSON: lambda clause: str(clause.person),
    Kind.HOST_GROUP: lambda clause: (
        _("everyone in the intranet group “%(group)s”") % {"group": clause.host_group}
    ),
    Kind.OTHER: lambda clause: _("everyone of “%(audience)s”") % {"audience": clause.other},
}
