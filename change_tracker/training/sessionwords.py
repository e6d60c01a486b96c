"""Sessions in words; no queries."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from change_tracker.core.text import short_date, time_words
from change_tracker.training.models import Session
from change_tracker.training.services import Attended


def session_words(session: Session, today: date) -> str:
    """When and where, such as "Tue 1 Dec, 14:00 to 15:00, Training room 2"."""
    when = when_words(session, today)
    if not session.place:
        return when
    return gettext("%(when)s, %(place)s") % {"when": when, "place": session.place}


def when_words(session: Session, today: date) -> str:
    """When, by the clock on its wall; and that it is cancelled, where it is."""
    said = date_words(session, today)
    if session.cancelled_on is None:
        return said
    return gettext("Cancelled: %(when)s") % {"when": said}


def date_words(session: Session, today: date) -> str:
    """When, with the zone where that is another one than the site's."""
    words = {
        "day": short_date(session.day, today),
        "start": time_words(session.begins),
        "last": short_date(session.last_day, today),
        "end": time_words(session.ends),
        "zone": session.timezone,
    }
    if session.day == session.last_day:
        said = gettext("%(day)s, %(start)s–%(end)s") % words  # noqa: RUF001 a dash
    else:
        said = gettext("%(day)s, %(start)s – %(last)s, %(end)s") % words  # noqa: RUF001
    if session.begins.utcoffset() == timezone.localtime(session.starts_at).utcoffset():
        return said
    return gettext("%(when)s (%(zone)s)") % {"when": said, "zone": session.timezone}


def hour_words(session: Session, today: date) -> str:
    """What takes place from when to when, under its date."""
    words = {
        "title": session.activity.title,
        "start": time_words(session.begins),
        "last": short_date(session.last_day, today),
        "end": time_words(session.ends),
    }
    if session.day == session.last_day:
        return gettext("Session: %(title)s, %(start)s–%(end)s") % words  # noqa: RUF001  a dash
    return gettext("Session: %(title)s, %(start)s – %(last)s, %(end)s") % words  # noqa: RUF001


def expected_words(expected: int, attended: int, *, has_begun: bool) -> str:
    """How many have it to do, or how many of those were there."""
    words = {"expected": expected, "attended": attended}
    if attended:
        said = ngettext(
            "%(attended)s of %(expected)s person was there.",
            "%(attended)s of %(expected)s people were there.",
            expected,
        )
    elif has_begun:
        said = ngettext(
            "%(expected)s person has this to do. Nobody is recorded yet.",
            "%(expected)s people have this to do. Nobody is recorded yet.",
            expected,
        )
    else:
        said = ngettext(
            "%(expected)s person has this to do.", "%(expected)s people have this to do.", expected
        )
    return said % words


def attended_words(done: Attended) -> str:
    """What recording who was there did."""
    said = []
    if done.completed:
        count = len(done.completed)
        said.append(
            ngettext(
                "%(count)s training is done with it.",
                "%(count)s trainings are done with it.",
                count,
            )
            % {"count": count}
        )
    if again := len(done.reopened) + len(done.revoked):
        said.append(
            ngettext(
                "%(count)s training is to do again.", "%(count)s trainings are to do again.", again
            )
            % {"count": again}
        )
    if done.kept:
        said.append(
            ngettext(
                "%(count)s person stays: only the lead, agents, coaches and human resources take "
                "back what somebody else recorded.",
                "%(count)s people stay: only the lead, agents, coaches and human resources take "
                "back what somebody else recorded.",
                len(done.kept),
            )
            % {"count": len(done.kept)}
        )
    if not said and not done.noted:
        return gettext("Nothing changed.")
    return " ".join([gettext("It is recorded who was there."), *said])
