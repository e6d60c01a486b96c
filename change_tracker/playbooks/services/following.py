"""Dates that a playbook gave follow go-live, as long as nobody chose another one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.conf import get_conf
from change_tracker.core.workdays import Calendar
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.points import Following, FollowsGoLive
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Holiday
from change_tracker.playbooks.models import PlaybookStep
from change_tracker.playbooks.rules import Dated, dated, follows
from change_tracker.playbooks.services.proposing import action_digest

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dating:
    """An open action, the step that it came from, and the date that another go-live gives it."""

    step: PlaybookStep
    action: MitigationAction
    due: Dated
    #: why its date stays although its days count from go-live
    stays: str | Promise = ""

    @property
    def moves(self) -> bool:
        """Whether it gets another date."""
        return not self.stays and self.due.on != self.action.due_on


class ActionDates(FollowsGoLive):
    """Open actions of playbooks move with go-live, unless their date was chosen by hand."""

    def foresee(
        self, user: User, initiative: Initiative, to: date | None, today: date
    ) -> list[Following]:
        """Each of them that would get another date, and each that stays; three queries."""
        found = _datings(_dated(initiative).visible_to(user), to, today)
        return [
            Following(
                title=each.action.title,
                from_on=each.action.due_on,
                to_on=each.due.on if each.moves else each.action.due_on,
                words=each.stays or (each.due.moved.label if each.due.moved else ""),
            )
            for each in found
            if each.moves or each.stays
        ]

    def follow(self, initiative: Initiative, *, actor: User | None, now: datetime) -> None:
        """Give them their dates, with a line of history each; six statements for any number."""
        held = _dated(initiative).select_for_update()
        go_live_on, today = initiative.go_live_on, timezone.localdate(now)
        moving = [each for each in _datings(held, go_live_on, today) if each.moves]
        for each in moving:
            _give(each)
        MitigationAction.objects.bulk_update(
            [each.action for each in moving], ["due_on", "due_revision", "version"], BATCH
        )
        PlaybookStep.objects.bulk_update(
            [each.step for each in moving], ["given_on", "row_digest"], BATCH
        )
        audit.record_many(
            audit.event(
                obj=each.action,
                verb="changed",
                actor=actor,
                now=now,
                scope=initiative.audit_scope,
                reason=gettext("Go-live was moved."),
                changes={"due_on": audit.plain(None, each.due.on)},
            )
            for each in moving
        )


GO_LIVE_DATES = ActionDates()


def _dated(initiative: Initiative) -> Any:
    """The open actions whose days count from go-live, by date."""
    steps = PlaybookStep.objects.filter(use__initiative=initiative, days__isnull=False)
    rows = MitigationAction.objects.open().filter(pk__in=steps.values("action"))
    return rows.order_by("due_on", "pk")


def _datings(actions: Any, to: date | None, today: date) -> Iterator[_Dating]:
    found = {action.pk: action for action in actions}
    if not found or to is None:
        return
    steps = {step.action_id: step for step in PlaybookStep.objects.filter(action__in=found)}
    days = Holiday.objects.values_list("day", flat=True)
    calendar = Calendar(tuple(get_conf().working_days), tuple(days))
    for pk, action in found.items():
        due = dated(to, steps[pk].days, today, calendar)
        stays: str | Promise = ""
        if action.due_on != steps[pk].given_on:
            stays = _("its date was chosen by hand, and stays")
        elif not follows(action.due_on, due, today):
            stays = _("that day has passed, and so has its date, which stays")
        yield _Dating(step=steps[pk], action=action, due=due, stays=stays)


def _give(dating: _Dating) -> None:
    """Write a new date into both rows; an action that was edited elsewhere stays an edited one."""
    step, action = dating.step, dating.action
    is_as_given = step.row_digest == action_digest(action)
    action.due_on = step.given_on = dating.due.on
    action.due_revision += 1
    action.version += 1
    if is_as_given:
        step.row_digest = action_digest(action)
