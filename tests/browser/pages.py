"""Every page, one line each: as whom, at which address, and what to press first, if anything."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from change_tracker.people.models import Person
from change_tracker.reminders import links
from tests.browser.scene import MOMENT, Scene
from tests.factories import TODAY

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

YESTERDAY = (MOMENT - timedelta(days=1)).date().isoformat()
Address = Callable[[Scene], str]
Press = Callable[["Page", Scene], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A page in one state."""

    user: str
    address: Address
    press: Press | None = None


def turn(page: Page, control: Locator) -> None:
    """Press a link or button, and wait for the page it leads to: a press alone does not, and a
    form that is left too early was never sent."""
    with page.expect_navigation():
        control.click()


def at(name: str, query: str = "", **names: str) -> Address:
    """The address of a page of ours; `names` are arguments → attributes of the scene."""

    def address(scene: Scene) -> str:
        values = {key: getattr(scene.initiative, of) for key, of in names.items()}
        return reverse(f"change_tracker:{name}", kwargs=values) + query

    return address


def item(state: str) -> Address:
    """The page of the employee's item in that state."""
    return lambda scene: reverse("change_tracker:item", args=[scene.records[state].pk])


def more_time(state: str) -> Address:
    """The page on which the employee asks for more time for their item in that state."""
    return lambda scene: reverse("change_tracker:item-more-time", args=[scene.records[state].pk])


def asked(scene: Scene) -> str:
    """The employee's request for more time, as those see it who answer."""
    return reverse("change_tracker:time-request", args=[scene.request.pk])


def hand_in(state: str, name: str = "item-hand-in") -> Address:
    """A page of the employee about what they handed in."""
    return lambda scene: reverse(f"change_tracker:{name}", args=[scene.hand_ins[state].record_id])


def handed_in(state: str) -> Address:
    """What the employee handed in, as those see it who decide."""
    return lambda scene: reverse("change_tracker:hand-in", args=[scene.hand_ins[state].pk])


def learnt(scene: Scene) -> str:
    """What the employee learnt elsewhere."""
    return reverse("change_tracker:elsewhere", args=[scene.learning.pk])


def give_back(page: Page, scene: Scene) -> None:
    """Give it back without a note."""
    turn(page, page.locator("button[value=return]"))


def look(page: Page, scene: Scene) -> None:
    """Say why, and see what it does."""
    page.locator("[name=reason]").fill("It is not needed any more.")
    turn(page, page.get_by_role("main").locator("form button.ct-btn--main"))


def say_no(page: Page, scene: Scene) -> None:
    """Refuse without a reason."""
    turn(page, page.locator("button[value=refuse]"))


def action(state: str, name: str = "action", query: str = "") -> Address:
    """A page of the action in that state."""

    def address(scene: Scene) -> str:
        where = {"slug": scene.initiative.slug, "pk": scene.actions[state].pk}
        return reverse(f"change_tracker:{name}", kwargs=where) + query

    return address


def of_plan(name: str = "plan", which: str = "plan", query: str = "") -> Address:
    """A page of the published plan of the initiative, or of the scene's `which`."""

    def address(scene: Scene) -> str:
        where = {"slug": scene.initiative.slug, "pk": getattr(scene, which).pk}
        return reverse(f"change_tracker:{name}", kwargs=where) + query

    return address


def of_session(name: str, which: str = "session") -> Address:
    """A page of the session that is under way, or of the one to come."""
    return lambda scene: reverse(
        f"change_tracker:{name}", args=[scene.initiative.slug, getattr(scene, which).pk]
    )


def of_part(name: str, part: str) -> Address:
    """A page about an item or a group of a plan, by its name in the scene."""

    def address(scene: Scene) -> str:
        plan_id, pk = scene.parts[part]
        return reverse(f"change_tracker:{name}", args=[scene.initiative.slug, plan_id, pk])

    return address


def of_entry(name: str, which: str = "entry") -> Address:
    """A page of the entry of the register that has reviews and an action, or of the untouched."""

    def address(scene: Scene) -> str:
        where = {"slug": scene.initiative.slug, "pk": getattr(scene, which).pk}
        return reverse(f"change_tracker:{name}", kwargs=where)

    return address


