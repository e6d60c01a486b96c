"""Every page, one line each: as whom, at which address, and what to press first, if anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from django.urls import reverse

from change_tracker.reminders import links
from tests.browser.addresses import (
    HAND_IN_FOR_OTHER,
    LEARNT,
    REQUEST,
    TOLD,
    TRANSCRIPT,
    TRANSCRIPT_OF_THE_LEAD,
    Address,
    a_playbook,
    action,
    apply_playbook,
    at,
    concern,
    for_others,
    hand_in,
    handed_in,
    item,
    job,
    linked,
    of_audience,
    of_draft,
    of_entry,
    of_goal,
    of_group,
    of_initiative,
    of_lead,
    of_lesson,
    of_measured,
    of_milestone,
    of_nothing,
    of_part,
    of_person,
    of_plan,
    of_reading,
    of_session,
    one_of_the_team,
    roster,
    said,
    spreadsheet,
)
from tests.browser.scene import MOMENT, Scene

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

YESTERDAY = (MOMENT - timedelta(days=1)).date().isoformat()
Press = Callable[["Page", Scene], None]
W = TypeVar("W")


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
    **with_errors("more time", item("Late", "item-more-time"), "employee"),
    "more time, asked already": Shown("employee", item("Soon", "item-more-time")),
    "request for more time": Shown("manager", REQUEST),
    "request for more time, no reason": Shown("lead", REQUEST, say_no),
    "item, given back": Shown("employee", hand_in("returned", "item")),
    "item, handed in": Shown("employee", hand_in("waiting", "item")),
    **with_errors("hand in", hand_in("returned"), "employee"),
    "hand in, waits already": Shown("employee", hand_in("ready")),
    "handed in": Shown("manager", handed_in("waiting")),
    "handed in, no note": Shown("lead", handed_in("ready"), give_back),
    "handed in, decided": Shown("lead", handed_in("returned")),
    **with_errors("learnt elsewhere, new", at("elsewhere-new"), "employee"),
    "learnt elsewhere": Shown("manager", LEARNT),
    "learnt elsewhere, no note": Shown("manager", LEARNT, give_back),
    "learnt elsewhere, own": Shown("employee", LEARNT),
    "learnt elsewhere, to confirm": Shown("hr", at("elsewhere-waiting")),
    "learnt elsewhere, to confirm, none": Shown("employee", at("elsewhere-waiting")),
    "initiatives": Shown("lead", at("initiatives")),
    "initiative": Shown("lead", of_initiative("initiative")),
    "gaps": Shown("lead", of_initiative("gaps")),
    "initiative, a past day": Shown("lead", of_initiative("initiative", f"?on={YESTERDAY}")),
    "chain": Shown("lead", of_initiative("chain")),
    "chain, none": Shown("lead", of_nothing("chain")),
    "plans": Shown("lead", of_initiative("plans")),
    "actions": Shown("lead", of_initiative("actions", "?state=all")),
    "actions, call off": Shown("lead", of_initiative("actions-call-off")),
    "actions, call off, looked at": Shown("lead", of_initiative("actions-call-off"), look),
    "actions, none fits": Shown("lead", of_initiative("actions", "?words=xyz")),
    "action": Shown("lead", action("planned")),
    "action, did it work": Shown("lead", action("done")),
    "action, when it was done": Shown("lead", action("done", "action-day")),
    "action, in brief": Shown("employee", action("planned")),
    "action, planned from the list": Shown("lead", of_initiative("action-add")),
    "action, changed": Shown("lead", action("planned", "action-edit")),
    "action, what is said": Shown("lead", action("message", "action-details")),
    "action, who works together": Shown("lead", action("together", "action-details")),
    "action, an experiment": Shown("lead", action("experiment")),
    "action, card of an experiment": Shown("lead", action("experiment", "action-details")),
    "communication": Shown("lead", of_initiative("communication")),
    "experiments": Shown("lead", of_initiative("experiments")),
    "experiments, none": Shown("lead", of_nothing("experiments")),
    "tools": Shown("lead", of_initiative("tools")),
    "action, on the hill": Shown("lead", action("planned", "action-hill")),
    "action, moved without a reason": Shown(
        "lead", action("planned", "move-action", "?to=cancelled"), send_nothing
    ),
    "action, deleted": Shown("lead", action("planned", "action-delete")),
    "action, blocked": Shown("lead", action("blocked")),
    "action, blocked, as its sponsor": Shown("sponsor", action("blocked")),
    **with_errors("answer what blocks it", action("blocked", "action-answer"), "sponsor"),
    "action, carried over": Shown("lead", action("planned", "action-carry")),
    "sponsor": Shown("sponsor", of_initiative("sponsor")),
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
    **with_errors("hand in for others", HAND_IN_FOR_OTHER, "manager"),
    "transcript": Shown("employee", TRANSCRIPT),
    "transcript, of one of the team": Shown("manager", TRANSCRIPT),
    "transcript, nothing in it": Shown("lead", TRANSCRIPT_OF_THE_LEAD),
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
    "set-up": Shown("lead", of_initiative("initiative-setup")),
    "set-up, draft": Shown("lead", of_draft("initiative-setup")),
    "set-up, read only": Shown("sponsor", of_initiative("initiative-setup")),
    "edit initiative": Shown("lead", of_initiative("initiative-edit")),
    "move, put on hold": Shown("lead", of_initiative("move-initiative", "?to=on_hold")),
    "move, cancel, no reason": Shown(
        "lead", of_initiative("move-initiative", "?to=cancelled"), send_nothing
    ),
    "delete draft": Shown("lead", of_draft("initiative-delete")),
    "name somebody": Shown("lead", of_initiative("member-new")),
    "name somebody, found": Shown("lead", of_initiative("member-new", "?role=coach"), search),
    "name somebody, nobody chosen": Shown("lead", of_initiative("member-new"), send_nothing),
    **with_errors("copy of an initiative", of_initiative("initiative-copy")),
    "hand over": Shown("lead", of_lead("member-hand-over"), search),
    "remove the last lead": Shown("lead", of_lead("member-remove")),
    "new objective": Shown("lead", of_initiative("objective-new")),
    "new objective, nothing said": Shown("lead", of_initiative("objective-new"), send_nothing),
    "progress": Shown("lead", of_initiative("initiative-progress")),
    "objective": Shown("lead", of_goal("objective-edit")),
    "objective, delete": Shown("lead", of_goal("objective-delete")),
    "catalogue": Shown("lead", at("catalogue")),
    "catalogue, none": Shown("employee", at("catalogue")),
    "playbooks": Shown("lead", at("playbooks")),
    "playbooks, none": Shown("employee", at("playbooks")),
    "playbook": Shown("lead", a_playbook()),
    "playbooks of an initiative": Shown("lead", of_initiative("initiative-playbooks")),
    "playbook, apply": Shown("lead", apply_playbook()),
    "playbook, next version": Shown("lead", apply_playbook("applied")),
    **with_errors("playbook, save", of_initiative("playbook-save")),
    "playbook, nothing to save": Shown("lead", of_nothing("playbook-save")),
    "lessons": Shown("lead", of_initiative("lessons")),
    "lessons, none": Shown("lead", of_nothing("lessons")),
    **with_errors("new lesson", of_initiative("lesson-new")),
    "lesson": Shown("lead", of_lesson("lesson-edit")),
    "lesson, out": Shown("lead", of_lesson("lesson-delete")),
    "milestone, new": Shown("lead", of_initiative("milestone-new")),
    "milestone": Shown("lead", of_milestone("milestone-edit")),
    "milestone, reached": Shown("lead", of_milestone("milestone-reach")),
    "milestone, out": Shown("lead", of_milestone("milestone-delete")),
    "goal": Shown("lead", of_measured("objective")),
    "goal, for those whom it touches": Shown("employee", of_measured("objective")),
    **with_errors("new reading", of_measured("reading-new")),
    "reading": Shown("lead", of_reading("reading-edit")),
    "reading, out": Shown("lead", of_reading("reading-delete")),
    **with_errors("readings, from a file", of_initiative("readings-import")),
    "progress, wrong day": Shown("lead", of_initiative("initiative-progress", "?on=x")),
    "progress, before it began": Shown(
        "lead", of_initiative("initiative-progress", "?on=2020-01-01")
    ),
    "new initiative": Shown("lead", at("initiative-new")),
    "new initiative, wrong": Shown("lead", at("initiative-new"), send_nothing),
    "new initiative, once more": Shown("lead", of_draft("initiative-new-what")),
    "new initiative, groups": Shown("lead", of_draft("initiative-new-groups")),
    "new initiative, no group": Shown("lead", of_draft("initiative-new-groups", "empty")),
    "new initiative, date": Shown("lead", of_draft("initiative-new-date", "empty")),
    "new initiative, sponsor": Shown("lead", of_draft("initiative-new-date"), search),
    "group, new": Shown("lead", of_initiative("group-new")),
    "group, wrong": Shown("lead", of_initiative("group-new"), send_nothing),
    "group": Shown("lead", of_group("group-edit")),
    "group, out": Shown("lead", of_group("group-delete")),
    "audience, new": Shown("lead", of_initiative("audience-new")),
    "audience": Shown("lead", of_audience()),
    "audience, by job title": Shown("lead", of_audience("?kind=job_title")),
    "audience, person": Shown("lead", of_audience("?kind=person"), search),
    "audience, check": Shown("lead", of_audience(), remove_rule),
    "initiative, nothing in it": Shown("lead", of_nothing("initiative")),
    "progress, nothing in it": Shown("lead", of_nothing("initiative-progress")),
    "about": Shown("employee", of_initiative("initiative-about")),
    "about, nothing in it": Shown("lead", of_nothing("initiative-about")),
    "plans, none": Shown("lead", of_nothing("plans")),
    "who is late": Shown("lead", of_initiative("late-people")),
    "who is late, no hits": Shown("lead", of_initiative("late-people", "?due_to=2020-01-01")),
    "who is late, nobody": Shown("lead", of_nothing("late-people")),
    "plan, by date, no hits": Shown("lead", of_plan(query="?due_to=2020-01-01")),
    "plan, nothing in it": Shown("lead", of_plan(which="empty_plan")),
    "plan, check": Shown("lead", of_plan("plan-check")),
    "plan, check of nothing": Shown("lead", of_plan("plan-check", "empty_plan")),
    **with_errors("new plan", of_initiative("plan-new")),
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
    **with_errors("spreadsheet", of_initiative("register-import")),
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
    **with_errors("say something", of_initiative("say-new"), "employee"),
    "said, late": Shown("employee", said("say-item", "raised")),
    "said, answered": Shown("employee", said("say-item", "answered")),
    "take back what was said": Shown("employee", said("say-withdraw", "raised")),
    "concerns": Shown("lead", of_initiative("concerns")),
    "concerns, no hits": Shown("lead", of_initiative("concerns", "?words=x")),
    "concerns, none": Shown("lead", of_nothing("concerns")),
    "concern": Shown("lead", concern("concern", "acknowledged")),
    **with_errors("answer a concern", concern("concern-answer", "raised")),
    "link a concern": Shown("lead", concern("concern-link", "raised")),
    "tell everybody": Shown("lead", of_initiative("told-new")),
    "change what was told": Shown("lead", TOLD),
    "register": Shown("lead", of_initiative("register")),
    "register, no hits": Shown("lead", of_initiative("register", "?state=dismissed")),
    "calendar": Shown("employee", at("calendar")),
    "calendar, made": Shown("employee", at("calendar"), press_main),
    "inbox": Shown("employee", at("inbox")),
    "inbox, nothing yet": Shown("reader", at("inbox")),
    "mail words": Shown("lead", of_initiative("mail-words")),
    "mail words, wrong": Shown("lead", of_initiative("mail-words"), name_nothing),
    "mail words, preview": Shown(
        "lead", of_initiative("mail-words", "?language=de&occasion=late"), preview
    ),
    "mail words, read only": Shown("sponsor", of_initiative("mail-words")),
    "mail ahead": Shown("lead", of_initiative("mail-ahead")),
    "mail ahead, as numbers": Shown("sponsor", of_initiative("mail-ahead")),
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
    **with_errors("new entry", of_initiative("register-new")),
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
#: Of each address, as one reader sees it, the first line: its page. Later ones are further states.
FIRST = frozenset(
    {(shown.address.name, shown.user): name for name, shown in reversed(PAGES.items())}.values()
)


def with_each(ways: Sequence[W]) -> Iterator[tuple[W, str]]:
    """Every page with all of `ways`, way by way; a further state of a page with one of them, its
    neighbours with the others.
    """
    for turn, way in enumerate(ways):
        for number, name in enumerate(PAGES):
            if name in FIRST or number % len(ways) == turn:
                yield way, name
