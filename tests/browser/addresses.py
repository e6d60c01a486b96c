"""Addresses of pages, by what they are about in the scene."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

from django.urls import reverse

from change_tracker.people.models import Person
from change_tracker.reminders import links
from tests.browser.scene import Scene
from tests.factories import TODAY


@dataclass(frozen=True, slots=True)
class Address:
    """The name of a page, the keys in its address as the scene has them, and what it is asked."""

    name: str
    keys: Callable[[Scene], list[object]] = lambda _scene: []
    query: str | Callable[[Scene], str] = ""

    def __call__(self, scene: Scene) -> str:
        query = self.query if isinstance(self.query, str) else self.query(scene)
        return reverse(f"change_tracker:{self.name}", args=self.keys(scene)) + query


def at(name: str, query: str = "") -> Address:
    """A page that is about no row."""
    return Address(name, query=query)


def of_initiative(name: str, query: str = "") -> Address:
    """A page of the initiative."""
    return Address(name, lambda scene: [scene.initiative.slug], query)


def of_draft(name: str, of: str = "draft") -> Address:
    """A page of the draft; `empty` is one that has no group yet."""
    return Address(name, lambda scene: [getattr(scene, of).slug])


def of_nothing(name: str) -> Address:
    """A page of the initiative in which there is nothing yet."""
    return of_draft(name, "empty")


def within(name: str, key: Callable[[Scene], object], query: str = "") -> Address:
    """A page about something in the initiative."""
    return Address(name, lambda scene: [scene.initiative.slug, key(scene)], query)


def item(state: str, name: str = "item") -> Address:
    """A page about the employee's item in that state."""
    return Address(name, lambda scene: [scene.records[state].pk])


def hand_in(state: str, name: str = "item-hand-in") -> Address:
    """A page of the employee about what they handed in."""
    return Address(name, lambda scene: [scene.hand_ins[state].record_id])


def handed_in(state: str) -> Address:
    """What the employee handed in, as those see it who decide."""
    return Address("hand-in", lambda scene: [scene.hand_ins[state].pk])


def action(state: str, name: str = "action", query: str = "") -> Address:
    """A page of the action in that state."""
    return within(name, lambda scene: scene.actions[state].pk, query)


def of_plan(name: str = "plan", which: str = "plan", query: str = "") -> Address:
    """A page of the published plan of the initiative, or of the scene's `which`."""
    return within(name, lambda scene: getattr(scene, which).pk, query)


def of_session(name: str, which: str = "session") -> Address:
    """A page of the session that is under way, or of the one to come."""
    return within(name, lambda scene: getattr(scene, which).pk)


def of_part(name: str, part: str) -> Address:
    """A page about an item or a group of a plan, by its name in the scene."""
    return Address(name, lambda scene: [scene.initiative.slug, *scene.parts[part]])


def of_entry(name: str, which: str = "entry") -> Address:
    """A page of the entry of the register that has reviews and an action, or of the untouched."""
    return within(name, lambda scene: getattr(scene, which).pk)


def said(name: str, state: str) -> Address:
    """A page about what the employee said, as they see it."""
    return Address(name, lambda scene: [scene.concerns[state].pk])


def concern(name: str, state: str) -> Address:
    """A page about it as the change team sees it."""
    return within(name, lambda scene: scene.concerns[state].pk)


def of_lead(name: str) -> Address:
    """A page about the lead's role."""
    return within(name, lambda scene: scene.lead_role.pk)


def of_group(name: str) -> Address:
    """A page about the group of the draft."""
    return Address(name, lambda scene: [scene.draft.slug, scene.group.pk])


def of_audience(query: str = "") -> Address:
    """The page that says who belongs to that group."""
    return Address(
        "audience-edit", lambda scene: [scene.draft.slug, scene.group.audience_id], query
    )


def of_goal(name: str) -> Address:
    """A page about the objective of the draft."""
    return Address(name, lambda scene: [scene.draft.slug, scene.goal.pk])


def of_measured(name: str) -> Address:
    """A page about the goal that is measured."""
    return within(name, lambda scene: scene.measured.pk)


def of_reading(name: str) -> Address:
    """A page about its newest reading."""
    return within(name, lambda scene: scene.reading.pk)


def a_playbook(which: str = "fresh") -> Address:
    """The page of a playbook."""
    return Address("playbook", lambda scene: [scene.playbooks[which].slug])


def apply_playbook(which: str = "fresh") -> Address:
    """The page that applies it; of `applied` there is a version that the initiative has not."""
    return within("apply-playbook", lambda scene: scene.playbooks[which].slug)


def of_lesson(name: str) -> Address:
    """A page about a lesson."""
    return within(name, lambda scene: scene.lesson.pk)


def of_milestone(name: str) -> Address:
    """A page about a milestone that is to come."""
    return within(name, lambda scene: scene.milestone.pk)


def job(state: str, query: str = "") -> Address:
    """The page of the lead's job in that state."""
    return Address("job", lambda scene: [scene.jobs[state].pk], query)


def roster(which: str, name: str = "people-import") -> Address:
    """A page about a roster that HR sent."""
    return Address(name, lambda scene: [scene.uploads[which].pk])


def spreadsheet(which: str, name: str = "register-import-check") -> Address:
    """A page about a spreadsheet that the lead sent."""
    return within(name, lambda scene: scene.spreadsheets[which].pk)


def one_of_the_team(record: str) -> Address:
    """Whose record it is, as their manager sees them."""
    return Address("team-person", lambda scene: [scene.records[record].person_id])


def for_others(what: str) -> Address:
    """What is recorded for people who cannot sign in: one item, or one record."""

    def query(scene: Scene) -> str:
        record = scene.records["Unsaid"]
        return f"?item={record.item_id}" if what == "item" else f"?record={record.pk}"

    return Address("record-for-others", query=query)


def of_person(name: str, *, record: str = "") -> Address:
    """A page of the employee's plan, or of one of their records."""

    def keys(scene: Scene) -> list[object]:
        where = [scene.initiative.slug, scene.plan.pk, scene.records["Late"].enrolment_id]
        return [*where, scene.records[record].pk] if record else where

    return Address(name, keys)


def linked(name: str, verb: str, *, stale: bool = False) -> Address:
    """What a link in a mail to the employee leads to; `stale`: about a date that is no more."""

    def words(scene: Scene) -> list[object]:
        record = scene.records["Late"]
        if stale:
            record = copy(record)
            record.due_revision += 1
        about = record if verb in {links.MORE_TIME, links.ELSEWHERE} else None
        return [links.signed(Person(pk=record.person_id), verb, TODAY, about)]

    return Address(name, words)


#: The employee's request for more time, as those see it who answer.
REQUEST = Address("time-request", lambda scene: [scene.request.pk])
#: What the employee learnt elsewhere.
LEARNT = Address("elsewhere", lambda scene: [scene.learning.pk])
#: The page on which the team changes what it told everybody.
TOLD = within("told-edit", lambda scene: scene.told.pk)
#: The employee's transcript, and that of somebody without training.
TRANSCRIPT = Address("transcript", lambda scene: [scene.records["Late"].person_id])
TRANSCRIPT_OF_THE_LEAD = Address("transcript", lambda scene: [scene.lead_role.person_id])
#: Something to hand in for somebody who cannot sign in.
HAND_IN_FOR_OTHER = Address("hand-in-for-other", lambda scene: [scene.records["Unproved"].pk])