def said(name: str, state: str) -> Address:
    """A page about what the employee said, as they see it."""
    return lambda scene: reverse(f"change_tracker:{name}", args=[scene.concerns[state].pk])


def concern(name: str, state: str) -> Address:
    """A page about it as the change team sees it."""
    return lambda scene: reverse(
        f"change_tracker:{name}", args=[scene.initiative.slug, scene.concerns[state].pk]
    )


def told(scene: Scene) -> str:
    """The page on which the team changes what it told everybody."""
    return reverse("change_tracker:told-edit", args=[scene.initiative.slug, scene.told.pk])


def of_nothing(name: str) -> Address:
    """A page of the initiative in which there is nothing yet."""
    return lambda scene: reverse(f"change_tracker:{name}", args=[scene.empty.slug])


def the_lead(scene: Scene) -> str:
    """The page that asks whether the lead gives up the role."""
    return reverse("change_tracker:member-remove", args=[scene.initiative.slug, scene.lead_role.pk])


def the_role_to_hand_over(scene: Scene) -> str:
    """The page that gives the lead's role to somebody else."""
    return reverse(
        "change_tracker:member-hand-over", args=[scene.initiative.slug, scene.lead_role.pk]
    )


def of_group(name: str, query: str = "", by: str = "pk") -> Address:
    """A page about the group of the draft; `by` its audience, where it is about that."""

    def address(scene: Scene) -> str:
        keys = [scene.draft.slug, getattr(scene.group, by)]
        return reverse(f"change_tracker:{name}", args=keys) + query

    return address


def of_goal(name: str) -> Address:
    """A page about the objective of the draft."""
    return lambda scene: reverse(f"change_tracker:{name}", args=[scene.draft.slug, scene.goal.pk])


def of_measured(name: str) -> Address:
    """A page about the goal that is measured."""
    return lambda scene: reverse(
        f"change_tracker:{name}", args=[scene.initiative.slug, scene.measured.pk]
    )


def of_reading(name: str) -> Address:
    """A page about its newest reading."""
    return lambda scene: reverse(
        f"change_tracker:{name}", args=[scene.initiative.slug, scene.reading.pk]
    )


def of_playbook(name: str, which: str = "fresh") -> Address:
    """A page about a playbook; `applied` has a version that the initiative has not taken."""

    def address(scene: Scene) -> str:
        slug = scene.playbooks[which].slug
        args = [slug] if name == "playbook" else [scene.initiative.slug, slug]
        return reverse(f"change_tracker:{name}", args=args)

    return address


def of_lesson(name: str) -> Address:
    """A page about a lesson."""
    return lambda scene: reverse(
        f"change_tracker:{name}", args=[scene.initiative.slug, scene.lesson.pk]
    )


def of_milestone(name: str) -> Address:
    """A page about a milestone that is to come."""
    return lambda scene: reverse(
        f"change_tracker:{name}", args=[scene.initiative.slug, scene.milestone.pk]
    )


def of_audience(query: str = "") -> Address:
    """The page that says who belongs to that group."""
    return of_group("audience-edit", query, "audience_id")


def of_draft(name: str, of: str = "draft") -> Address:
    """A page of the draft; `empty` is one that has no group yet."""
    return lambda scene: reverse(f"change_tracker:{name}", args=[getattr(scene, of).slug])


def job(state: str, query: str = "") -> Address:
    """The page of the lead's job in that state."""
    return lambda scene: reverse("change_tracker:job", args=[scene.jobs[state].pk]) + query


def roster(which: str, name: str = "people-import") -> Address:
    """A page about a roster that HR sent."""
    return lambda scene: reverse(f"change_tracker:{name}", args=[scene.uploads[which].pk])


def spreadsheet(which: str, name: str = "register-import-check") -> Address:
    """A page about a spreadsheet that the lead sent."""
    return lambda scene: reverse(
        f"change_tracker:{name}", args=[scene.initiative.slug, scene.spreadsheets[which].pk]
    )


def choose_no_column(page: Page, scene: Scene) -> None:
    """Say of no column which it is."""
    for each in page.locator("select").all():
        each.select_option("")
    send_nothing(page, scene)


def add_an_activity(page: Page, scene: Scene) -> None:
    """Describe a new activity, and go on to the check."""
    page.locator("input[name=title]").fill("Ride along")
    turn(page, page.locator(".ct-form").locator(".ct-btn--main, .ct-btn--final"))


