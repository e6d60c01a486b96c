"""The rule of an audience as a sentence."""

from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from change_tracker.people.models import Audience, AudienceClause


def describe_rule(audience: Audience) -> str:
    """Such as "Everyone in Repairs and below, without people with the job title “Trainee”".

    No query where `clauses__unit` and `clauses__person` are prefetched.
    """
    clauses = list(audience.clauses.all())
    included = [_phrase(each) for each in clauses if each.effect == AudienceClause.Effect.INCLUDE]
    excluded = [_phrase(each) for each in clauses if each.effect == AudienceClause.Effect.EXCLUDE]
    if not included:
        return _("Nobody yet: nothing is included.")
    everyone = get_text_list(included, _("and"))
    if not excluded:
        return capfirst(everyone)
    return capfirst(
        _("%(included)s, without %(excluded)s")
        % {"included": everyone, "excluded": get_text_list(excluded, _("and"))}
    )


def _phrase(clause: AudienceClause) -> str:
    if clause.kind == AudienceClause.Kind.JOB_TITLE:
        return _("everyone with the job title “%(title)s”") % {"title": clause.job_title}
    if clause.kind == AudienceClause.Kind.PERSON:
        return str(clause.person)
    if clause.with_subtree:
        return _("everyone in %(unit)s and below") % {"unit": clause.unit}
    return _("everyone in %(unit)s") % {"unit": clause.unit}
