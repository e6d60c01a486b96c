"""The dates of a plan's activities, and one of them: who was there, and the sheet to sign."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.formpages import FormPage
from change_tracker.core.pages import PageMixin
from change_tracker.people.models import oneself_or_team
from change_tracker.training import services
from change_tracker.training.models import Attendance, LearningActivity, Session
from change_tracker.training.sessionforms import (
    AttendanceForm,
    SessionForm,
)
from change_tracker.training.sessionwords import (
    attended_words,
    expected_words,
    session_words,
    when_words,
)
from change_tracker.training.views.planning import PlanFormPage
from change_tracker.training.views.plans import PlanMixin

#: Past sessions that a plan lists; the latest.
MOST_PAST = 50
#: Coming ones.
MOST_COMING = 200
#: People whom the page of one session lists; managers see their own.
MOST_PEOPLE = 500
#: Empty rows at the end of the sheet, for those whom nobody expected.
EMPTY_ROWS = 5


def url_of_session(session: Session, name: str = "session") -> str:
    """A page of a session."""
    return reverse(f"change_tracker:{name}", args=[session.initiative.slug, session.pk])


def sessions_of(plan: Any, user: User) -> Any:
    """The sessions of a plan's activities in its initiative that `user` sees, the first first."""
    rows: Any = Session.objects.visible_to(user).select_related("activity")
    mine = rows.filter(initiative=plan.initiative, activity__in=plan.items.values("activity"))
    return mine.order_by("starts_at", "pk")


class PlanSessions(PlanMixin):
    """When the activities of a plan take place."""

    template_name = "change_tracker/plan_sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`coming` and `past` as (session, when); `keeps`: the caller records who was there."""
        initiative, now = self.plan.initiative, timezone.now()
        mine = sessions_of(self.plan, self.user)
        past = mine.filter(ends_at__lte=now).order_by("-starts_at", "-pk")
        kept: Any = Session.objects.kept_by(self.user)
        return super().get_context_data(
            plan=self.plan,
            initiative=initiative,
            coming=self._lines(mine.ahead(now)[:MOST_COMING]),
            past=self._lines(past[:MOST_PAST]),
            keeps=kept.filter(initiative=initiative).exists(),
            **kwargs,
        )

    def _lines(self, rows: Any) -> list[tuple[Session, str]]:
        return [(session, session_words(session, self.today)) for session in rows]


class SessionNew(PlanFormPage):
    """One more date of an activity of the plan."""

    form_class = SessionForm
    heading = _("Add a session")
    button = _("Add it")

    def form_options(self) -> dict[str, Any]:
        """The activities of the plan, and the zone of the site."""
        super().form_options()
        activities: Any = LearningActivity.objects.visible_to(self.user)
        inside = activities.filter(plan_items__in=self.plan.items.in_force())
        asked = self.request.GET.get("activity", "")
        initial = {"timezone": timezone.get_current_timezone_name(), "activity": asked}
        return {"activities": inside.order_by("plan_items__position"), "initial": initial}

    def save(self, form: Any) -> tuple[str, str]:
        """Create it."""
        time = self.actor_and_time()
        session = services.create_session(
            initiative=self.plan.initiative,
            actor=time["actor"],
            now=time["now"],
            **form.values(),
        )
        where = [self.plan.initiative.slug, self.plan.pk]
        words = {"title": session.activity.title, "when": when_words(session, self.today)}
        said = gettext("“%(title)s” takes place: %(when)s.") % words
        return reverse("change_tracker:plan-sessions", args=where), said


