"""A new change lead at a telephone: from nothing to a closed initiative, by pages alone.

Each page on the way fits the telephone, explains the words of the trade that stand on it, and
leads on.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from change_tracker.core.meanings import GLOSSARY
from tests.browser.pages import turn
from tests.browser.scene import MOMENT
from tests.browser.window import PHONE, Window
from tests.contracts.test_meanings import is_explained, labels_of

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
TODAY = MOMENT.date()
#: Where one of these is what a line, a column or a part of the page is called.
TERMS = {"On the hill": "hill", "Readings": "reading", "Target": "target"}
NAMED = ":is(dt, th, h2, .ct-table td[data-label])"


#: What a page calls things; of each empty part, whether something leads on; how wide it is.
LOOK = """(named) => {
  const main = document.querySelector("main");
  const all = (what, within = main) => [...within.querySelectorAll(what)];
  return [
    all(named).map((each) => each.textContent.trim()),
    all(".ct-empty").map((each) => Boolean(
      all("a, button", each).length || all(".ct-btn--main").length)),
    document.documentElement.scrollWidth,
  ];
}"""


class Lead:
    """Goes only where a page leads, and reads every page it comes to."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.visited = page, 0
        page.set_default_timeout(8000)
        page.goto(address)
        self.read()

    @property
    def main(self) -> Locator:
        """The page without what the host has around it."""
        return self.page.get_by_role("main")

    def go(self, name: str | re.Pattern[str], at: int = 0) -> Lead:
        """Follow a link."""
        return self.turned(self.main.get_by_role("link", name=name).nth(at))

    def press(self, name: str) -> Lead:
        """Press a button, or what looks like one."""
        button = self.main.get_by_role("button", name=name, exact=True)
        link = self.main.get_by_role("link", name=name, exact=True)
        return self.turned(button.or_(link).first)

    def fill(self, **values: str) -> Lead:
        """Type into fields of the form."""
        for name, value in values.items():
            self.main.locator(f"[name={name}]").fill(value)
        return self

    def tick(self, label: str) -> Lead:
        """Choose what is labelled so."""
        self.main.get_by_label(label).first.check()
        return self

    def move(self, position: int) -> Lead:
        """Say by the slider how far an action is."""
        slider = self.main.locator("[name=position]")
        slider.evaluate(f"each => {{ each.value = {position}; }}")
        return self.press("Move it")

    def part(self, name: str) -> Lead:
        """To a part of the initiative, by the way up where the page does not lead to it."""
        while not self.main.get_by_role("link", name="Overview").count():
            self.turned(self.main.locator(".ct-crumb a:visible").last)
        return self.press(name)

    def turned(self, control: Locator) -> Lead:
        """Go on by `control`."""
        turn(self.page, control)
        return self.read()

    def reads(self, *phrases: str) -> Lead:
        """These stand on the page."""
        text = " ".join(self.main.inner_text().split())
        for each in phrases:
            assert each in text, f"“{each}” is not in: {text}"
        return self

    def read(self) -> Lead:
        """Whatever a newcomer may stumble over on a page."""
        self.visited += 1
        page, where = self.page.content(), self.page.url
        assert [each for each in labels_of(page) if not is_explained(each, page)] == [], where
        names, empties, width = self.page.evaluate(LOOK, NAMED)
        for name in set(names) & set(TERMS):
            assert str(GLOSSARY[TERMS[name]][0].meaning) in page, f"{name} on {where}"
        assert all(empties), f"no next step on {where}"
        assert width <= PHONE[0], where
        return self


def test_from_nothing_to_closed_on_one_day_at_a_telephone(window: Window) -> None:
    lead = Lead(window.sign_in("newcomer"), f"{window.address}/change/initiatives/")
    initiative(lead)
    playbook(lead)
    first_reviews(lead)
    training(lead)
    action(lead)
    last_reviews(lead)
    end(lead)

    assert lead.visited > 50


