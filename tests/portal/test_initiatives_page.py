"""The list of initiatives whose figures the caller may read, and the tab that leads to it."""

from datetime import date, timedelta

import pytest

from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.portal.browsing import INITIATIVES, MY_TRAINING, overview_url, queries, title, words

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)


def test_each_line_leads_to_the_overview_of_an_initiative(lead: Person, sign_in: SignIn) -> None:
    initiative = factories.make_initiative(title="One Front Door", lead=lead)
    factories.make_initiative(title="Somebody else's")

    response = sign_in.page(lead).get(INITIATIVES)

    assert f'href="{overview_url(initiative.slug)}"' in response.content.decode()
    assert "One Front Door Active Go-live is in 19 days." in words(response)
    assert "Mon 7 Dec go-live" in words(response)
    assert "Somebody else" not in words(response)
    assert title(response).startswith("Initiatives")


def test_another_year_is_said(lead: Person, sign_in: SignIn) -> None:
    factories.make_initiative(lead=lead, go_live_on=date(2027, 1, 4))

    assert "Mon 4 Jan 2027" in words(sign_in.page(lead).get(INITIATIVES))


def test_without_a_part_in_any_the_page_says_what_belongs_here(
    employee: Person, sign_in: SignIn
) -> None:
    assert "You have none at the moment." in words(sign_in.page(employee).get(INITIATIVES))


def test_the_tab_is_for_those_who_may_read_figures(
    employee: Person, lead: Person, sign_in: SignIn
) -> None:
    factories.make_initiative(lead=lead, group=factories.make_audience(employee))
    link = f'href="{INITIATIVES}"'

    assert link in sign_in.page(lead).get(MY_TRAINING).content.decode()
    assert link not in sign_in.page(employee).get(MY_TRAINING).content.decode()


def test_long_lists_have_pages(lead: Person, sign_in: SignIn) -> None:
    for number in range(51):
        factories.make_initiative(title=f"Change {number:02}", lead=lead)
    client = sign_in.page(lead)

    first, second = words(client.get(INITIATIVES)), words(client.get(INITIATIVES, {"page": 2}))

    assert "1 to 50 of 51" in first
    assert "Change 00" not in first
    assert "Change 00" in second
    assert "51 to 51 of 51" in second


def test_each_line_says_how_it_stands(lead: Person, sign_in: SignIn) -> None:
    initiative = factories.make_initiative(title="One Front Door", slug="door", lead=lead)
    person = factories.make_person(unit=factories.make_unit("Repairs"))
    plan = factories.make_plan(initiative)
    factories.make_enrolment(plan, person, due_on=YESTERDAY)
    factories.make_enrolment(plan, factories.make_person(), due_on=date(2026, 11, 20))
    factories.make_review(factories.make_source(initiative, stage="willingness"), 4)
    factories.make_source(initiative, state="resolved", stage="ability")
    factories.make_action(initiative, due_on=YESTERDAY)

    response = sign_in.page(lead).get(INITIATIVES)

    text, html = words(response), response.content.decode()
    assert (
        "Go-live is in 19 days. 1 strong resistance has no answer yet."
        " 1 person is late with training, in Repairs." in text
    )
    assert (
        "Willingness 1 strong resistance 1 late in One Front Door 1 action late in One Front Door"
        " 1, 1 strong open in One Front Door" in text
    )
    assert 'href="/change/i/door/actions/?late=1"' in html
    assert "Fri 20 Nov training is due" in text
    assert 'href="/change/i/door/training/late/"' in html
    assert 'href="/change/i/door/resistance/"' in html


def test_people_are_stuck_where_most_of_what_is_strong_holds_them_up(
    lead: Person, sign_in: SignIn
) -> None:
    def stuck(*entries: tuple[str, int | None]) -> str | None:
        initiative = factories.make_initiative(lead=lead)
        for stage, level in entries:
            source = factories.make_source(initiative, stage=stage)
            if level is not None:
                factories.make_review(source, level)
        lines = sign_in.page(lead).get(INITIATIVES).context["lines"]
        (line,) = [each for each in lines if each.initiative == initiative]
        return line.stuck and str(line.stuck.stage)

    assert stuck() is None
    assert stuck(("", 5)) is None
    # One that is strong weighs more than two that are not.
    assert stuck(("ability", 4), ("awareness", 3), ("awareness", None)) == "ability"
    assert stuck(("ability", 3), ("awareness", 3), ("awareness", None)) == "awareness"
    # Of two steps the earlier one.
    assert stuck(("ability", 4), ("knowledge", 5)) == "knowledge"


def test_the_list_says_of_each_what_its_overview_says(lead: Person, sign_in: SignIn) -> None:
    calm = factories.make_initiative(lead=lead)
    trained = factories.make_initiative(lead=lead)
    factories.make_enrolment(factories.make_plan(trained), lead, due_on=YESTERDAY)
    heard = factories.make_initiative(lead=lead, go_live_on=None)
    factories.make_review(factories.make_source(heard), 5)
    acting = factories.make_initiative(lead=lead)
    factories.make_action(acting, due_on=YESTERDAY)
    client = sign_in.page(lead)
    listed = client.get(INITIATIVES).context["lines"]

    for line in listed:
        overview = client.get(overview_url(line.initiative.slug)).context
        assert line.verdict == overview["verdict"]
    assert len(listed) == len({calm, trained, heard, acting}) == len({x.verdict for x in listed})


def test_hr_reads_no_resistance(lead: Person, hr: Person, sign_in: SignIn) -> None:
    factories.make_review(factories.make_source(factories.make_initiative(lead=lead)), 5)

    text = words(sign_in.page(hr).get(INITIATIVES))

    assert "for its team only" in text
    assert "strong" not in text


