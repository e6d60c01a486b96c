"""Why the rules of audiences find nobody."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

from django.db.models import Exists, Prefetch, QuerySet, prefetch_related_objects
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from change_tracker.people.models import Audience, AudienceClause, Person
from change_tracker.people.services.audiences.conditions import condition, found_by
from change_tracker.people.services.audiences.describe import phrase

Effect = AudienceClause.Effect
#: Questions that one statement answers; databases bound how many columns a row may have.
AT_ONCE = 500


def why_nobody(audiences: Sequence[Audience], on: date) -> dict[int, str]:
    """What makes rules find nobody on that day, in words by audience, of those that find nobody.

    Names the line that finds nobody, or the one that removes everyone; a rule may name people, so
    it is for those who may read it. Two queries however many audiences there are, one where their
    lines are read already, two more where a rule speaks of another audience; none for no audience.
    """
    named = AudienceClause.objects.select_related("unit", "person", "other")
    prefetch_related_objects(
        list(audiences), Prefetch("clauses", named), "clauses__other__clauses__unit"
    )
    rules = {each.pk: list(each.clauses.all()) for each in audiences}
    answers = _answers({pk: list(_questions(rule, on)) for pk, rule in rules.items()})
    said = {pk: _words(rule, answers[pk]) for pk, rule in rules.items()}
    return {pk: words for pk, words in said.items() if words}


def _parts(rule: Sequence[AudienceClause]) -> tuple[list[AudienceClause], list[AudienceClause]]:
    """The lines that include, and those that exclude."""
    return (
        [each for each in rule if each.effect == Effect.INCLUDE],
        [each for each in rule if each.effect == Effect.EXCLUDE],
    )


def _questions(rule: Sequence[AudienceClause], on: date) -> Iterator[QuerySet[Person]]:
    """Whom the rule includes, who is left of them, and who would be by each line that excludes."""
    included, excluded = _parts(rule)
    if not included:
        return
    found = Person.objects.active(on).filter(found_by(included, Effect.INCLUDE, on))
    yield found
    if excluded:
        conditions = found_by(excluded, Effect.EXCLUDE, on), *(condition(e, on) for e in excluded)
        for each in conditions:
            yield found.exclude(pk__in=Person.objects.filter(each).ids())


def _answers(questions: Mapping[int, Sequence[QuerySet[Person]]]) -> dict[int, list[bool]]:
    """Whether there is anybody, for each question by audience."""
    left = iter([each for asked in questions.values() for each in asked])
    answers: list[bool] = []
    while asked := list(islice(left, AT_ONCE)):
        columns = {f"answer_{place}": Exists(each) for place, each in enumerate(asked)}
        one = Audience.objects.filter(pk=next(iter(questions))).annotate(**columns)
        answers += one.values_list(*columns).get()
    given = iter(answers)
    return {pk: list(islice(given, len(asked))) for pk, asked in questions.items()}


def _words(rule: Sequence[AudienceClause], answers: Sequence[bool]) -> str:
    """Why nobody is left, by the answers to the questions; nothing where somebody is."""
    included, excluded = _parts(rule)
    if not included:
        return _("Nothing is included yet: add a rule that says who belongs to it.")
    somebody, *left = answers
    if not somebody:
        found_nobody = get_text_list([phrase(each) for each in included], _("and"))
        return _("Nobody who works here is found by: %(rule)s.") % {"rule": found_nobody}
    if not left or left[0]:
        return ""
    for each, leaves in zip(excluded, left[1:], strict=True):
        if not leaves:
            return _("Everyone found is left out again by: without %(rule)s.") % {
                "rule": phrase(each)
            }
    rules = get_text_list([phrase(each) for each in excluded], _("and"))
    return _("Everyone found is left out again by these together: without %(rules)s.") % {
        "rules": rules
    }
