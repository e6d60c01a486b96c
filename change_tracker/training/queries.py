"""What one person has to learn, by when and why."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from change_tracker.core.access import User
from change_tracker.core.questions import own_question
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.coming import next_session_of, with_next_session
from change_tracker.training.completion import hands_in, rule_words
from change_tracker.training.decided import again_of, left_words
from change_tracker.training.duewords import WhySentence, your_rule
from change_tracker.training.given import Given, given_by
from change_tracker.training.handingin import NOTHING_YET, HandedIn, handed_in_of
from change_tracker.training.models import (
    LearningActivity,
    Session,
    TrainingRecord,
)
from change_tracker.training.models.records import OPEN_STATES
from change_tracker.training.moretime import NONE, MoreTime, more_time_of
from change_tracker.training.services.attempts import superseded
from change_tracker.training.services.inforce import undo_by, with_force
from change_tracker.training.services.turns import blockers, waits_for

SOON_DAYS = 7
#: What a person may look back on.
SHOWN_DONE = (TrainingRecord.State.COMPLETED, TrainingRecord.State.WAIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One piece of training of one person. `days_late` is 0 when it is not late."""

    record_id: int
    activity_id: int
    title: str
    body: str
    url: str
    minutes: int
    plan_id: int
    plan: str
    initiative_id: int
    initiative: str
    initiative_slug: str
    go_live_on: date | None
    is_required: bool
    #: since when it can be done; None while it waits for `opens_after`
    opens_on: date | None
    opens_after: str
    due_on: date | None
    days_late: int
    is_soon: bool
    state: str
    completed_on: date | None
    #: until when the completion counts; None: for good
    expires_on: date | None
    can_undo: bool
    #: the person (id) who recorded it and may still take that back
    undo_by: int | None
    #: whether the person's own word is enough, and by which rule it counts as done, in words
    is_attested: bool
    counts_when: str
    #: what the person hands in: evidence, sign_off (the word that they are ready), or nothing
    hands_in: str
    handed_in: HandedIn
    #: how far the person is in percent and in words, where another system reported it
    progress: int | None
    progress_label: str
    #: what became of asking for more time, and why somebody is exempt, in words
    more_time: MoreTime
    exempt: str
    #: why it is to do once more
    again: str
    why: WhySentence
    #: whether the person may read about the initiative; `my_item` asks
    has_about: bool = False
    #: the next date on which it takes place; `my_work` asks
    next_session: Session | None = None

    @property
    def share(self) -> float:
        """How far the person is within it; 1 is all of it."""
        return (self.progress or 0) / 100

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.state in OPEN_STATES

    @property
    def waits(self) -> bool:
        """Whether it is handed in, and somebody else's turn."""
        return self.state == TrainingRecord.State.SUBMITTED

    @property
    def is_recordable(self) -> bool:
        """Whether others may record it, or hand something in, for somebody who cannot sign in."""
        return (
            self.is_open
            and not (self.is_locked or self.waits)
            and bool(self.hands_in or self.is_attested)
        )

    @property
    def is_locked(self) -> bool:
        """Whether its turn has not come yet."""
        return self.is_open and self.opens_on is None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyWork:
    """Everything of one person: what is open, what is done, and the next go-live among it."""

    items: tuple[WorkItem, ...] = ()
    done: tuple[WorkItem, ...] = ()
    go_live_on: date | None = None

    @property
    def to_do(self) -> tuple[WorkItem, ...]:
        """What is open, but for what waits for somebody else."""
        return tuple(item for item in self.items if not item.waits)

    @property
    def minutes(self) -> int:
        """How long all that there is to do takes."""
        return sum(item.minutes for item in self.to_do)


def my_work(user: User, today: date, now: datetime | None = None) -> MyWork:
    """The training of `user`; empty for a login without a person. Three queries, and
    one more where something is to do again, or to hand in.

    Open items come late first, then by due date, then those without a date, then those whose
    turn has not come; done ones newest first. With `now` each has its next session.
    """
    return _work(_own(user) if now is None else _own(user, now=now), today)


@own_question
def _own(user: User, *, now: datetime | None = None) -> QuerySet[TrainingRecord]:
    own: Any = TrainingRecord.objects.own(user)
    return _records_of(own if now is None else with_next_session(own, now))


def open_work(user: User, today: date) -> MyWork | None:
    """What `user` has still to do; None for a login without a person. Four queries at most."""
    person = Person.objects.of_user(user).first()
    if person is None:
        return None
    return work_of(person, TrainingRecord.objects.outstanding(), today)


def work_of(person: Person, among: Any, today: date) -> MyWork:
    """The training of one person, as far as it is `among` the records that are read. Three queries.

    In the order of `my_work`.
    """
    return _work(list(_records_of(among.filter(person=person))), today)