def test_what_has_ended_is_left_out_until_it_is_asked_for(lead: Person, sign_in: SignIn) -> None:
    factories.make_initiative(title="Under way", lead=lead)
    factories.make_initiative(title="Over", lead=lead, state="closed")
    client = sign_in.page(lead)

    assert "Over" not in words(client.get(INITIATIVES))
    everything = words(client.get(INITIATIVES, {"state": "all"}))
    assert "2 initiatives Phase: All" in everything
    assert "Drop the filter Phase" in everything
    assert "This has ended" in everything


def test_filters_by_phase_part_and_words(lead: Person, sign_in: SignIn) -> None:
    factories.make_initiative(title="One Front Door", lead=lead)
    factories.make_initiative(title="Front office", lead=lead, state="on_hold")
    other = factories.make_initiative(title="Plain Words")
    factories.make_role(other, lead, "viewer")
    client = sign_in.page(lead)

    def titles(**asked: str) -> list[str]:
        lines = client.get(INITIATIVES, asked).context["lines"]
        return [line.initiative.title for line in lines]

    assert titles() == ["Plain Words", "Front office", "One Front Door"]
    assert titles(state="on_hold") == ["Front office"]
    assert titles(part="led") == ["Front office", "One Front Door"]
    assert titles(q="door front") == ["One Front Door"]
    assert titles(sort="title") == ["Front office", "One Front Door", "Plain Words"]


def test_orders_by_late_people_and_by_the_next_date(lead: Person, sign_in: SignIn) -> None:
    soon = factories.make_initiative(title="Soon", lead=lead, go_live_on=None)
    factories.make_action(soon, due_on=TODAY)
    factories.make_initiative(title="Never", lead=lead, go_live_on=None)
    late = factories.make_initiative(title="Late", lead=lead)
    factories.make_enrolment(factories.make_plan(late, items=2), lead, due_on=YESTERDAY)
    client = sign_in.page(lead)

    def titles(sort: str) -> list[str]:
        lines = client.get(INITIATIVES, {"sort": sort}).context["lines"]
        return [line.initiative.title for line in lines]

    assert titles("late")[0] == "Late"
    assert titles("next") == ["Soon", "Late", "Never"]
    assert "no date yet" in words(client.get(INITIATIVES, {"q": "never"}))


def test_a_filter_without_hits_is_named_and_can_be_dropped(lead: Person, sign_in: SignIn) -> None:
    factories.make_initiative(title="One Front Door", lead=lead)

    response = sign_in.page(lead).get(INITIATIVES, {"state": "on_hold", "q": "door"})

    text, html = words(response), response.content.decode()
    assert "Nothing fits all of these filters." in text
    assert "Drop “Phase: On hold” Drop “Words in the title: door”" in text
    assert '<a class="ct-btn" href="?q=door">' in html
    assert '<a class="ct-btn" href="?state=on_hold">' in html


def test_whose_initiatives_have_all_ended_is_told_so(lead: Person, sign_in: SignIn) -> None:
    factories.make_initiative(lead=lead, state="closed")

    response = sign_in.page(lead).get(INITIATIVES)

    assert "All of your initiatives have ended. Open the archive" in words(response)


def test_what_is_not_known_is_left_out_and_said(lead: Person, sign_in: SignIn) -> None:
    factories.make_initiative(title="One Front Door", lead=lead)

    text = words(sign_in.page(lead).get(INITIATIVES, {"state": "asleep", "sort": "colour"}))

    assert "Phase: “asleep” is not known here, so it is left out." in text
    assert "Order: “colour” is not known here, so it is left out." in text
    assert "One Front Door" in text


def test_pages_keep_the_filter(lead: Person, sign_in: SignIn) -> None:
    for _ in range(51):
        factories.make_initiative(title="Change", lead=lead)

    html = sign_in.page(lead).get(INITIATIVES, {"q": "change"}).content.decode()

    assert 'href="?q=change&amp;page=2"' in html


def test_the_file_has_the_lines_of_the_filter(lead: Person, hr: Person, sign_in: SignIn) -> None:
    initiative = factories.make_initiative(title="=One", lead=lead)
    factories.make_initiative(title="Other", lead=lead)
    factories.make_enrolment(factories.make_plan(initiative), lead, due_on=YESTERDAY)
    factories.make_source(initiative, stage="willingness")

    response = sign_in.page(lead).get(f"{INITIATIVES}initiatives.csv", {"q": "one"})

    head, *lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert head.startswith("Initiative,Phase,How it stands,Where people are stuck,Lead,Sponsor,")
    assert len(lines) == 1
    assert lines[0].startswith("'=One,active,Go-live is in 19 days.")
    assert lines[0].endswith(",willingness,Priya Nair,,1,0,1,0,2026-12-07,go-live,2026-12-07")
    unread = sign_in.page(hr).get(f"{INITIATIVES}initiatives.csv", {"q": "one"})
    assert ",,Priya Nair,,1,0,,,2026-12-07" in unread.getvalue().decode()


@pytest.mark.exhaustive
@pytest.mark.parametrize("count", [1, 10, 100])
def test_its_cost_does_not_grow_with_the_list(count: int, lead: Person, sign_in: SignIn) -> None:
    for _ in range(count):
        initiative = factories.make_initiative(lead=lead)
        factories.make_source(initiative)
        factories.make_action(initiative, due_on=YESTERDAY)
        factories.make_enrolment(factories.make_plan(initiative), lead, due_on=YESTERDAY)

    cost = queries(sign_in.page(lead), f"{INITIATIVES}?sort=late")

    assert len(cost) == 4, cost
