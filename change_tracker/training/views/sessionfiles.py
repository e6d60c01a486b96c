"""Sessions as files: the dates of a plan, and who was at one of them."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from change_tracker.core.files import FilePage
from change_tracker.core.tables.batches import in_order
from change_tracker.core.text import time_words
from change_tracker.training.models import Attendance, Session
from change_tracker.training.views.plans import PlanMixin
from change_tracker.training.views.sessions import SessionMixin, sessions_of


class PlanSessionsFile(PlanMixin, FilePage):
    """Every date of the activities of a plan, as its page lists them."""

    def file_name(self) -> str:
        """Of the plan."""
        return f"{self.plan.initiative.slug}-sessions-{self.plan.pk}"

    def head(self) -> list[str]:
        """When, by the clock on its wall, and where."""
        return [
            gettext("Training"),
            gettext("Day"),
            gettext("From"),
            gettext("Last day"),
            gettext("Until"),
            gettext("Time zone"),
            gettext("Place"),
            gettext("Link"),
            gettext("Who leads it"),
            gettext("Cancelled on"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All of them, the first first."""
        return map(self._line, in_order(sessions_of(self.plan, self.user)))

    def _line(self, session: Session) -> list[Any]:
        return [
            session.activity.title,
            session.day,
            time_words(session.begins),
            session.last_day,
            time_words(session.ends),
            session.timezone,
            session.place,
            session.url,
            session.led_by,
            session.cancelled_on,
        ]


class SessionFile(SessionMixin, FilePage):
    """For whom the caller records at a session, and who of them was there."""

    def file_name(self) -> str:
        """Of the session."""
        return f"{self.session.initiative.slug}-attendance-{self.session.pk}"

    def head(self) -> list[str]:
        """As on the page."""
        return [
            gettext("Person"),
            gettext("Unit"),
            gettext("Training"),
            gettext("Day"),
            gettext("Was there"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """Everybody, also beyond what the page has room for."""
        there = Attendance.objects.visible_to(self.user).filter(session=self.session, attended=True)
        attended = set(there.values_list("person", flat=True))
        people = self.session.expected_for(self.user).select_related("unit")
        for person in in_order(people.order_by("display_name", "pk")):
            yield [
                person.display_name,
                person.unit.name if person.unit else "",
                self.session.activity.title,
                self.session.day,
                gettext("yes") if person.pk in attended else gettext("no"),
            ]
