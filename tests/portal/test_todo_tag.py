"""Three things to do, on a page of the host."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from change_tracker.people.models import Person
from tests import factories
from tests.factories import TODAY
from tests.portal.browsing import item_url
from tests.portal.test_my_training_page import give

pytestmark = pytest.mark.django_db

TAG = Template("{% load change_tracker %}[{% change_tracker_todo %}]")


def shown(user: Any = None, **context: Any) -> str:
    """The tag on a page that `user` opened."""
    if user is not None:
        request = RequestFactory().get("/")
        request.user = user
        context["request"] = request
    return " ".join(TAG.render(Context(context)).split())


def text(html: str) -> str:
    return " ".join(strip_tags(html).split())


def test_it_shows_three_of_all_late_ones_first(employee: Person) -> None:
    days = [TODAY.replace(day=day) for day in (30, 16, 20, 29)]
    records = give(employee, *days)

    html = shown(employee.user)

    said = text(html)
    assert "4 things to do, about 1 h" in said
    order = [said.index(each) for each in ("Lesson 2 2 days late", "Lesson 3 In 2", "Lesson 4")]
    assert order == sorted(order)
    assert "Lesson 1" not in said
    assert "All 4 in my training" in said
    assert f'href="{item_url(records[1].pk)}"' in html
    assert 'href="/change/"' in html


def test_who_has_nothing_to_do_is_told_in_a_line(outsider: Person) -> None:
    assert text(shown(outsider.user)) == "[ You are up to date Nothing to do. My training ]"


def test_strangers_get_nothing_at_all() -> None:
    assert shown(AnonymousUser()) == "[ ]"
    assert shown(factories.make_user("nobody")) == "[ ]"


def test_a_page_without_a_request_is_no_error(employee: Person) -> None:
    give(employee, TODAY)

    assert shown() == "[ ]"
    assert shown(request=RequestFactory().get("/")) == "[ ]"
    assert "1 thing to do" in shown(user=employee.user)


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [1, 10, 100])
def test_its_cost_does_not_grow(number: int, employee: Person) -> None:
    give(employee, *[TODAY] * number)
    with CaptureQueriesContext(connection) as captured:
        shown(employee.user)

    assert len(captured) == 5


def test_actions_that_somebody_owns_follow(sponsor: Person) -> None:
    initiative = factories.make_initiative(title="One Front Door", sponsor=sponsor)
    factories.make_action(initiative, title="Answer the depot", owner=sponsor, due_on=TODAY)

    said = text(shown(sponsor.user))

    assert said == (
        "[ Your training is up to date Your actions Answer the depot Today One Front Door ]"
    )
