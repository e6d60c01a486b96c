"""What happens to training when people leave, move, join a group, or an initiative is cancelled."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.states import Facts
from change_tracker.initiatives.models import ENDED, Initiative
from change_tracker.initiatives.points import Following, FollowsGoLive
from change_tracker.people.models import AudienceMember, Person
from change_tracker.people.points import MembershipChange, PeopleChange
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    PlanAudience,
    PlanItem,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.models.dues import FROM_GO_LIVE
from change_tracker.training.models.enrolments import EnrolmentQuerySet
from change_tracker.training.services import assign_plan, change_units, leave_plans
from change_tracker.training.services.leaving import chunks, show_units
from change_tracker.training.services.lettinggo import leave_group
from change_tracker.training.services.planning import hold_plans

#: Units that a preview names one by one.
MOST_UNITS = 10


class LeaversAreWithdrawn:
    """Unfinished training of people who leave is withdrawn; their transcript stays."""

    def preview(self, change: PeopleChange) -> list[str | Promise]:
        """One sentence for each unit that people leave: what is withdrawn, what is kept.

        Three queries for each thousand leavers.
        """
        people, withdrawn, kept = Counter[str](), Counter[str](), Counter[str]()
        for ids in chunks(change.leavers):
            running = _running_of(ids).active()
            done = TrainingRecord.objects.filter(person__in=ids, state="completed")
            people.update(_by_unit(Person.objects.filter(pk__in=ids), "unit__name"))
            withdrawn.update(_by_unit(running, "person__unit__name"))
            kept.update(_by_unit(done, "person__unit__name"))
        return [_leaving_words(*each) for each in _most(people, withdrawn, kept)]

    def apply(self, change: PeopleChange, *, actor: User | None, now: datetime) -> None:
        """Withdraw what is unfinished, and let what is finished stop to count."""
        _hold_plans_of(change.leavers)
        for ids in chunks(change.leavers):
            leave_plans(
                _running_of(ids),
                reason=gettext("Left the company."),
                actor=actor,
                today=change.today,
                now=now,
            )


class MoversTakeTheirTrainingAlong:
    """Training of people who move to another unit counts there from that day on."""

    def preview(self, change: PeopleChange) -> list[str | Promise]:
        """How many plans, where there are any; what groups do about it they say themselves."""
        count = sum(
            EnrolmentPeriod.objects.open().filter(enrolment__person__in=ids).count()
            for ids in chunks(change.movers)
        )
        text = ngettext(
            "%(count)s training plan of people who move counts in their new unit, if a group there "
            "still gives it to them.",
            "%(count)s training plans of people who move count in their new unit, if a group there "
            "still gives it to them.",
            count,
        )
        return [text % {"count": count}] if count else []

    def apply(self, change: PeopleChange, *, actor: User | None, now: datetime) -> None:
        """Close the periods in the old unit and open them in the new one.

        Whoever comes back has none that is open; only their records say the unit of today.
        """
        _hold_plans_of(change.movers)
        change_units(change.movers, today=change.today)
        show_units(change.returners)


def training_follows_the_groups(
    changes: Sequence[MembershipChange], actor: User | None, now: datetime
) -> dict[int, list[str]]:
    """Who joins a group gets the plans it was given; who leaves it keeps what is done.

    Everybody joins before anybody leaves: whoever goes from one group of a plan to another has it
    all the time, and loses nothing. Returns what was done, by audience.
    """
    hold_plans(_plans_of(change.audience_id for change in changes))
    follows = {change.audience_id: _join_group(change, actor, now) for change in changes}
    for change in changes:
        follows[change.audience_id] += _leave_group(change, actor, now)
    return follows


def cancelled_initiatives_ask_for_nothing(row: Initiative, facts: Facts) -> None:
    """Unfinished training of a cancelled initiative is withdrawn."""
    hold_plans(TrainingPlan.objects.filter(initiative=row))
    leave_plans(
        _running_in(row),
        reason=facts.reason,
        actor=facts.actor,
        today=timezone.localdate(facts.now),
        now=facts.now,
    )


def _plans_of(audiences: Iterable[int]) -> QuerySet[TrainingPlan]:
    """The plans of groups (ids) that people can be given, drafts that are just published, too."""
    rules = PlanAudience.objects.filter(audience__in=list(audiences))
    plans = TrainingPlan.objects.filter(pk__in=rules.values("plan"))
    return plans.exclude(state=TrainingPlan.State.ARCHIVED)


def _hold_plans_of(people: Sequence[int]) -> None:
    """Wait for whoever gives a plan to a group of `people` and finds them there, as they were."""
    groups: set[int] = set()
    for ids in chunks(people):
        members = AudienceMember.objects.open().filter(person__in=ids)
        groups.update(members.values_list("audience", flat=True).distinct())
    if groups:
        hold_plans(_plans_of(groups))


def _by_unit(rows: Any, unit: str) -> dict[str, int]:
    """How many rows there are of each unit; those of no unit under an empty name."""
    counted = rows.order_by().values_list(unit).annotate(n=Count("pk"))
    return {name or "": number for name, number in counted}


def _most(
    people: Counter[str], withdrawn: Counter[str], kept: Counter[str]
) -> list[tuple[str, int, int, int]]:
    """Units with training to withdraw, most leavers first; beyond the first few, in one."""
    touched = [unit for unit, _n in people.most_common() if withdrawn[unit]]
    lines = [(unit, people[unit], withdrawn[unit], kept[unit]) for unit in touched]
    if len(lines) <= MOST_UNITS:
        return lines
    rest = lines[MOST_UNITS:]
    sums = [sum(column) for column in list(zip(*rest, strict=True))[1:]]
    return [*lines[:MOST_UNITS], (gettext("other units"), sums[0], sums[1], sums[2])]


def _leaving_words(unit: str, people: int, withdrawn: int, kept: int) -> str:
    who = ngettext("%(people)s leaves %(unit)s", "%(people)s leave %(unit)s", people)
    return gettext("%(who)s: %(withdrawn)s, %(kept)s.") % {
        "who": who % {"people": people, "unit": unit or gettext("no unit")},
        **_ending_words(withdrawn, kept),
    }


def _ending_words(withdrawn: int, kept: int) -> dict[str, str]:
    what = ngettext(
        "%(n)s unfinished plan of a person is withdrawn",
        "%(n)s unfinished plans of people are withdrawn",
        withdrawn,
    )
    stays = ngettext("%(n)s completed record is kept", "%(n)s completed records are kept", kept)
    return {"withdrawn": what % {"n": withdrawn}, "kept": stays % {"n": kept}}


def what_cancelling_withdraws(row: Initiative) -> str | None:
    """How many unfinished enrolments cancelling withdraws; what is done stays."""
    count = _running_in(row).active().count()
    if not count:
        return None
    return ngettext(
        "%(count)s unfinished plan of a person is withdrawn. What is done stays in the transcript.",
        "%(count)s unfinished plans of people are withdrawn. What is done stays in transcripts.",
        count,
    ) % {"count": count}


def _running_in(initiative: Initiative) -> EnrolmentQuerySet:
    return Enrolment.objects.running().filter(plan__initiative=initiative)


def _running_of(people: Sequence[int]) -> EnrolmentQuerySet:
    return Enrolment.objects.running().filter(person__in=people)


def _join_group(change: MembershipChange, actor: User | None, now: datetime) -> list[str]:
    """Only rules that were carried out reach further people; the others wait for their lead."""
    if not change.joined:
        return []
    rules = PlanAudience.objects.filter(
        audience=change.audience_id,
        first_assigned_on__isnull=False,
        plan__state=TrainingPlan.State.PUBLISHED,
    ).exclude(plan__initiative__state__in=ENDED)
    given = 0
    for rule in rules.select_related("plan"):
        for ids in chunks(change.joined):
            done = assign_plan(
                plan=rule.plan,
                actor=actor,
                today=change.today,
                now=now,
                rules=[rule],
                people=ids,
            )
            given += done.enrolled + done.rejoined
    words = ngettext(
        "%(count)s training plan is given.", "%(count)s training plans are given.", given
    )
    return [words % {"count": given}] if given else []


def _leave_group(change: MembershipChange, actor: User | None, now: datetime) -> list[str]:
    done = leave_group(change.audience_id, change.left, actor=actor, today=change.today, now=now)
    said = []
    if done.withdrawn:
        words = gettext("%(withdrawn)s, %(kept)s.")
        said.append(words % _ending_words(done.withdrawn, done.kept))
    if done.redated:
        words = ngettext(
            "%(n)s training was due by this group; its date is now that of the others.",
            "%(n)s trainings were due by this group; their dates are now those of the others.",
            done.redated,
        )
        said.append(words % {"n": done.redated})
    return [*said, *_staying_words(done.staying)]


def _staying_words(staying: int) -> list[str]:
    words = ngettext(
        "%(n)s unfinished plan of a person stays: whoever leaves keeps it.",
        "%(n)s unfinished plans of people stay: whoever leaves keeps them.",
        staying,
    )
    return [words % {"n": staying}] if staying else []


class RulesCountAsEdited(FollowsGoLive):
    """Rules that count from go-live count as edited: the next run sets the new dates."""

    def foresee(
        self, user: User, initiative: Initiative, to: date | None, today: date
    ) -> list[Following]:
        """The plans that people have, whose dates wait for the next run; one query."""
        plans = TrainingPlan.objects.visible_to(user).filter(state=TrainingPlan.State.PUBLISHED)
        meant = plans.filter(pk__in=_counting_rules(initiative).values("plan"))
        words = _("The dates that people have stay until you assign the plan again.")
        titles = meant.order_by("title", "pk").values_list("title", flat=True)
        return [Following(title=title, words=words) for title in titles]

    def follow(self, initiative: Initiative, *, actor: User | None, now: datetime) -> None:
        """Make them count as edited, and not by a run that gives the dates of before."""
        rules = _counting_rules(initiative)
        hold_plans(TrainingPlan.objects.filter(pk__in=rules.values("plan")))
        rules.update(version=F("version") + 1)


GO_LIVE_RULES = RulesCountAsEdited()


def _counting_rules(initiative: Initiative) -> Any:
    counting = PlanItem.objects.filter(plan=OuterRef("plan"), due_rule__in=FROM_GO_LIVE)
    return PlanAudience.objects.filter(
        Q(due_rule__in=FROM_GO_LIVE) | Q(Exists(counting)), plan__initiative=initiative
    )
