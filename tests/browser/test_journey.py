"""Amira, at her phone, from the mail to done."""

import time

import pytest

from tests.browser.accessibility import axe
from tests.browser.addresses import item
from tests.browser.window import PHONE, Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_from_the_mail_to_done_are_two_taps_with_all_she_needs_above_the_fold(
    window: Window,
) -> None:
    page = window.sign_in("reader")
    began = time.monotonic()
    page.goto(window.address + item("Mailed")(window.scene))  # the tap on the mail's button

    fold = PHONE[1]
    button = page.get_by_role("button", name="Mark as done")
    shown = {
        "title": page.get_by_role("heading", level=1),
        "date": page.get_by_text("Due Mon 30 Nov"),
        "reason": page.get_by_text("So that callers are helped at once."),
        "button": button,
    }
    for what, each in shown.items():
        box = each.bounding_box()
        assert box, what
        assert box["y"] + box["height"] <= fold, what
    button.tap()

    toast = page.get_by_role("status")
    assert "is marked as done." in toast.inner_text()
    assert toast.get_by_role("button", name="Undo").is_visible()
    assert time.monotonic() - began < 30
    assert axe(page) == []