def initiative(lead: Lead) -> None:
    """Three steps and a look at what publishing does."""
    lead.reads("You have none at the moment").go("New initiative")
    lead.fill(title="One number", purpose="So that callers are helped at once.")
    lead.press("Save and go on").main.locator("[name=audience]").select_option(label="Night shift")
    lead.fill(message="You answer every call.")
    lead.press("Add this group").reads("Night shift").press("Go on")
    lead.fill(go_live_on=TODAY.isoformat())
    lead.main.locator("[name*=sponsor][type=search], [name*=sponsor][type=text]").fill("Gil")
    lead.press("Search").tick("Gil Sand")
    lead.fill(title="Calls solved at once", unit="%", baseline="40", target="70")
    lead.press("Save the draft").reads("It can start.").press("Publish it")
    lead.reads("What this does", "1 person in its groups").press("Publish it")
    lead.reads("is published")


def playbook(lead: Lead) -> None:
    """The empty list of actions leads to playbooks; some of one is taken."""
    lead.part("Actions").reads("No action is planned yet").go("Begin with a playbook")
    lead.go(re.compile("See what it does ?: Front line before go-live"))
    for box in lead.main.locator("[name=keys]").all():
        kept = box.get_attribute("value") in {
            "action:train-everyone",
            "action:coach-the-first-weeks",
            "item:what-changes",
        }
        box.set_checked(kept)
    lead.press("Apply it").reads("The playbook is applied: 2 actions planned")
    lead.reads("What the words here mean")


def entries(lead: Lead) -> list[str]:
    """Where the open lines of the register lead."""
    lead.part("Resistance")
    return [str(each.get_attribute("href")) for each in lead.main.locator("a.ct-quote").all()]


def entry(lead: Lead, there: str) -> Lead:
    """One of them."""
    line = lead.main.locator(f"a.ct-quote[href='{there}']")
    if not line.count():
        lead.part("Resistance")
    return lead.turned(line)


def review(lead: Lead, level: int) -> Lead:
    """Judge how strong it is today."""
    lead.press("Review its level")
    lead.main.locator(f"[name=level][value='{level}']").check()
    return lead.press("Add the review")


def first_reviews(lead: Lead) -> None:
    """What is expected is judged, and worked on."""
    for there in entries(lead):
        review(entry(lead, there), 3)
        lead.press("We know how strong it is").reads("It is now “assessed”.")
        lead.press("We work on it").reads("It is now “mitigating”.", "It is met with actions")


def training(lead: Lead) -> None:
    """The draft that came with the playbook is given to the group."""
    lead.part("Training").go("Ready for the day")
    lead.press("Publish and assign")
    lead.turned(lead.main.locator("form button.ct-btn--main").last)


def action(lead: Lead) -> None:
    """Over the hill, done, and that on an earlier day: so the effect can be told today."""
    lead.part("Actions").go("Train everyone before the day")
    lead.press("Start it").reads("It is now “in progress”.").move(60).move(100)
    lead.press("It is done").reads("did it work?", "From tomorrow on")
    lead.go("It was done on an earlier day")
    lead.fill(done_on=(TODAY - timedelta(days=1)).isoformat()).press("Save")
    lead.reads("Now you can tell.").press("It worked").reads("What this does")
    lead.fill(outcome="Everybody came.").press("Confirm").reads("It is now “effective”.")


def last_reviews(lead: Lead) -> None:
    """It is live; what is left is called off, and what was heard has eased."""
    lead.part("Set-up").press("Go-live is reached").reads("What this does")
    lead.press("Go-live is reached").reads("Before it can be closed:")
    lead.go("Finish, call off or carry over its open actions first.")
    lead.fill(reason="Nobody needs it any more.").press("See what this does")
    lead.reads("1 action is called off. Nothing brings it back.").press("Call them off")
    lead.reads("1 action is called off.")
    for there in entries(lead):
        review(entry(lead, there), 1)
        lead.press("The work is done, we watch it").press("It is resolved")
        lead.reads("It is down to its target level")


def end(lead: Lead) -> None:
    """Nothing is missing; what was learnt is written down."""
    lead.part("Overview").go("Measure it").press("Add a reading").fill(value="72")
    lead.turned(lead.main.locator("form button.ct-btn--main").last)
    lead.part("Overview").reads("Nothing waits for you today")
    lead.part("Resistance").go("What we learnt").press("Write a lesson down").tick("It did")
    lead.fill(words="Training in the hours before the shift.").press("Write it down")
    lead.part("Set-up").press("Close it").reads("What this does")
    lead.fill(closing_note="Callers are helped at once.").press("Close it")
    lead.reads("“One number” is closed.").part("Overview").reads("Closed")
