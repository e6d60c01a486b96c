"""What the pages about plans say in words; no queries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from change_tracker.core.chips import Chip
from change_tracker.core.text import short_date
from change_tracker.people.queries import working_week
from change_tracker.training.models import (
    Enrolment,
    Moved,
    PlanAudience,
    TrainingPlan,
)
from change_tracker.training.services import Assignment, AssignmentPreview, MovedDate
from change_tracker.training.standing import Standing, Tally


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, with how many it finds."""

    value: str
    words: str
    count: int
    query: str
    is_current: bool


def late_words(*, people: int, pieces: int) -> str:
    """How many people are late, and with how much, in two sentences; nothing for nobody."""
    if not people:
        return ""
    who = ngettext("%(people)s person is late.", "%(people)s people are late.", people)
    what = ngettext(
        "%(pieces)s training has passed its date.",
        "%(pieces)s trainings have passed their date.",
        pieces,
    )
    return f"{who % {'people': people}} {what % {'pieces': pieces}}"


def verdict(plan: TrainingPlan, people: Tally, units: Sequence[Tally], today: date) -> str:
    """The state of a plan in one or two sentences."""
    if plan.state == TrainingPlan.State.DRAFT:
        return gettext(
            "This plan is a draft: nobody has been given it, and only you and your team see it."
        )
    if not people.asked:
        return gettext("Nobody has been given this plan yet.")
    figures = {"done": people.done, "people": people.asked, "late": people.late}
    done = ngettext(
        "%(done)s of %(people)s person is done.",
        "%(done)s of %(people)s people are done.",
        people.asked,
    )
    said = [done % figures]
    if people.late:
        said.append(_late(people, units))
    return " ".join(said)


def _late(people: Tally, units: Sequence[Tally]) -> str:
    worst = max(units, key=lambda unit: unit.late)
    figures = {"late": people.late, "unit": worst.name}
    if not worst.name or len([unit for unit in units if unit.asked]) == 1:
        return ngettext("%(late)s is late.", "%(late)s are late.", people.late) % figures
    return (
        ngettext(
            "%(late)s is late, in %(unit)s.",
            "%(late)s are late, most of all in %(unit)s.",
            people.late,
        )
        % figures
    )


def forecast_words(expected: int | None, total: int, on: date | None, today: date) -> str:
    """What the pace of the last weeks leads to; nothing where it cannot be said."""
    if expected is None or on is None:
        return ""
    return gettext(
        "At the pace of the last four weeks, %(expected)s of %(total)s trainings will be done by "
        "%(day)s."
    ) % {"expected": expected, "total": total, "day": short_date(on, today)}


def chart_words(done: int, planned: int, total: int) -> str:
    """The picture for those who do not see it."""
    return gettext(
        "Trainings done against the dates that people were given: %(done)s of %(total)s are done "
        "today, %(planned)s should be. The table below has each week."
    ) % {"done": done, "planned": planned, "total": total}


def rule_note(rule: PlanAudience) -> str:
    """What is still to happen with a rule; nothing where it is carried out."""
    if rule.first_assigned_on is None:
        return gettext("not assigned yet")
    if rule.carried_out_version is not None and rule.carried_out_version != rule.version:
        return gettext("changed since it was assigned")
    return ""


def chip_of(row: Any, today: date) -> Chip:
    """How one person stands, with their date."""
    if row.standing == Standing.LATE and row.next_due_on:
        return late_chip(working_days_late(row.next_due_on, today, row.holidays))
    if row.standing == Standing.DONE:
        return Chip(gettext("Done"), "done")
    if row.standing == Standing.OUT:
        withdrawn = row.state == Enrolment.State.WITHDRAWN
        return Chip(gettext("No longer needed") if withdrawn else gettext("Exempt"))
    return Chip(gettext("Open"))


def working_days_late(due_on: date, today: date, holidays: int) -> int:
    """Working days since `due_on`, without the `holidays` that `holidays_in` counted there."""
    return working_week().between(due_on, today) - holidays


def late_chip(days: int) -> Chip:
    """How late, in working days; over a weekend nothing is counted yet."""
    if not days:
        return Chip(gettext("Late"), "late")
    words = ngettext("%(days)s working day late", "%(days)s working days late", days)
    return Chip(words % {"days": days}, "late")


def standing_label(value: str) -> str:
    """A standing at the beginning of a line."""
    return str(capfirst(Standing(value).label))


@dataclass(frozen=True, slots=True)
class Check:
    """What stands on the page before many people get something; no `button`: nothing to press."""

    headline: str
    lines: tuple[str, ...]
    button: str


