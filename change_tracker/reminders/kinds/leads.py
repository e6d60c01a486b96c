"""The summary of a lead: what is missing, who asks, who had every mail, whom nothing reaches."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.core.workdays import Calendar
from change_tracker.initiatives.models import Initiative, Role
from change_tracker.initiatives.queries import with_leaders
from change_tracker.progress.gaplines import Gap
from change_tracker.progress.gaps import gaps_of, situations_of
from change_tracker.progress.missing import lacking
from change_tracker.reminders.attach import RUNNING
from change_tracker.reminders.inforce import Part
from change_tracker.reminders.kinds.base import Note, Rule, Told, link
from change_tracker.reminders.kinds.ladder import open_training, people_in
from change_tracker.reminders.kinds.summaries import (
    Said,
    asked_lines,
    last_day,
    late_lines,
    said_beside,
    unreached_lines,
)
from change_tracker.reminders.models import Reminder
from change_tracker.reminders.owed import Search, members, summed_up
from change_tracker.reminders.recipients import Recipient
from change_tracker.reminders.rules import LEAD_SUMMARY, MOST_MAILS
from change_tracker.reminders.unreached import Unreached, not_reached, unreached
from change_tracker.training.waiting import requests_for

Kind = Reminder.Kind


@dataclass(frozen=True, slots=True)
class Stuck:
    """Of all initiatives of one mail: requests, records after the last mail to their person, and
    people whom nobody can speak to but the lead.
    """

    asked: list[Any]
    told_enough: list[Any]
    unreached: list[Unreached]
    said: Said


class LeadSummary(Rule):
    """One for each lead of each initiative, on the days of summaries, if there is something.

    People whom nothing reaches are their manager's; here are those whose manager cannot sign in.
    """

    kinds = (Kind.LEAD_SUMMARY,)

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterator[Search | None]:
        """Initiatives of which there is something to say, for each of their leads."""
        on = last_day(today)
        if on is not None:
            alone = not_reached(_without_manager()).ids("plan__initiative")
            rows = Initiative.objects.filter(lacking(today) | Q(pk__in=alone))
            yield summed_up("summary", LEAD_SUMMARY, members(rows, [Role.LEAD], ""), on=on)

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """How each initiative that the recipient still leads stands in this moment."""
        told, user, today = Told(), to.person.user, to.today(now)
        if user is None:
            return told
        mine: dict[int, list[Reminder]] = defaultdict(list)
        for each in reminders:
            mine[each.summary_id or 0].append(each)
        led = Initiative.objects.with_role(user, Role.LEAD).filter(pk__in=mine, state__in=RUNNING)
        initiatives = list(with_leaders(led, today).order_by("title", "pk"))
        situations = situations_of(user, initiatives, today)
        stuck = _stuck(user, initiatives, said_beside(reminders), now)
        for each in initiatives:
            gaps = gaps_of(situations[each.pk], today, most=None)
            for note in _notes(each, gaps, stuck, today):
                told.add(mine[each.pk], note)
        return told


def _without_manager() -> Any:
    return open_training().filter(person__manager__user=None)


def _stuck(user: User, initiatives: Iterable[Initiative], said: Said, now: datetime) -> Stuck:
    ids = [each.pk for each in initiatives]
    asked = requests_for(user).filter(record__plan__initiative__in=ids)
    asked = asked.select_related("record__person", "record__activity", "record__plan")
    theirs = open_training().visible_to(user).filter(plan__initiative__in=ids)
    enough = _told_enough(theirs.exclude(person__user=user), ids)
    alone = _without_manager().visible_to(user).filter(plan__initiative__in=ids)
    return Stuck(
        asked=[each for each in asked.order_by("asked_on", "pk") if each.pk not in said.requests],
        told_enough=list(
            enough.select_related("person", "activity", "plan").order_by("due_on", "pk")
        ),
        unreached=unreached(not_reached(alone, initiative__in=ids), now),
        said=said,
    )


def _told_enough(records: Any, initiatives: Iterable[int]) -> Any:
    """Those of which their person was reminded as often as anybody is."""
    # From the log to the records: counted once, not for each record.
    sent = Reminder.objects.filter(
        initiative__in=initiatives,
        to=Reminder.To.SELF,
        kind__in=[Kind.DUE, Kind.LATE],
        state=Reminder.State.SENT,
        due_revision=F("record__due_revision"),
    )
    counted: Any = sent.order_by().values("record").annotate(n=Count("pk"))
    return records.filter(pk__in=counted.filter(n__gte=MOST_MAILS).ids("record"))


def _notes(initiative: Any, gaps: Iterable[Gap], stuck: Stuck, today: date) -> Iterator[Note]:
    """What there is to say of one initiative."""
    # Who asks has a note of its own, with names.
    lines = [each for each in gaps if each.kind != "asking"]
    if lines:
        yield _of_gaps(initiative, lines)
    asked = [each for each in stuck.asked if each.record.plan.initiative_id == initiative.pk]
    if asked:
        yield _of_requests(initiative, asked, today)
    silent = [each for each in stuck.told_enough if each.plan.initiative_id == initiative.pk]
    if named := late_lines(silent, stuck.said, today):
        yield _of_silent(initiative, people_in(silent), named)
    if people := [each for each in stuck.unreached if initiative.pk in each.initiatives]:
        yield _of_unreached(initiative, people)


def _of_gaps(initiative: Any, gaps: Sequence[Gap]) -> Note:
    words = {"initiative": initiative, "number": gaps[0].number, "sentence": gaps[0].sentence}
    line = gettext("%(number)s %(sentence)s. %(cause)s")
    return _note(
        gettext("What is missing in “%(initiative)s”") % words,
        tuple(
            (line % {"number": each.number, "sentence": each.sentence, "cause": each.cause}).strip()
            for each in gaps
        ),
        url=link("gaps", initiative.slug),
        fact=gettext("“%(initiative)s”: %(number)s %(sentence)s") % words,
        tone="new" if all(each.is_calm for each in gaps) else "late",
    )


def _of_requests(initiative: Any, asked: Sequence[Any], today: date) -> Note:
    count = len({each.record.person_id for each in asked})
    title = ngettext(
        "%(count)s person asks for more time in “%(initiative)s”",
        "%(count)s people ask for more time in “%(initiative)s”",
        count,
    ) % {"count": count, "initiative": initiative}
    url = link("plans", initiative.slug)
    return _note(title, asked_lines(asked, today), url=url, tone="soon")


def _of_silent(initiative: Any, count: int, lines: tuple[str, ...]) -> Note:
    title = ngettext(
        "%(count)s person in “%(initiative)s” gets no more mails about training that is open",
        "%(count)s people in “%(initiative)s” get no more mails about training that is open",
        count,
    ) % {"count": count, "initiative": initiative}
    why = gettext("Why you: you lead it. They had as many mails as anybody gets; now talk to them.")
    url = link("late-people", initiative.slug)
    return _note(title, lines, url=url, tone="late", why=why)


def _of_unreached(initiative: Any, people: Sequence[Unreached]) -> Note:
    title = ngettext(
        "We cannot reach %(count)s person in “%(initiative)s”",
        "We cannot reach %(count)s people in “%(initiative)s”",
        len(people),
    ) % {"count": len(people), "initiative": initiative}
    why = gettext(
        "Why you: you lead it, and they have no manager who can sign in. HR can put addresses and "
        "managers right."
    )
    url = link("plans", initiative.slug)
    return _note(title, unreached_lines(people), url=url, tone="soon", why=why)


def _note(
    title: str, lines: tuple[str, ...], *, url: str, tone: str, why: str = "", fact: str = ""
) -> Note:
    return Note(
        section=gettext("Initiatives that you lead"),
        title=title,
        lines=lines,
        why=why or gettext("Why you: you lead it, and this is your regular summary."),
        url=url,
        fact=fact or title,
        tone=tone,
    )
