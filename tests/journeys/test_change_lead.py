"""A new change lead, from nothing to a closed initiative: by links and forms alone."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.resistance.services.catalogue import load_catalogue
from change_tracker.resistance.services.packs import read_pack
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.portal.browsing import INITIATIVES, main_of, words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FORM = re.compile(r'<form\b[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
LINK = re.compile(r'href="([^"#]+)')


class Lead:
    """A browser that goes only where a page leads, and sends only what a form holds."""

    def __init__(self, client: Client) -> None:
        self.client, self.page = client, client.get(INITIATIVES)

    def links(self) -> list[str]:
        """Where the page leads."""
        here = self.page.request["PATH_INFO"]
        return [urljoin(here, unescape(each)) for each in LINK.findall(main_of(self.page))]

    def go(self, pattern: str) -> "Lead":
        """Follow the first link whose address has `pattern`, in the text of this page."""
        found = next((each for each in self.links() if re.search(pattern, each)), None)
        assert found, f"{pattern} is not among {self.links()} of {self.page.request['PATH_INFO']}"
        self.page = self.client.get(found)
        assert self.page.status_code == 200, found
        html = main_of(self.page)
        assert "ct-empty" not in html or "ct-btn--main" in html, f"no next step on {found}"
        return self

    def send(self, **typed: Any) -> "Lead":
        """Fill in the form of the page and press its button; the answer leads on."""
        request = self.page.request
        url = f"{request['PATH_INFO']}?{request['QUERY_STRING']}"
        assert 'method="post"' in main_of(self.page), f"nothing to send on {url}"
        form = self.page.context.get("form") or ()
        sent = {each.html_name: as_sent(each.value()) for each in form}
        self.page = self.client.post(url, sent | typed, follow=True)
        assert self.page.status_code == 200, words_of_errors(self.page)
        return self

    def press(self, to: str, **typed: Any) -> "Lead":
        """Make a move: at once where its button stands on the page, else by its own form."""
        for action, inside in FORM.findall(main_of(self.page)):
            if f'name="to" value="{to}"' in inside:
                return self.sent(action, {"to": to})
        return self.go(rf"move/\?to={to}\b").send(to=to, **typed)

    def place(self, position: int) -> "Lead":
        """Say how far an action is, by the form on its page."""
        action, inside = next(
            each for each in FORM.findall(main_of(self.page)) if each[0].endswith("/hill/")
        )
        return self.sent(action, dict(HIDDEN.findall(inside)) | {"position": position})

    def sent(self, action: str, body: dict[str, Any]) -> "Lead":
        """Send one of the forms of the page, and see where that leads."""
        self.page = self.client.post(unescape(action), body, follow=True)
        assert self.page.status_code == 200, words(self.page)
        return self

    def reads(self, *phrases: str) -> "Lead":
        """Sees all of these."""
        text = words(self.page)
        for each in phrases:
            assert each in text, f"“{each}” is not in: {text}"
        return self


def as_sent(value: Any) -> Any:
    """A value of a form as a browser sends it."""
    if value is None or value is False:
        return ""
    if isinstance(value, list | tuple) or hasattr(value, "values_list"):
        return [getattr(each, "pk", each) for each in value]
    return getattr(value, "pk", value)


def words_of_errors(page: Any) -> Any:
    return page.context["form"].errors if page.context else page.content[:300]


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_from_nothing_to_closed_with_a_playbook(  # noqa: PLR0915  one story
    clock: Any, employee: Person, sponsor: Person, sign_in: SignIn
) -> None:
    load_catalogue(read_pack(), actor=None, now=NOW)
    login = factories.make_user("new-lead", "add_initiative")
    priya = factories.make_person("Priya Nair", login=login)
    group = factories.make_audience(employee, name="Call takers", created_by=login)
    start = timezone.localdate(NOW) + 63 * DAY
    lead = Lead(sign_in.page(priya))

    # Nothing there: one next step, and what one may begin with.
    lead.reads("You have none at the moment").go("/initiatives/new/")
    lead.send(title="One number", purpose="So that callers are helped at once.")
    lead.send(audience=group.pk, message="You answer every call.").reads("Call takers")
    lead.go("/new/date/").send(
        go_live_on=start.isoformat(),
        sponsor=sponsor.pk,
        title="Calls solved at once",
        unit="%",
        baseline="40",
        target="70",
    )
    # The empty list of actions points to the playbooks.
    lead.go("/actions/").reads("No action is planned yet").go("/playbooks/")
    lead.go("/i/[^/]+/playbooks/front-line").send(
        keys=[
            *("action:train-everyone", "action:tell-good-stories"),
            *("item:what-changes", "item:listening"),
        ]
    )
    lead.reads("2 actions planned", "2 activities in the draft of a training plan")
    initiative = Initiative.objects.get(title="One number")
    over = rf"/i/{initiative.slug}/"
    lead.go(f"{over}$").press("active")
    lead.go(f"{over}$").go("/gaps/").reads("Gap list").go(f"{over}$")

    # First review of what is expected: then it is worked on.
    for entry in initiative.resistancesources.order_by("pk"):
        lead.go(f"{over}$").go(f"{over}resistance/$").go(f"/resistance/{entry.pk}/").go(
            "/review/"
        ).send(level=3)
        lead.press("assessed").press("mitigating")
    # The training plan is published and given to the group.
    lead.go(f"{over}$").go(f"{over}training/$").go(r"/training/\d+/$")
    lead.go("/assign/").send(digest=lead.page.context["digest"])
    # Over the hill, a few weeks on.
    clock.move_to(at(start - 10 * DAY))
    lead.client.force_login(login)
    lead.go(f"{over}$").go(f"{over}actions/$").go(r"/actions/\d+/$").press("in_progress")
    lead.place(60).place(100)
    lead.press("done", outcome="Everybody came.")
    # The employee does the training; the goal is read.
    mine = sign_in.page(employee)
    for record in employee.training_records.order_by("pk"):
        mine.post(f"/change/t/{record.pk}/done/")
    # Did it work? A later review says so.
    clock.move_to(at(start + 14 * DAY))
    lead.client.force_login(login)
    lead.go(f"{over}$").go(r"/objectives/\d+/$").go("/readings/new/").send(value="72")
    for entry in initiative.resistancesources.order_by("pk"):
        lead.go(f"{over}$").go(f"{over}resistance/$").go(f"/resistance/{entry.pk}/").go(
            "/review/"
        ).send(level=1)
    # It is live. What nobody needs any more stands in the way of the end: it is called off.
    lead.go(f"{over}$").go(f"{over}setup/$").press("sustaining").reads("Before it can be closed:")
    lead.go("/actions/call-off/").send(reason="Every team has its own stories by now.")
    lead.reads("1 action is called off. Nothing brings it back.").send()
    lead.reads("1 action is called off.")
    # Whether it worked.
    lead.go(f"{over}$").go(f"{over}actions/$").go("state=")
    lead.go(r"/actions/\d+/$").press("effective")
    for entry in initiative.resistancesources.order_by("pk"):
        lead.go(f"{over}$").go(f"{over}resistance/$").go(f"/resistance/{entry.pk}/")
        lead.press("monitoring").press("resolved")
    lead.go(f"{over}$").reads("Nothing waits for you today")
    assert "Nothing waits" in words(lead.client.get(f"/change{over}gaps/"))
    # What was learnt, and the end.
    lead.go(f"{over}$").go(f"{over}resistance/$").go("/lessons/").go("/lessons/new/")
    lead.send(eased="yes", words="Training in the hours before the shift.")
    lead.go(f"{over}$").go(f"{over}setup/$").press(
        "closed", closing_note="Callers are helped at once."
    )
    initiative.refresh_from_db()
    assert initiative.state == "closed"


def at(day: Any) -> datetime:
    """The morning of a day."""
    return datetime.combine(day, NOW.timetz())
