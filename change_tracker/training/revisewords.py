"""What a revision of a plan means, in words; no queries."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext, ngettext

from change_tracker.core.text import short_date
from change_tracker.training.services import NewVersion, Revision
from change_tracker.training.services.revisions import Changed
from change_tracker.training.wording import Check


def check_of(revision: Revision, today: date) -> Check:
    """What making it would do."""
    headline = ngettext(
        "%(people)s person has work ahead in this plan, and gets the change at once.",
        "%(people)s people have work ahead in this plan, and get the change at once.",
        revision.people,
    )
    if not revision.people:
        headline = gettext("Nobody has work ahead in this plan today.")
    return Check(
        headline % {"people": revision.people},
        tuple(_lines(revision, today)),
        gettext("Change it for everyone"),
    )


def _lines(revision: Revision, today: date) -> Iterator[str]:
    yield from (_added(each, today) for each in revision.added)
    yield from (_removed(each) for each in revision.removed)
    for each in revision.now_required:
        yield ngettext(
            "“%(title)s” is required from now on: %(people)s person has it open.",
            "“%(title)s” is required from now on: %(people)s people have it open.",
            each.people,
        ) % {"title": each.title, "people": each.people}
    for each in revision.now_optional:
        yield ngettext(
            "“%(title)s” is optional from now on: %(people)s person has it open.",
            "“%(title)s” is optional from now on: %(people)s people have it open.",
            each.people,
        ) % {"title": each.title, "people": each.people}
    for each in revision.redated:
        yield ngettext(
            "%(people)s person gets another date for “%(title)s”.",
            "%(people)s people get another date for “%(title)s”.",
            each.people,
        ) % {"title": each.title, "people": each.people}
    if revision.is_reordered:
        yield gettext("The activities come in another order.")
    if revision.finishing:
        yield ngettext(
            "%(people)s person is done with the plan by that.",
            "%(people)s people are done with the plan by that.",
            revision.finishing,
        ) % {"people": revision.finishing}
    yield gettext("What is done stays in everybody’s record, and in the figures.")


def _added(each: Changed, today: date) -> str:
    words = {"title": each.title, "people": each.people}
    if not each.is_required:
        said = ngettext(
            "%(people)s person is offered “%(title)s” as well; it is optional.",
            "%(people)s people are offered “%(title)s” as well; it is optional.",
            each.people,
        )
    elif each.first_due_on is None:
        said = ngettext(
            "%(people)s person gets “%(title)s” as well.",
            "%(people)s people get “%(title)s” as well.",
            each.people,
        )
    else:
        words["day"] = short_date(each.first_due_on, today)
        said = ngettext(
            "%(people)s person gets “%(title)s” as well, due %(day)s.",
            "%(people)s people get “%(title)s” as well, the first of them due %(day)s.",
            each.people,
        )
    return said % words


def _removed(each: Changed) -> str:
    said = ngettext(
        "%(people)s person who has not done “%(title)s” need not do it any more.",
        "%(people)s people who have not done “%(title)s” need not do it any more.",
        each.people,
    ) % {"title": each.title, "people": each.people}
    if not each.kept:
        return said
    kept = ngettext(
        "%(kept)s person has done it, and keeps that.",
        "%(kept)s people have done it, and keep that.",
        each.kept,
    )
    return f"{said} {kept % {'kept': each.kept}}"


def nothing_words() -> str:
    """Where a form was sent as it was."""
    return gettext("Nothing is different, so nothing was changed.")


def done_words(revision: Revision) -> str:
    """What was made."""
    said = gettext("The plan is changed for everyone: this is revision %(number)s.") % {
        "number": revision.revision
    }
    if not revision.reopened:
        return said
    reopened = ngettext(
        "It is open again for %(people)s person who had finished.",
        "It is open again for %(people)s people who had finished.",
        revision.reopened,
    )
    return f"{said} {reopened % {'people': revision.reopened}}"


def version_lines(shown: NewVersion) -> list[str]:
    """What a new version of an activity means."""
    said = [gettext("Its text is the one that it has now. Change that first if it is not new yet.")]
    if shown.unfinished:
        said.append(
            ngettext(
                "%(people)s person has it open, and does the new version.",
                "%(people)s people have it open, and do the new version.",
                shown.unfinished,
            )
            % {"people": shown.unfinished}
        )
    if not shown.finished:
        said.append(gettext("Nobody who is in a plan with it did an older version."))
    said.append(gettext("What was done of an older version stays in everybody’s transcript."))
    return said


def version_words(done: NewVersion) -> str:
    """What was made of it."""
    said = gettext("It is version %(number)s now.") % {"number": done.version}
    if not done.reopened:
        return said
    reopened = ngettext(
        "%(people)s person does it once more.",
        "%(people)s people do it once more.",
        done.reopened,
    )
    return f"{said} {reopened % {'people': done.reopened}}"