def search(page: Page, scene: Scene) -> None:
    """Look for people by a part of their name."""
    page.locator("input[type=search]").fill("a")
    turn(page, page.locator("button[name=find]"))


def one_of_the_team(record: str) -> Address:
    """Whose record it is, as their manager sees them."""
    return lambda scene: reverse(
        "change_tracker:team-person", args=[scene.records[record].person_id]
    )


def transcript(scene: Scene) -> str:
    """The employee's transcript."""
    return reverse("change_tracker:transcript", args=[scene.records["Late"].person_id])


def transcript_of_the_lead(scene: Scene) -> str:
    """That of somebody without training."""
    return reverse("change_tracker:transcript", args=[scene.lead_role.person_id])


def for_others(what: str) -> Address:
    """What is recorded for people who cannot sign in: one item, or one record."""

    def address(scene: Scene) -> str:
        record = scene.records["Unsaid"]
        key = record.item_id if what == "item" else record.pk
        return f"{reverse('change_tracker:record-for-others')}?{what}={key}"

    return address


def hand_in_for_other(scene: Scene) -> str:
    """Something to hand in for somebody who cannot sign in."""
    return reverse("change_tracker:hand-in-for-other", args=[scene.records["Unproved"].pk])


def of_person(name: str, *, record: str = "") -> Address:
    """A page of the employee's plan, or of one of their records."""

    def address(scene: Scene) -> str:
        where = [scene.initiative.slug, scene.plan.pk, scene.records["Late"].enrolment_id]
        return reverse(
            f"change_tracker:{name}", args=[*where, scene.records[record].pk] if record else where
        )

    return address


def done_from_elsewhere(page: Page, scene: Scene) -> None:
    """Press the button of an item from which the person was exempted in the meantime."""
    url = reverse("change_tracker:item-done", args=[scene.records["Exempt"].pk])
    button = page.locator("form[action$='/done/']").first
    button.evaluate("(form, url) => { form.action = url; form.requestSubmit(); }", url)
    page.wait_for_url(f"**{url}")


def send_nothing(page: Page, scene: Scene) -> None:
    """Send the page's form without an answer: the page says what is missing."""
    turn(page, page.locator(".ct-form").locator(".ct-btn--main, .ct-btn--final"))


def with_errors(name: str, address: Address, by: str = "lead") -> dict[str, Shown]:
    """A form as it comes, a lead's unasked, and as it comes back when nothing was entered."""
    return {
        name: Shown(by, address),
        f"{name}, with errors": Shown(by, address, send_nothing),
    }


def name_nothing(page: Page, scene: Scene) -> None:
    """A placeholder that there is not."""
    page.locator("textarea").first.fill("Dear {nmae}, we count on you.")
    send_nothing(page, scene)


def preview(page: Page, scene: Scene) -> None:
    """Look at the text before it is saved."""
    turn(page, page.locator("button[name=preview]"))


def linked(name: str, verb: str, *, stale: bool = False) -> Address:
    """What a link in a mail to the employee leads to; `stale`: about a date that is no more."""

    def address(scene: Scene) -> str:
        record = scene.records["Late"]
        if stale:
            record = copy(record)
            record.due_revision += 1
        about = record if verb in {links.MORE_TIME, links.ELSEWHERE} else None
        words = links.signed(Person(pk=record.person_id), verb, TODAY, about)
        return reverse(f"change_tracker:{name}", args=[words])

    return address


def weekly_on_no_day(page: Page, scene: Scene) -> None:
    """Once a week, without a day."""
    page.locator("input[name=cadence][value=weekly]").check()
    press_main(page, scene)


def remove_rule(page: Page, scene: Scene) -> None:
    """Take the first line out of the rule of a group, as far as the check page."""
    turn(page, page.locator("form:has(input[value=drop]) button").first)


def press_main(page: Page, scene: Scene) -> None:
    """The one filled button."""
    turn(page, page.locator("main .ct-btn--main"))