def check_of(plan: TrainingPlan, preview: AssignmentPreview, today: date) -> Check:
    """What assigning would do, in words."""
    is_draft = plan.state == TrainingPlan.State.DRAFT
    count = preview.enrolled + preview.rejoined
    if plan.state == TrainingPlan.State.ARCHIVED:
        return Check(gettext("The plan is archived: nobody new gets it."), (), "")
    if plan.initiative.has_ended:
        return Check(gettext("The initiative has ended: nobody new gets the plan."), (), "")
    lines = tuple(_check_lines(preview, today))
    if is_draft and not preview.rules:
        return Check(gettext("Nobody would get it: add a group to the plan first."), lines, "")
    if not count and not preview.redated and not is_draft:
        return Check(gettext("There is nobody new to assign it to."), lines, "")
    headline = ngettext(
        "%(count)s person gets this plan.", "%(count)s people get this plan.", count
    ) % {"count": count}
    button = ngettext("Assign to %(count)s person", "Assign to %(count)s people", count) % {
        "count": count
    }
    if is_draft:
        button = ngettext(
            "Publish and assign to %(count)s person",
            "Publish and assign to %(count)s people",
            count,
        ) % {"count": count}
    elif not count:
        button = gettext("Set the new dates")
    return Check(headline, lines, button)


def _check_lines(preview: AssignmentPreview, today: date) -> Iterator[str]:
    for rule in preview.rules:
        if not rule.people:
            nobody = gettext("“%(group)s” has nobody in it today.") % {"group": rule.audience}
            yield f"{nobody} {rule.nobody_because}".strip()
    counts = {
        "already": preview.already_enrolled,
        "redated": preview.redated,
        "login": preview.without_login,
        "email": preview.without_email,
    }
    said = (
        ngettext("%(already)s has it already.", "%(already)s have it already.", counts["already"]),
        ngettext(
            "%(redated)s date that was set before changes.",
            "%(redated)s dates that were set before change.",
            counts["redated"],
        ),
        ngettext(
            "%(login)s has no login, and cannot see it here.",
            "%(login)s have no login, and cannot see it here.",
            counts["login"],
        ),
        ngettext(
            "%(email)s has no e-mail address, and cannot be reminded.",
            "%(email)s have no e-mail address, and cannot be reminded.",
            counts["email"],
        ),
    )
    yield from (words % counts for words, count in zip(said, counts.values(), strict=True) if count)
    yield from (_moved_words(moved, today) for moved in preview.moved_dates)


def _moved_words(moved: MovedDate, today: date) -> str:
    words = {
        "people": moved.people,
        "title": moved.title,
        "wanted": short_date(moved.wanted_on, today),
        "due": short_date(moved.due_on, today),
    }
    if moved.reason == Moved.PAST:
        said = ngettext(
            "For %(people)s person the date of “%(title)s” moves from %(wanted)s to %(due)s, "
            "because it has passed.",
            "For %(people)s people the date of “%(title)s” moves from %(wanted)s to %(due)s, "
            "because it has passed.",
            moved.people,
        )
    else:
        said = ngettext(
            "For %(people)s person the date of “%(title)s” moves from %(wanted)s to %(due)s, "
            "because that is less than a day for each activity.",
            "For %(people)s people the date of “%(title)s” moves from %(wanted)s to %(due)s, "
            "because that is less than a day for each activity.",
            moved.people,
        )
    return said % words


def assigned_words(done: Assignment) -> str:
    """What assigning did."""
    count = done.enrolled + done.rejoined
    given = ngettext(
        "%(count)s person was given this plan.", "%(count)s people were given this plan.", count
    ) % {"count": count}
    if not done.redated:
        return given
    moved = ngettext(
        "%(count)s date that was set before has changed.",
        "%(count)s dates that were set before have changed.",
        done.redated,
    ) % {"count": done.redated}
    return f"{given} {moved}" if count else moved


def archive_lines(people: Tally) -> Iterator[str]:
    """What archiving a plan means for those who have it and for all others."""
    yield gettext("Nobody new gets it, not even who joins one of its groups later.")
    unfinished = people.open + people.late
    if unfinished:
        yield ngettext(
            "%(count)s person has not finished it: the work stays theirs, with its dates and "
            "reminders. Withdraw them first if they need not do it.",
            "%(count)s people have not finished it: the work stays theirs, with its dates and "
            "reminders. Withdraw them first if they need not do it.",
            unfinished,
        ) % {"count": unfinished}
    yield gettext("What is done stays in everybody’s record, and in the figures.")
    yield gettext("There is no way back: an archived plan cannot be published again.")


def reach_lines(*, plans: int, people: int) -> list[str]:
    """Who reads the text of an activity."""
    if not people:
        return [gettext("Nobody has it yet.")]
    said = [
        ngettext(
            "%(people)s person has it, and sees the new text at once.",
            "%(people)s people have it, and see the new text at once.",
            people,
        )
        % {"people": people},
        gettext("Whoever is done stays done."),
    ]
    if plans > 1:
        said.append(
            ngettext(
                "It is in %(plans)s plan that people have: the change shows in it.",
                "It is in %(plans)s plans that people have: the change shows in all of them.",
                plans,
            )
            % {"plans": plans}
        )
    return said
