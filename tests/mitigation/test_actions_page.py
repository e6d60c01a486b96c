"""The actions of an initiative as a list: filters, order, pages, and the same as a file."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative, Role
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.mitigation.pages import action_url, actions_url, entry_url
from tests.portal.browsing import overview_url, queries, title, words

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
]
YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


def act(initiative: Initiative, title: str, **values: Any) -> Any:
    return factories.make_action(initiative, title=title, **values)


def test_a_line_says_what_why_who_when_and_how_far(
    initiative: Initiative, source: Any, lead: Person, sign_in: SignIn
) -> None:
    action = act(
        initiative, "Town hall", sources=[source], owner=lead, due_on=YESTERDAY, position=30
    )

    response = sign_in.page(lead).get(actions_url(initiative))

    text, html = words(response), response.content.decode()
    assert "1 action is late." in text
    assert "1 open action" in text
    assert (
        "Town hall Communication Our jobs go next. Priya Nair Tue 17 Nov 1 day late"
        " finding out Planned" in text
    )
    assert f'href="{entry_url(source)}"' in html
    assert f'href="{action_url(action)}"' in html
    assert title(response).startswith(f"Actions, {initiative.title}")


def test_hr_reads_the_list_without_what_the_actions_answer(
    initiative: Initiative, source: Any, hr: Person, sign_in: SignIn
) -> None:
    act(initiative, "Town hall", sources=[source])
    client = sign_in.page(hr)

    text = words(client.get(actions_url(initiative)))
    file = client.get(actions_url(initiative, "actions.csv")).getvalue().decode()

    assert "Town hall" in text
    assert "What it answers" not in text + file
    assert "Our jobs go next." not in text + file
    assert "Plan an action" not in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "late blocked soon"),
        ({"late": "1"}, "late"),
        ({"state": "blocked"}, "blocked"),
        ({"state": "all"}, "late blocked soon done"),
        ({"state": "done"}, "done"),
        ({"kind": "coaching"}, "soon"),
        ({"owner": "none"}, "blocked soon"),
        ({"owner": "lead"}, "late"),
        ({"words": "RIDE vans"}, "soon"),
        ({"words": "vans", "late": "1"}, ""),
    ],
)
def test_a_filter_finds_what_it_says(
    asked: dict[str, str], found: str, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    act(initiative, "Late one", due_on=YESTERDAY, owner=lead)
    act(initiative, "Blocked one", state="blocked", due_on=TOMORROW)
    act(initiative, "Soon one", kind="coaching", description="Ride in the vans.")
    act(initiative, "Done one", state="done", done_on=YESTERDAY, due_on=YESTERDAY, owner=lead)
    if asked.get("owner") == "lead":
        asked = {"owner": str(lead.pk)}

    response = sign_in.page(lead).get(actions_url(initiative), asked)
    file = sign_in.page(lead).get(actions_url(initiative, "actions.csv"), asked)

    every = ("late", "blocked", "soon", "done")
    table = words(response)
    assert [each for each in every if f"{each.title()} one" in table] == found.split()
    text = file.getvalue().decode()
    assert [each for each in every if f"{each.title()} one" in text] == found.split()
    if asked:
        assert f"{len(found.split())} of 4 actions" in table


def test_words_that_a_database_does_not_take_find_nothing_odd(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    act(initiative, "Town hall")

    text = words(sign_in.page(lead).get(actions_url(initiative), {"words": "town\0hall"}))

    assert "1 of 1 action" in text


@pytest.mark.parametrize("name", ["state", "kind", "owner", "late", "sort"])
def test_what_a_filter_does_not_know_is_left_out_with_a_note(
    name: str, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    act(initiative, "Town hall")

    response = sign_in.page(lead).get(actions_url(initiative), {name: "<b>99"})

    assert "is not known here, so it is left out." in words(response)
    assert "1 open action" in words(response)
    assert "<b>99" not in response.content.decode()


def test_a_filter_is_a_chip_that_can_be_dropped(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    act(initiative, "Town hall")
    client = sign_in.page(lead)

    response = client.get(actions_url(initiative), {"words": "van", "kind": "tools"})

    assert "Nothing fits all of these filters. Drop “Words: van” Drop “Kind: Tools”" in words(
        response
    )
    assert "Words: van" in words(response)
    assert 'href="?kind=tools#ct-lines"' in response.content.decode()


def test_where_all_has_ended_the_page_leads_to_it(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    act(initiative, "Town hall", state="cancelled")

    text = words(sign_in.page(lead).get(actions_url(initiative)))

    assert "No action is open: all that was planned has ended. Show those that have ended" in text


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("due", "B A C"),
        ("title", "A B C"),
        ("owner", "C A B"),
        ("hill", "C B A"),
        ("state", "C A B"),
    ],
)
def test_the_order_is_as_asked(
    sort: str, order: str, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    act(initiative, "Action A", due_on=TOMORROW, position=90, state="in_progress")
    act(initiative, "Action B", due_on=YESTERDAY, position=50, state="blocked")
    act(initiative, "Action C", owner=lead)

    text = words(sign_in.page(lead).get(actions_url(initiative), {"sort": sort}))

    found = sorted("ABC", key=lambda each: text.index(f"Action {each}"))
    assert found == order.split()


def test_pages_are_of_fifty_and_keep_the_filter(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    for _ in range(51):
        act(initiative, "Town hall", kind="tools")

    response = sign_in.page(lead).get(actions_url(initiative), {"kind": "tools"})

    assert "1 to 50 of 51" in words(response)
    assert 'href="?kind=tools&amp;page=2"' in response.content.decode()


def test_an_empty_list_says_what_an_action_is_and_leads_to_the_register(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(actions_url(initiative))

    assert "An action is dated work that answers something that you hear" in words(response)
    assert response.content.decode().count("ct-btn--main") == 1
    assert f'href="/change/i/{initiative.slug}/resistance/"' in response.content.decode()


def test_the_file_holds_no_formula(
    initiative: Initiative, source: Any, lead: Person, sign_in: SignIn
) -> None:
    act(initiative, "=HYPERLINK(1)", sources=[source], minutes=20, outcome="They came.")

    answer = sign_in.page(lead).get(actions_url(initiative, "actions.csv"))

    line = answer.getvalue().decode("utf-8-sig").splitlines()[1]
    assert line == (
        "'=HYPERLINK(1),communication,planned,,,not begun,0,20,,,They came.,Our jobs go next."
    )


def test_whoever_has_no_part_in_it_finds_nothing(
    initiative: Initiative,
    employee: Person,
    manager: Person,
    hr: Person,
    outsider: Person,
    sponsor: Person,
    sign_in: SignIn,
) -> None:
    viewer = factories.make_person(login=True)
    factories.make_role(initiative, viewer, Role.VIEWER)
    factories.make_group(initiative, factories.make_audience(employee))

    codes = [
        sign_in.page(person).get(actions_url(initiative)).status_code
        for person in (viewer, sponsor, hr, employee, manager, outsider)
    ]

    assert codes == [200, 200, 200, 404, 404, 404]


def test_the_overview_leads_to_the_list_to_what_is_late_and_to_each_action(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    action = act(initiative, "Town hall", due_on=YESTERDAY)
    ahead = act(initiative, "Open day", due_on=TOMORROW)

    html = sign_in.page(lead).get(overview_url(initiative.slug)).content.decode()

    assert f'href="{actions_url(initiative)}?late=1">' in html
    assert f'href="{actions_url(initiative)}">All actions' in html
    assert f'href="{action_url(action)}">Town hall' in html
    assert (
        html.count(f'href="{action_url(ahead)}">Open day') == 2
    )  # the hill, and what happens when


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [1, 10, 100])
def test_its_cost_does_not_grow(
    number: int, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    for _ in range(number):
        sources = [factories.make_source(initiative), factories.make_source(initiative)]
        act(initiative, "Town hall", sources=sources, owner=factories.make_person())

    cost = queries(sign_in.page(lead), actions_url(initiative))

    assert len(cost) <= 8, cost