PAGES: dict[str, Shown] = {
    "my training": Shown("employee", at("my-training")),
    "my training, nothing to do": Shown("idle", at("my-training")),
    "my training, unknown login": Shown("stranger", at("my-training")),
    "item": Shown("employee", item("Late")),
    "item, done": Shown("employee", item("Done")),
    "item, refused": Shown("employee", item("Soon"), done_from_elsewhere),
    "item, asked for more time": Shown("employee", item("Soon")),
    **with_errors("more time", more_time("Late"), "employee"),
    "more time, asked already": Shown("employee", more_time("Soon")),
    "request for more time": Shown("manager", asked),
    "request for more time, no reason": Shown("lead", asked, say_no),
    "item, given back": Shown("employee", hand_in("returned", "item")),
    "item, handed in": Shown("employee", hand_in("waiting", "item")),
    **with_errors("hand in", hand_in("returned"), "employee"),
    "hand in, waits already": Shown("employee", hand_in("ready")),
    "handed in": Shown("manager", handed_in("waiting")),
    "handed in, no note": Shown("lead", handed_in("ready"), give_back),
    "handed in, decided": Shown("lead", handed_in("returned")),
    **with_errors("learnt elsewhere, new", at("elsewhere-new"), "employee"),
    "learnt elsewhere": Shown("manager", learnt),
    "learnt elsewhere, no note": Shown("manager", learnt, give_back),
    "learnt elsewhere, own": Shown("employee", learnt),
    "learnt elsewhere, to confirm": Shown("hr", at("elsewhere-waiting")),
    "learnt elsewhere, to confirm, none": Shown("employee", at("elsewhere-waiting")),
    "initiatives": Shown("lead", at("initiatives")),
    "initiative": Shown("lead", at("initiative", slug="slug")),
    "gaps": Shown("lead", at("gaps", slug="slug")),
    "initiative, a past day": Shown("lead", at("initiative", f"?on={YESTERDAY}", slug="slug")),
    "chain": Shown("lead", at("chain", slug="slug")),
    "chain, none": Shown("lead", of_nothing("chain")),
    "plans": Shown("lead", at("plans", slug="slug")),
    "actions": Shown("lead", at("actions", "?state=all", slug="slug")),
    "actions, call off": Shown("lead", at("actions-call-off", slug="slug")),
    "actions, call off, looked at": Shown("lead", at("actions-call-off", slug="slug"), look),
    "actions, none fits": Shown("lead", at("actions", "?words=xyz", slug="slug")),
    "action": Shown("lead", action("planned")),
    "action, did it work": Shown("lead", action("done")),
    "action, when it was done": Shown("lead", action("done", "action-day")),
    "action, in brief": Shown("employee", action("planned")),
    "action, planned from the list": Shown("lead", at("action-add", slug="slug")),
    "action, changed": Shown("lead", action("planned", "action-edit")),
    "action, what is said": Shown("lead", action("message", "action-details")),
    "action, who works together": Shown("lead", action("together", "action-details")),
    "action, an experiment": Shown("lead", action("experiment")),
    "action, card of an experiment": Shown("lead", action("experiment", "action-details")),
    "communication": Shown("lead", at("communication", slug="slug")),
    "experiments": Shown("lead", at("experiments", slug="slug")),
    "experiments, none": Shown("lead", of_nothing("experiments")),
    "tools": Shown("lead", at("tools", slug="slug")),
    "action, on the hill": Shown("lead", action("planned", "action-hill")),
    "action, moved without a reason": Shown(
        "lead", action("planned", "move-action", "?to=cancelled"), send_nothing
    ),
    "action, deleted": Shown("lead", action("planned", "action-delete")),
    "action, blocked": Shown("lead", action("blocked")),
    "action, blocked, as its sponsor": Shown("sponsor", action("blocked")),
    **with_errors("answer what blocks it", action("blocked", "action-answer"), "sponsor"),
    "action, carried over": Shown("lead", action("planned", "action-carry")),
    "sponsor": Shown("sponsor", at("sponsor", slug="slug")),
    "team": Shown("manager", at("team")),
    "team, direct reports, open": Shown("manager", at("team", "?state=open&only=direct")),
    "team, filtered": Shown("manager", at("team", "?due_from=2026-11-01&due_to=2027-12-31")),
    "team, no hits": Shown("manager", at("team", "?due_to=2020-01-01")),
    "team, nobody": Shown("idle", at("team")),
    "one of the team": Shown("manager", one_of_the_team("Late")),
    "one of the team, without a login": Shown("manager", one_of_the_team("Unsaid")),
    "record for others": Shown("manager", at("record-for-others")),
    "record for others, nobody": Shown("employee", at("record-for-others")),
    "record for others, who": Shown("manager", for_others("item")),
    "record for others, nobody chosen": Shown("manager", for_others("item"), send_nothing),
    "record for others, one": Shown("manager", for_others("record")),
    **with_errors("hand in for others", hand_in_for_other, "manager"),
    "transcript": Shown("employee", transcript),
    "transcript, of one of the team": Shown("manager", transcript),
    "transcript, nothing in it": Shown("lead", transcript_of_the_lead),
    "plan": Shown("lead", of_plan()),
    "plan, a draft": Shown("lead", of_plan("plan", "draft_plan")),
    "plan, change": Shown("lead", of_plan("plan-edit")),
    "plan, change a draft": Shown("lead", of_plan("plan-edit", "draft_plan")),
    "sessions": Shown("lead", of_plan("plan-sessions")),
    "sessions, none": Shown("lead", of_plan("plan-sessions", "empty_plan")),
    **with_errors("new session", of_plan("session-new")),
    "session": Shown("lead", of_session("session")),
    "session, to come": Shown("manager", of_session("session", "coming_session")),
    **with_errors("session, somebody else", of_session("session-walk-in")),
    "session, sheet": Shown("lead", of_session("session-sheet")),
    "session, changed": Shown("lead", of_session("session-edit", "coming_session")),
    "session, deleted": Shown("lead", of_session("session-delete", "coming_session")),
    "session, not deleted": Shown("lead", of_session("session-delete")),
    "plan, archive": Shown("lead", of_plan("move-plan")),
    "plan, archive a draft": Shown("lead", of_plan("move-plan", "draft_plan")),
    "plan, delete": Shown("lead", of_plan("plan-delete", "draft_plan")),
    "plan, item out": Shown("lead", of_part("plan-item-remove", "draft item")),
    "plan, item out for everyone": Shown("lead", of_part("plan-item-remove", "item"), send_nothing),
    "plan, item more for everyone": Shown("lead", of_plan("plan-item-new"), add_an_activity),
    "plan, group out": Shown("lead", of_part("plan-rule-remove", "draft group")),
    "plan, several items": Shown("lead", of_plan("plan-items")),
    "plan, several items, a draft": Shown("lead", of_plan("plan-items", "draft_plan")),
    "plan, revisions": Shown("lead", of_plan("plan-revisions", "revised_plan")),
    "plan, revisions, none": Shown("lead", of_plan("plan-revisions")),
    "plan, item": Shown("lead", of_part("plan-item-edit", "draft item")),
    "plan, group, wrong": Shown("lead", of_part("plan-rule-edit", "draft group"), send_nothing),
    "activity, preview": Shown("lead", of_part("activity-edit", "item"), preview),
    "activity, new version": Shown("lead", of_part("activity-version", "item")),
    **with_errors("files of an activity", of_part("activity-files", "item")),
    "files of an activity, none": Shown("lead", of_part("activity-files", "draft item")),
    "people, check": Shown("lead", of_plan("plan-people-check", query="?do=exempt&everyone=on")),
    "people, check, no reason": Shown(
        "lead", of_plan("plan-people-check", query="?do=withdraw&everyone=on"), send_nothing
    ),
    "people, remind": Shown("lead", of_plan("plan-people-remind", query="?everyone=on")),
    "people, remind nobody": Shown("lead", of_plan("plan-people-remind")),
    "plan, group out for everyone": Shown("lead", of_part("plan-rule-remove", "group")),
    "people, more time": Shown(
        "lead", of_plan("plan-people-check", query="?do=extend&everyone=on&until=")
    ),
    "people, more time, check": Shown(
        "lead", of_plan("plan-people-check", query="?do=extend&everyone=on&until=2026-12-11")
    ),
    "people, nobody chosen": Shown("lead", of_plan("plan-people-check", query="?do=withdraw")),
    "person": Shown("lead", of_person("plan-person")),
    "person, exempt": Shown("lead", of_person("plan-record-exempt", record="Late")),
    "person, take back": Shown("lead", of_person("plan-record-revoke", record="Done")),
    "initiatives, none": Shown("employee", at("initiatives")),
    "initiatives, no hits": Shown("lead", at("initiatives", "?q=nothing&state=on_hold")),
    "draft": Shown("lead", of_draft("initiative")),
    "set-up": Shown("lead", at("initiative-setup", slug="slug")),
    "set-up, draft": Shown("lead", of_draft("initiative-setup")),
    "set-up, read only": Shown("sponsor", at("initiative-setup", slug="slug")),
    "edit initiative": Shown("lead", at("initiative-edit", slug="slug")),
    "move, put on hold": Shown("lead", at("move-initiative", "?to=on_hold", slug="slug")),
    "move, cancel, no reason": Shown(
        "lead", at("move-initiative", "?to=cancelled", slug="slug"), send_nothing
    ),
    "delete draft": Shown("lead", of_draft("initiative-delete")),
    "name somebody": Shown("lead", at("member-new", slug="slug")),
    "name somebody, found": Shown("lead", at("member-new", "?role=coach", slug="slug"), search),
    "name somebody, nobody chosen": Shown("lead", at("member-new", slug="slug"), send_nothing),
    **with_errors("copy of an initiative", at("initiative-copy", slug="slug")),
    "hand over": Shown("lead", the_role_to_hand_over, search),
    "remove the last lead": Shown("lead", the_lead),
    "new objective": Shown("lead", at("objective-new", slug="slug")),
    "new objective, nothing said": Shown("lead", at("objective-new", slug="slug"), send_nothing),
    "progress": Shown("lead", at("initiative-progress", slug="slug")),
    "objective": Shown("lead", of_goal("objective-edit")),
    "objective, delete": Shown("lead", of_goal("objective-delete")),
    "catalogue": Shown("lead", at("catalogue")),
    "catalogue, none": Shown("employee", at("catalogue")),
    "playbooks": Shown("lead", at("playbooks")),
    "playbooks, none": Shown("employee", at("playbooks")),
    "playbook": Shown("lead", of_playbook("playbook")),
    "playbooks of an initiative": Shown("lead", at("initiative-playbooks", slug="slug")),
    "playbook, apply": Shown("lead", of_playbook("apply-playbook")),
    "playbook, next version": Shown("lead", of_playbook("apply-playbook", "applied")),
    **with_errors("playbook, save", at("playbook-save", slug="slug")),
    "playbook, nothing to save": Shown("lead", of_nothing("playbook-save")),
    "lessons": Shown("lead", at("lessons", slug="slug")),
    "lessons, none": Shown("lead", of_nothing("lessons")),
    **with_errors("new lesson", at("lesson-new", slug="slug")),
    "lesson": Shown("lead", of_lesson("lesson-edit")),
    "lesson, out": Shown("lead", of_lesson("lesson-delete")),
    "milestone, new": Shown("lead", at("milestone-new", slug="slug")),
    "milestone": Shown("lead", of_milestone("milestone-edit")),
    "milestone, reached": Shown("lead", of_milestone("milestone-reach")),
    "milestone, out": Shown("lead", of_milestone("milestone-delete")),
    "goal": Shown("lead", of_measured("objective")),
    "goal, for those whom it touches": Shown("employee", of_measured("objective")),
    **with_errors("new reading", of_measured("reading-new")),
    "reading": Shown("lead", of_reading("reading-edit")),
    "reading, out": Shown("lead", of_reading("reading-delete")),
    **with_errors("readings, from a file", at("readings-import", slug="slug")),
    "progress, wrong day": Shown("lead", at("initiative-progress", "?on=x", slug="slug")),
    "progress, before it began": Shown(
        "lead", at("initiative-progress", "?on=2020-01-01", slug="slug")
    ),
    "new initiative": Shown("lead", at("initiative-new")),
    "new initiative, wrong": Shown("lead", at("initiative-new"), send_nothing),
    "new initiative, once more": Shown("lead", of_draft("initiative-new-what")),
    "new initiative, groups": Shown("lead", of_draft("initiative-new-groups")),
    "new initiative, no group": Shown("lead", of_draft("initiative-new-groups", "empty")),
    "new initiative, date": Shown("lead", of_draft("initiative-new-date", "empty")),
    "new initiative, sponsor": Shown("lead", of_draft("initiative-new-date"), search),
    "group, new": Shown("lead", at("group-new", slug="slug")),
    "group, wrong": Shown("lead", at("group-new", slug="slug"), send_nothing),
    "group": Shown("lead", of_group("group-edit")),
    "group, out": Shown("lead", of_group("group-delete")),
    "audience, new": Shown("lead", at("audience-new", slug="slug")),
    "audience": Shown("lead", of_audience()),
    "audience, by job title": Shown("lead", of_audience("?kind=job_title")),
    "audience, person": Shown("lead", of_audience("?kind=person"), search),
    "audience, check": Shown("lead", of_audience(), remove_rule),
    "initiative, nothing in it": Shown("lead", of_nothing("initiative")),
    "progress, nothing in it": Shown("lead", of_nothing("initiative-progress")),
    "about": Shown("employee", at("initiative-about", slug="slug")),
    "about, nothing in it": Shown("lead", of_nothing("initiative-about")),
    "plans, none": Shown("lead", of_nothing("plans")),
    "who is late": Shown("lead", at("late-people", slug="slug")),
    "who is late, no hits": Shown("lead", at("late-people", "?due_to=2020-01-01", slug="slug")),
    "who is late, nobody": Shown("lead", of_nothing("late-people")),
    "plan, by date, no hits": Shown("lead", of_plan(query="?due_to=2020-01-01")),
    "plan, nothing in it": Shown("lead", of_plan(which="empty_plan")),
    "plan, check": Shown("lead", of_plan("plan-check")),
    "plan, check of nothing": Shown("lead", of_plan("plan-check", "empty_plan")),
    **with_errors("new plan", at("plan-new", slug="slug")),
    **with_errors("item of a plan", of_plan("plan-item-new")),
    **with_errors("group of a plan", of_plan("plan-rule-new")),
    **with_errors("people", at("people"), "hr"),
    "people, source": Shown("hr", at("people-source")),
    "people, columns": Shown("hr", roster("good", "people-import-columns")),
    "people, columns, none chosen": Shown(
        "hr", roster("good", "people-import-columns"), choose_no_column
    ),
    "people, import": Shown("hr", roster("good")),
    "people, import, wrong": Shown("hr", roster("wrong")),
    "people, import, unusual": Shown("hr", roster("unusual"), send_nothing),
    **with_errors("spreadsheet", at("register-import", slug="slug")),
    "spreadsheet, columns": Shown("lead", spreadsheet("good", "register-import-columns")),
    "spreadsheet, columns, none chosen": Shown(
        "lead", spreadsheet("good", "register-import-columns"), choose_no_column
    ),
    "spreadsheet, what it does": Shown("lead", spreadsheet("good")),
    "spreadsheet, wrong": Shown("lead", spreadsheet("wrong")),
    "spreadsheet, nothing to do": Shown("lead", spreadsheet("same")),
    "jobs": Shown("lead", at("jobs")),
    "jobs, none": Shown("employee", at("jobs")),
    **{f"job, {state}": Shown("lead", job(state)) for state in ("done", "failed")},
    # It would come again while it is looked at.
    **{f"job, {state}": Shown("lead", job(state, "?still")) for state in ("queued", "running")},
    "say": Shown("employee", at("say")),
    "say, nothing yet": Shown("reader", at("say")),
    "say, no person": Shown("stranger", at("say")),
    **with_errors("say something", at("say-new", slug="slug"), "employee"),
    "said, late": Shown("employee", said("say-item", "raised")),
    "said, answered": Shown("employee", said("say-item", "answered")),
    "take back what was said": Shown("employee", said("say-withdraw", "raised")),
    "concerns": Shown("lead", at("concerns", slug="slug")),
    "concerns, no hits": Shown("lead", at("concerns", "?words=x", slug="slug")),
    "concerns, none": Shown("lead", of_nothing("concerns")),
    "concern": Shown("lead", concern("concern", "acknowledged")),
    **with_errors("answer a concern", concern("concern-answer", "raised")),
    "link a concern": Shown("lead", concern("concern-link", "raised")),
    "tell everybody": Shown("lead", at("told-new", slug="slug")),
    "change what was told": Shown("lead", told),
    "register": Shown("lead", at("register", slug="slug")),
    "register, no hits": Shown("lead", at("register", "?state=dismissed", slug="slug")),
    "calendar": Shown("employee", at("calendar")),
    "calendar, made": Shown("employee", at("calendar"), press_main),
    "inbox": Shown("employee", at("inbox")),
    "inbox, nothing yet": Shown("reader", at("inbox")),
    "mail words": Shown("lead", at("mail-words", slug="slug")),
    "mail words, wrong": Shown("lead", at("mail-words", slug="slug"), name_nothing),
    "mail words, preview": Shown(
        "lead", at("mail-words", "?language=de&occasion=late", slug="slug"), preview
    ),
    "mail words, read only": Shown("sponsor", at("mail-words", slug="slug")),
    "mail ahead": Shown("lead", at("mail-ahead", slug="slug")),
    "mail ahead, as numbers": Shown("sponsor", at("mail-ahead", slug="slug")),
    "mail ahead, not yet": Shown("lead", of_nothing("mail-ahead")),
    "mail preferences": Shown("employee", at("mail-preferences")),
    "mail preferences, no day": Shown("employee", at("mail-preferences"), weekly_on_no_day),
    "mail preferences, by link": Shown("employee", linked("mail-wishes", links.WISHES)),
    "ask for time, by link": Shown("employee", linked("mail-action", links.MORE_TIME)),
    "done elsewhere, by link": Shown("employee", linked("mail-action", links.ELSEWHERE)),
    "quiet week, by link": Shown("employee", linked("mail-action", links.QUIET)),
    "quiet week, pressed": Shown("employee", linked("mail-action", links.QUIET), press_main),
    "link of another date": Shown("employee", linked("mail-action", links.MORE_TIME, stale=True)),
    "register, none": Shown("lead", of_nothing("register")),
    **with_errors("new entry", at("register-new", slug="slug")),
    "entry": Shown("lead", of_entry("register-entry")),
    "entry, untouched": Shown("lead", of_entry("register-entry", "untouched")),
    "entry, deleted": Shown("lead", of_entry("register-delete", "untouched")),
    "edit an entry": Shown("lead", of_entry("register-edit")),
    **with_errors("review an entry", of_entry("register-review")),
    **with_errors("action against an entry", of_entry("action-new")),
}

