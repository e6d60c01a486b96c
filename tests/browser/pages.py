"""Every page, one line each: as whom, at which address, and what to press first, if anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from tests.browser.scene import Scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

Address = Callable[[Scene], str]
Press = Callable[["Page", Scene], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A page in one state."""

    user: str
    address: Address
    press: Press | None = None


def at(name: str, query: str = "", **names: str) -> Address:
    """The address of a page of ours; `names` are arguments → attributes of the scene."""

    def address(scene: Scene) -> str:
        values = {key: getattr(scene.initiative, of) for key, of in names.items()}
        return reverse(f"change_tracker:{name}", kwargs=values) + query

    return address


def item(state: str) -> Address:
    """The page of the employee's item in that state."""
    return lambda scene: reverse("change_tracker:item", args=[scene.records[state].pk])


def the_plan(scene: Scene) -> str:
    """The published plan of the initiative."""
    where = {"slug": scene.initiative.slug, "pk": scene.plan.pk}
    return reverse("change_tracker:plan", kwargs=where)


def done_from_elsewhere(page: Page, scene: Scene) -> None:
    """Press the button of an item from which the person was exempted in the meantime."""
    url = reverse("change_tracker:item-done", args=[scene.records["Exempt"].pk])
    button = page.locator("form[action$='/done/']").first
    button.evaluate("(form, url) => { form.action = url; form.requestSubmit(); }", url)
    page.wait_for_url(f"**{url}")


def send_nothing(page: Page, scene: Scene) -> None:
    """Send the page's form without an answer: the page says what is missing."""
    page.locator(".ct-form .ct-btn--main").click()
    page.wait_for_load_state()


PAGES: dict[str, Shown] = {
    "my training": Shown("employee", at("my-training")),
    "my training, nothing to do": Shown("idle", at("my-training")),
    "my training, unknown login": Shown("stranger", at("my-training")),
    "item": Shown("employee", item("Late")),
    "item, done": Shown("employee", item("Done")),
    "item, refused": Shown("employee", item("Soon"), done_from_elsewhere),
    "initiatives": Shown("lead", at("initiatives")),
    "initiative": Shown("lead", at("initiative", slug="slug")),
    "plans": Shown("lead", at("plans", slug="slug")),
    "plan": Shown("lead", the_plan),
    "initiatives, none": Shown("employee", at("initiatives")),
    "progress": Shown("lead", at("initiative-progress", slug="slug")),
    "progress, wrong day": Shown("lead", at("initiative-progress", "?on=x", slug="slug")),
    "progress, before it began": Shown(
        "lead", at("initiative-progress", "?on=2020-01-01", slug="slug")
    ),
}
