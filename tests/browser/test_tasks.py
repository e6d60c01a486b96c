"""Tasks of four people, from the start page by what the pages show; the first of all is
in `test_journey`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import axe
from tests.browser.looks import sideways
from tests.browser.pages import turn
from tests.browser.window import DESK, PHONE, Window

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

LATE = "Listening until the caller has said it all"


def start(window: Window, user: str, size: tuple[int, int] = DESK) -> Page:
    """The start page of the intranet, for somebody who is signed in."""
    page = window.sign_in(user, size=size)
    page.goto(f"{window.address}/")
    return page


def follow(page: Page, *names: str) -> None:
    """One link after the other, each the first of that name."""
    for name in names:
        turn(page, page.get_by_role("link", name=name).first)


def headline(page: Page) -> str:
    text: str = page.get_by_role("heading", level=1).inner_text()
    return text


def open_initiative(page: Page) -> None:
    turn(page, page.get_by_role("link", name="Change", exact=True).first)
    follow(page, "Initiatives")
    turn(page, page.get_by_role("rowheader", name="One Front Door").get_by_role("link"))


def test_employee_learns_what_changes_for_them_and_when(window: Window) -> None:
    page = start(window, "employee", PHONE)

    follow(page, LATE, "One Front Door")

    assert headline(page) == "About One Front Door"
    assert page.get_by_role("heading", name="What changes for you").is_visible()
    assert page.get_by_role("heading", name="What happens when").is_visible()
    follow(page, "See my training")
    assert LATE in page.get_by_role("main").inner_text()


def test_employee_sees_why_it_is_them_and_by_when(window: Window) -> None:
    page = start(window, "employee", PHONE)

    follow(page, "Booking a repair while you talk")

    text = page.get_by_role("main").inner_text()
    assert "You are in Call takers." in text
    assert "Due Fri 20 Nov" in text
    assert "So that callers are helped at once." in text
    follow(page, "My training")
    assert page.get_by_text("Because you are in Call takers").first.is_visible()


def test_employee_takes_back_what_was_marked_by_mistake(window: Window) -> None:
    page = start(window, "employee", PHONE)
    turn(page, page.get_by_role("link", name="Change", exact=True).first)
    turn(page, page.get_by_role("button", name="Mark as done").first)
    follow(page, "Booking a repair")  # the message with its button is gone after the next page
    follow(page, "My training")

    page.get_by_text("Done (").click()
    follow(page, LATE)
    turn(page, page.get_by_role("button", name="Undo"))

    assert "is on your list again." in page.get_by_role("status").inner_text()


def test_lead_is_one_click_from_the_overview_to_who_is_late_in_a_unit(window: Window) -> None:
    page = start(window, "lead")
    open_initiative(page)

    follow(page, "Repairs and maintenance, contact centre.")

    assert headline(page) == "Who is late"
    assert page.get_by_role("row", name="Amira Hassan").is_visible()
    follow(page, "Amira Hassan")
    assert headline(page) == "Amira Hassan"


def test_lead_adds_what_they_hear_and_plans_what_answers_it(window: Window) -> None:
    page = start(window, "lead")
    open_initiative(page)
    follow(page, "Resistance", "Add what you hear")
    page.get_by_label("What do you hear or see?").fill("Nobody asked us.")
    page.get_by_label("What kind of resistance is it?").select_option(index=1)
    turn(page, page.get_by_role("button", name="Add it"))

    follow(page, "Plan an action")
    page.get_by_label("What do you do?").fill("Ask them, and say what comes of it")
    page.get_by_label("What kind of work is it?").select_option("communication")
    turn(page, page.get_by_role("button", name="Plan it"))
    open_initiative(page)
    follow(page, "Actions")

    assert page.get_by_role("link", name="Ask them, and say what comes of it").is_visible()


def test_lead_goes_from_a_new_initiative_to_a_published_plan(window: Window) -> None:
    page = start(window, "lead")  # who has no part in the admin
    turn(page, page.get_by_role("link", name="Change", exact=True).first)
    follow(page, "Initiatives", "New initiative")
    page.get_by_label("What is the change called?").fill("Calls answered once")
    turn(page, page.get_by_role("button", name="Save and go on"))
    page.get_by_label("Choose a group that there is already").select_option("Call takers")
    turn(page, page.get_by_role("button", name="Add this group"))
    follow(page, "Go on")
    page.get_by_label("Search by name").fill("Tom")
    turn(page, page.get_by_role("button", name="Search"))
    page.get_by_label("Tom Reyes").check()
    page.get_by_label("What do you want to reach first?").fill("Second calls")
    page.get_by_label("How much is it today?").fill("31")
    page.get_by_label("How much shall it be?").fill("10")
    page.get_by_label("lower is better").check()
    turn(page, page.get_by_role("button", name="Save the draft"))
    follow(page, "Publish it")
    turn(page, page.get_by_role("button", name="Publish it"))
    assert "is published" in page.get_by_role("status").inner_text()

    turn(page, page.get_by_label("In this initiative").get_by_role("link", name="Training"))
    follow(page, "New plan")
    page.get_by_label("What do you call the plan?").fill("Calling back")
    turn(page, page.get_by_role("button", name="Go on"))
    follow(page, "Add an activity")
    page.get_by_label("Or a new one: what is it called?").fill("The call back in three sentences")
    turn(page, page.get_by_role("button", name="Add it"))
    follow(page, "Add a group")
    first = page.get_by_label("Who gets it?").locator("option").nth(1)
    assert first.inner_text() == "Call takers"  # whom the change touches
    page.get_by_label("Who gets it?").select_option("Call takers")
    turn(page, page.get_by_role("button", name="Add this group"))
    follow(page, "Publish and assign")
    turn(page, page.get_by_role("button", name="Publish and assign to 2 people"))

    assert "2 people were given this plan." in page.get_by_role("status").inner_text()
    assert page.get_by_role("row", name="Amira Hassan").is_visible()


def write_a_concern(window: Window) -> Page:
    """The form, filled in and not sent."""
    page = start(window, "employee", PHONE)
    turn(page, page.get_by_role("link", name="Change", exact=True).first)
    follow(page, "Have your say", "One Front Door")
    page.get_by_label("A concern").check()
    page.get_by_label("In your own words").fill("The headset hurts.\n\nAfter an hour.")
    return page


def test_employee_presses_twice_and_is_heard_once(window: Window) -> None:
    page = write_a_concern(window)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))

    # Slow enough for the first one to be on its way, and ended by the second.
    page.get_by_role("button", name="Send it with my name").click(click_count=2, delay=20)
    page.wait_for_url("**/change/say/*/")

    assert sent.count("POST") == 2
    assert "It is sent. You have an answer by" in page.get_by_role("status").inner_text()
    follow(page, "Have your say")
    assert page.get_by_role("main").inner_text().count("The headset hurts") == 1


def test_employee_is_signed_out_while_writing_and_loses_nothing(window: Window) -> None:
    page = write_a_concern(window)
    page.context.clear_cookies(name="sessionid")

    turn(page, page.get_by_role("button", name="Send it with my name"))

    assert headline(page) == "You are signed out"
    assert_it_is_there_to_copy(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in, in a new window").click()
    assert "/login/" in opened.value.url
    opened.value.close()
    window.complaints.clear()  # the browser reports the 403


def test_employee_signs_in_anew_in_another_window_and_loses_nothing(window: Window) -> None:
    page = write_a_concern(window)
    page.context.clear_cookies(name="csrftoken")  # whoever signs in gets another one
    other = page.context.new_page()
    other.goto(page.url)

    turn(page, page.get_by_role("button", name="Send it with my name"))

    assert headline(page) == "This page was opened before you signed in"
    assert_it_is_there_to_copy(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open it, in a new window").click()
    assert headline(opened.value) == "What is on your mind?"
    opened.value.close()
    other.close()
    window.complaints.clear()


def assert_it_is_there_to_copy(page: Page) -> None:
    text = page.get_by_label("What you wrote").input_value()
    assert text == "The headset hurts.\n\nAfter an hour."
    assert axe(page) == []
    assert sideways(page) == []


def test_manager_finds_who_is_late_and_writes_to_them(window: Window) -> None:
    page = start(window, "manager")
    turn(page, page.get_by_role("link", name="Change", exact=True).first)
    follow(page, "My team")
    assert "of your team" in headline(page)

    turn(page, page.get_by_role("link", name="Amira Hassan", exact=True).first)

    assert "Everyone in Call takers has it" in page.get_by_role("main").inner_text()
    assert page.get_by_role("link", name="Write an email").is_visible()
    follow(page, "My team")
    assert "of your team" in headline(page)


def test_manager_learns_what_changes_for_the_team_and_when(window: Window) -> None:
    page = start(window, "manager")
    turn(page, page.get_by_role("link", name="Change", exact=True).first)

    follow(page, "My team", "What changes for my team")

    month = page.get_by_role("row", name="December 2026")
    assert "One Front Door starts" in month.inner_text()
    follow(page, "One Front Door starts")
    assert headline(page) == "About One Front Door"


def test_manager_takes_along_what_direct_reports_have_open(window: Window) -> None:
    page = start(window, "manager")
    turn(page, page.get_by_role("link", name="Change", exact=True).first)

    follow(page, "My team", "Direct reports only")
    turn(page, page.get_by_label("Filter training").get_by_role("link", name="Open"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as a table (CSV)").first.click()

    assert "Amira Hassan" in download.value.path().read_text("utf-8-sig")


def test_sponsor_says_that_a_promise_is_kept(window: Window) -> None:
    page = start(window, "sponsor")

    follow(page, "A day with the vans")
    turn(page, page.get_by_role("button", name="Start it"))
    turn(page, page.get_by_role("button", name="It is done"))

    assert "Done" in page.get_by_role("main").inner_text()
    turn(page, page.get_by_role("link", name="Change", exact=True).first)
    assert page.get_by_role("link", name="A day with the vans").count() == 0


def test_sponsor_has_a_page_for_the_steering_group_and_answers_what_is_asked(
    window: Window,
) -> None:
    page = start(window, "sponsor")
    open_initiative(page)

    follow(page, "For the sponsor")

    for each in ("What you promised", "What is late, and how it stands", "What is asked of you"):
        assert page.get_by_role("heading", name=each).is_visible()
    turn(page, page.get_by_role("link", name="New tablets"))
    assert "The second batch has no date." in page.get_by_role("main").inner_text()
    page.get_by_label("What do you decide, or do about it?").fill("You have it by Friday.")
    turn(page, page.get_by_role("button", name="Send the answer"))
    assert headline(page) == "New tablets"
    assert "You have it by Friday." in page.get_by_role("main").inner_text()
    follow(page, "One Front Door", "For the sponsor")
    assert page.get_by_role("link", name="New tablets").count() == 0