#: Addresses that show no page of their own: files, and verbs that lead back to a page.
NO_PAGES = frozenset(
    {
        "activity-file",
        "calendar-feed",
        "calendar-revoke",
        "concern-acknowledge",
        "concern-close",
        "concerns-csv",
        "concerns-xlsx",
        "say-settle",
        "actions-csv",
        "actions-xlsx",
        "communication-csv",
        "communication-xlsx",
        "experiments-csv",
        "experiments-xlsx",
        "tools-csv",
        "tools-xlsx",
        "audience-members-csv",
        "audience-members-xlsx",
        "elsewhere-file",
        "elsewhere-waiting-csv",
        "elsewhere-waiting-xlsx",
        "groups-csv",
        "groups-xlsx",
        "hand-in-file",
        "health",
        "initiatives-csv",
        "load-csv",
        "load-xlsx",
        "initiatives-xlsx",
        "item-done",
        "hand-ins-csv",
        "hand-ins-xlsx",
        "item-hand-in-back",
        "item-more-time-back",
        "item-undo",
        "job-run-again",
        "job-problems-csv",
        "job-problems-xlsx",
        "late-people-csv",
        "late-people-xlsx",
        "mail-words-html",
        "mail-words-test",
        "milestone-not-reached",
        "my-transcript",
        "own-mail-ahead",
        "plan-item-move",
        "plans-csv",
        "plans-xlsx",
        "plan-sessions-csv",
        "plan-sessions-xlsx",
        "session-attendance-csv",
        "session-attendance-xlsx",
        "time-requests-csv",
        "time-requests-xlsx",
        "plan-people-csv",
        "plan-people-xlsx",
        "plan-person-return",
        "readings-csv",
        "register-book",
        "register-template",
        "readings-xlsx",
        "record-for-others-undo",
        "register-csv",
        "register-xlsx",
        "register-move",
        "team-csv",
        "team-xlsx",
        "transcript-csv",
        "transcript-xlsx",
    }
)