def _work(records: list[TrainingRecord], today: date) -> MyWork:
    items = _items(records, blockers(sorted(records, key=_place_in_plan)), today)
    before = superseded(records)
    done = [item for item in items if item.state in SHOWN_DONE and item.record_id not in before]
    open_items = [item for item in items if item.state not in SHOWN_DONE]
    return MyWork(
        items=tuple(sorted(open_items, key=lambda item: item.is_locked)),
        done=tuple(sorted(done, key=lambda item: item.completed_on or date.min, reverse=True)),
        go_live_on=_next_go_live(records, today),
    )


def my_item(user: User, record_id: int, today: date) -> WorkItem | None:
    """One piece of training of `user`, whatever its state; None when it is not theirs.

    A plan may be given to a group that its initiative does not touch: then the person has the
    item, but no page about the initiative. Three queries, and one more where it waits for another,
    is to do again, or something is to hand in.
    """
    own: Any = TrainingRecord.objects.own(user).filter(pk=record_id)
    known = Initiative.objects.visible_to(user).filter(pk=OuterRef("plan__initiative"))
    rows = own.select_related("activity", "item", "plan__initiative", "left_by")
    record = with_force(rows).annotate(has_about=Exists(known)).first()
    if record is None:
        return None
    waits = {record.pk: waits_for(record)} if record.is_locked() else {}
    return replace(_items([record], waits, today)[0], has_about=record.has_about)


def _place_in_plan(record: TrainingRecord) -> tuple[int, int, int]:
    return record.enrolment_id, record.item.position, record.item_id


def _records_of(among: Any) -> QuerySet[TrainingRecord]:
    shown: QuerySet[TrainingRecord] = among.filter(state__in=(*OPEN_STATES, *SHOWN_DONE))
    known = with_force(shown).select_related("activity", "item", "plan__initiative", "left_by")
    return known.order_by(  # type: ignore[no-any-return]
        F("due_on").asc(nulls_last=True), "plan_id", "item__position", "pk"
    )


def _items(records: list[TrainingRecord], waits: dict[int, str], today: date) -> list[WorkItem]:
    given, more = given_by(records), more_time_of(records, today)
    again, handed_in = again_of(records, today), handed_in_of(records, today)
    return [
        _item(
            record,
            _why(record, given, more.get(record.pk, NONE)),
            today,
            more_time=more.get(record.pk, NONE),
            again=again.get(record.pk, ""),
            opens_after=waits.get(record.pk, ""),
            handed_in=handed_in.get(record.pk, NOTHING_YET),
            next_session=next_session_of(record),
        )
        for record in records
    ]


def _item(record: TrainingRecord, why: WhySentence, today: date, **said: Any) -> WorkItem:
    activity, initiative = record.activity, record.plan.initiative
    taken_back_by = undo_by(record, today)
    return WorkItem(
        record_id=record.pk,
        activity_id=activity.pk,
        title=activity.title,
        body=activity.body,
        url=activity.url,
        minutes=activity.minutes,
        plan_id=record.plan_id,
        plan=record.plan.title,
        initiative_id=initiative.pk,
        initiative=initiative.title,
        initiative_slug=initiative.slug,
        go_live_on=initiative.go_live_on,
        is_required=record.item.is_required,
        opens_on=record.opens_on,
        due_on=record.due_on,
        days_late=record.days_late(today),
        is_soon=_is_soon(record, today),
        state=record.state,
        completed_on=record.completed_on,
        undo_by=taken_back_by,
        expires_on=record.expires_on,
        can_undo=taken_back_by == record.person_id,
        is_attested=activity.completion_rule == LearningActivity.CompletionRule.ATTEST,
        counts_when=rule_words(activity),
        hands_in=hands_in(activity),
        progress=record.progress,
        progress_label=record.progress_label,
        why=why,
        exempt=left_words(record, today),
        **said,
    )


def _why(record: TrainingRecord, given: Given, more: MoreTime) -> WhySentence:
    groups = given.reasons.get(record.enrolment_id, [])
    return WhySentence(
        purpose=record.plan.initiative.purpose,
        groups=tuple(reason.group for reason in groups),
        rule=more.granted or your_rule(record, groups),
        answers=given.answers.get(record.plan_id, ()),
    )


def _is_soon(record: TrainingRecord, today: date) -> bool:
    if record.due_on is None or not record.is_ready():
        return False
    return 0 <= (record.due_on - today).days <= SOON_DAYS


def _next_go_live(records: Iterable[TrainingRecord], today: date) -> date | None:
    days: Any = (record.plan.initiative.go_live_on for record in records if record.is_open())
    return min((day for day in days if day is not None and day >= today), default=None)