class SessionMixin(PageMixin):
    """A page about one session; 404 for those who do not see it."""

    verb = "attendable_by"

    @property
    def tab(self) -> str:  # type: ignore[override]  # it depends on who asks
        """Where the way back leads: to the plans for those who keep it, else to one's team."""
        return "initiatives" if self.keeps else "team"

    @cached_property
    def session(self) -> Any:
        """The session; 403 for those who see it, but may not do this."""
        rows: Any = Session.objects.visible_to(self.user)
        found = rows.filter(initiative__slug=self.kwargs["slug"]).annotate(
            is_theirs=self._within(self.verb),
            is_kept=self._within("kept_by"),
            may_change=self._within("changeable_by"),
            may_delete=self._within("deletable_by"),
        )
        session = get_object_or_404(
            found.select_related("activity", "initiative"), pk=self.kwargs["pk"]
        )
        if not session.is_theirs:
            raise PermissionDenied
        return session

    def _within(self, verb: str) -> Exists:
        rows = getattr(Session.objects.all(), verb)(self.user)
        return Exists(rows.filter(pk=self.kwargs["pk"]))

    @property
    def keeps(self) -> bool:
        """Whether the caller records for everybody, not for a team alone."""
        return bool(self.session.is_kept)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`session`, its `initiative`, and `when` it is."""
        session = self.session
        return super().get_context_data(
            session=session,
            initiative=session.initiative,
            when=when_words(session, self.read_on()),
            **kwargs,
        )

    def read_on(self) -> date:
        """Hook: when it is read; dates of another year say theirs."""
        return self.today


class SessionPage(SessionMixin, FormPage):
    """Who has it to do, and who was there."""

    template_name = "change_tracker/session.html"
    form_class = AttendanceForm
    button = _("Save")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the activity
        """What takes place."""
        return str(self.session.activity)

    @cached_property
    def people(self) -> list[Any]:
        """Those for whom the caller records; who was there before the others."""
        expected = self.session.expected_for(self.user).select_related("unit")
        was_there = Exists(self.there.filter(person=OuterRef("pk")))
        rows = expected.annotate(was_there=was_there)
        return list(rows.order_by("-was_there", "display_name", "pk")[: MOST_PEOPLE + 1])

    @property
    def there(self) -> Any:
        """Who is recorded as having been there."""
        rows = Attendance.objects.visible_to(self.user)
        return rows.filter(session=self.session, attended=True)

    def counts(self) -> tuple[int, int]:
        """How many are expected, and how many of them were there, also beyond the list."""
        counted = self.session.expected_for(self.user).aggregate(
            expected=Count("pk"),
            there=Count("pk", filter=Q(pk__in=self.there.values("person"))),
        )
        return counted["expected"], counted["there"]

    def form_options(self) -> dict[str, Any]:
        """The people, and who of them was there."""
        people = self.people[:MOST_PEOPLE]
        return {"people": people, "attended": [each.pk for each in people if each.was_there]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`people`, `has_begun`, and what the caller `may` do beside."""
        session, people = self.session, self.people[:MOST_PEOPLE]
        has_begun = session.has_begun(timezone.now())
        by_attendance = LearningActivity.CompletionRule.ATTENDANCE
        return super().get_context_data(
            people=people,
            verdict=expected_words(*self.counts(), has_begun=has_begun),
            has_begun=has_begun,
            is_long=len(self.people) > MOST_PEOPLE,
            completes=session.activity.completion_rule == by_attendance,
            keeps=self.keeps,
            may_change=session.may_change,
            may_delete=session.may_delete,
            **kwargs,
        )

    def again(self, form: Any, status: int) -> Any:
        """Read anew: what was refused is often refused because it is another one now."""
        for name in ("session", "people"):
            self.__dict__.pop(name, None)
        return super().again(form, status)

    def save(self, form: Any) -> tuple[str, str]:
        """Record it."""
        time = self.actor_and_time()
        done = services.record_attendance(self.session, **form.changes(), **time)
        return url_of_session(self.session), attended_words(done)


class SessionSheet(SessionMixin):
    """The sheet to sign, on paper."""

    template_name = "change_tracker/session_sheet.html"

    def read_on(self) -> date:
        """Paper is kept: it says the year."""
        return date.min

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`people`, `empty` rows below them, and whether it `is_long`: not everybody is on it."""
        people = self.session.expected()
        if not self.keeps:
            people = people.filter(pk__in=oneself_or_team(self.user))
        rows = people.select_related("unit").order_by("display_name", "pk")
        found = list(rows[: MOST_PEOPLE + 1])
        return super().get_context_data(
            people=found[:MOST_PEOPLE],
            is_long=len(found) > MOST_PEOPLE,
            empty=range(EMPTY_ROWS),
            **kwargs,
        )
