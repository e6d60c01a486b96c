"""The register as its members see it: how strong, where, what is done, and the same as a file."""

import re
from datetime import date
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative, Role
from change_tracker.people.models import Audience, Person
from change_tracker.resistance.queries import known_entries
from change_tracker.resistance.views import register
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import main_of, queries, title, words
from tests.tables import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def repairs(employee: Person) -> Audience:
    return factories.make_audience(employee, name="Repairs")


@pytest.fixture
def initiative(lead: Person, sponsor: Person, repairs: Audience) -> Initiative:
    return factories.make_initiative(
        title="One Front Door", slug="door", lead=lead, sponsor=sponsor, group=repairs
    )


@pytest.fixture
def fear() -> Any:
    return factories.make_source_type(label="Fear for jobs")


URL = "/change/i/door/resistance/"


def hear(initiative: Initiative, *levels: int, **values: Any) -> Any:
    """An entry that was reviewed once a day, the last time today."""
    source = factories.make_source(initiative, **values)
    for days_ago, level in enumerate(reversed(levels)):
        factories.make_review(source, level, reviewed_on=date(2026, 11, 18 - days_ago))
    return source


def test_it_opens_with_where_it_is_strongest_and_what_is_missing(
    initiative: Initiative, lead: Person, repairs: Audience, fear: Any, sign_in: SignIn
) -> None:
    hear(initiative, 3, 5, type=fear, audiences=[repairs])
    hear(initiative, 2, 1)
    answered = hear(initiative, 2)
    factories.make_action(initiative, sources=[answered])

    response = sign_in.page(lead).get(URL)

    text = words(response)
    assert "Strongest in Repairs: Fear for jobs (5, refusing). 1 entry is rising." in text
    assert "1 entry is easing. 2 open entries have no action under way." in text
    assert "3 open entries" in text
    assert title(response).startswith("Resistance, One Front Door")


def test_what_somebody_lives_with_misses_no_action(
    initiative: Initiative, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    decided: dict[str, Any] = {"approver": sponsor, "review_on": date(2099, 1, 1)}
    hear(initiative, 4, state="accepted", **decided)

    page = sign_in.page(lead).get(URL)

    assert "no action under way" not in words(page)
    assert '<span class="ct-tag">Live with it</span>' in main_of(page)
    worked_on = hear(initiative, 4, state="accepted", **decided)
    factories.make_action(initiative, sources=[worked_on], title="Town hall")
    assert "Town hall" in words(sign_in.page(lead).get(URL))


def test_actions_with_a_date_are_named_before_those_without(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    source = hear(initiative, 3)
    for named, due_on in (("Some day", None), ("One day", None), ("Dated", date(2099, 1, 1))):
        factories.make_action(initiative, sources=[source], title=named, due_on=due_on)

    assert "Dated Some day and 1 more" in words(sign_in.page(lead).get(URL))


def test_what_somebody_adds_while_it_is_read_is_left_for_the_next_time(
    initiative: Initiative, lead: Person, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear(initiative, 2, statement="Known before.")

    def known_a_moment_ago(*asked: Any) -> Any:
        known = known_entries(*asked)
        hear(initiative, 2, statement="Added just now.")
        return known

    monkeypatch.setattr(register, "known_entries", known_a_moment_ago)
    client = sign_in.page(lead)

    assert "Known before." in words(client.get(URL))
    file = client.get(f"{URL}register.csv").getvalue().decode("utf-8-sig")
    assert "Known before." in file
    assert len(file.splitlines()) == 1 + 2


def test_the_states_to_filter_by_are_written_as_the_language_writes_them(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    hear(initiative, 2)

    german = sign_in.page(lead).get(URL, headers={"accept-language": "de"})

    assert ">In Bearbeitung</option>" in main_of(german)


def test_a_cell_has_its_number_its_trend_in_words_and_leads_to_its_entries(
    initiative: Initiative, lead: Person, repairs: Audience, fear: Any, sign_in: SignIn
) -> None:
    hear(initiative, 3, 4, type=fear, audiences=[repairs])
    hear(initiative, 1, type=fear, audiences=[repairs])

    html = sign_in.page(lead).get(URL).content.decode()

    assert 'aria-label="Fear for jobs, Repairs: 4, avoiding; rising"' in html
    assert f'href="?kind={fear.pk}&amp;group={repairs.pk}#ct-entries"' in html
    assert '<td class="ct-l4">' in html


def test_what_nobody_reviewed_is_not_zero(
    initiative: Initiative, lead: Person, repairs: Audience, fear: Any, sign_in: SignIn
) -> None:
    hear(initiative, type=fear, audiences=[repairs])

    html = sign_in.page(lead).get(URL).content.decode()

    assert "1 thing was heard; how strong it is, nobody has judged yet." in html
    assert 'aria-label="Fear for jobs, Repairs: not reviewed"' in html
    assert '<td class="ct-l0">' not in html


def test_groups_that_share_resistance_are_named_in_pairs(
    initiative: Initiative, lead: Person, repairs: Audience, sign_in: SignIn
) -> None:
    sales, desk = factories.make_audience(name="Sales"), factories.make_audience(name="Desk")
    hear(initiative, 2, audiences=[repairs, sales])
    assert "Repairs and Sales share 1 entry." in words(sign_in.page(lead).get(URL))
    hear(initiative, 3, audiences=[repairs, sales, desk])
    hear(initiative, 3, audiences=[desk, sales], state="resolved")
    hear(initiative, 3, audiences=[desk])
    hear(initiative, 3)

    text = words(sign_in.page(lead).get(URL))

    assert re.findall(r"\w+ and \w+ share \d entr\w+", text.replace(".", " ")) == [
        "Repairs and Sales share 2 entries",
        "Desk and Repairs share 1 entry",
        "Desk and Sales share 1 entry",
    ]


def test_a_filter_says_how_many_of_how_many(
    initiative: Initiative, lead: Person, repairs: Audience, sign_in: SignIn
) -> None:
    hear(initiative, 2, statement="Ours go next.", audiences=[repairs])
    hear(initiative, 2, statement="No time for it.")
    hear(initiative, 0, statement="It was the screen.", state="resolved")

    client = sign_in.page(lead)

    in_repairs = words(client.get(URL, {"group": repairs.pk}))
    assert "1 of 2 entries" in in_repairs
    assert "Ours go next." in in_repairs
    assert "No time for it." not in in_repairs
    resolved = words(client.get(URL, {"state": "resolved"}))
    assert "1 of 3 entries" in resolved
    assert "It was the screen." in resolved


@pytest.mark.parametrize("name", ["group", "kind", "state", "owner", "sort"])
def test_what_a_filter_does_not_know_is_left_out_with_a_note(
    name: str, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    hear(initiative, 2)

    response = sign_in.page(lead).get(URL, {name: "<b>99"})

    assert "is not known here, so it is left out." in words(response)
    assert "1 open entry" in words(response)
    assert "<b>99" not in response.content.decode()


def test_a_filter_without_hits_offers_to_drop_it(
    initiative: Initiative, lead: Person, repairs: Audience, sign_in: SignIn
) -> None:
    hear(initiative, 2, audiences=[repairs])

    text = words(sign_in.page(lead).get(URL, {"group": str(repairs.pk), "state": "dismissed"}))

    assert "No entry fits all of these filters. Show all open entries" in text


def test_entries_come_strongest_first_or_as_asked(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    hear(initiative, 2, statement="Second.", review_on=date(2026, 11, 20))
    hear(initiative, 5, statement="First.")
    hear(initiative, statement="Third.")

    client = sign_in.page(lead)

    strongest = words(client.get(URL))
    assert strongest.index("First.") < strongest.index("Second.") < strongest.index("Third.")
    soonest = words(client.get(URL, {"sort": "review"}))
    assert soonest.index("Second.") < soonest.index("First.")


def test_pages_are_of_fifty_and_keep_the_filter(
    initiative: Initiative, lead: Person, repairs: Audience, fear: Any, sign_in: SignIn
) -> None:
    for _ in range(51):
        hear(initiative, 1, type=fear, audiences=[repairs])

    response = sign_in.page(lead).get(URL, {"group": repairs.pk})

    assert "1 to 50 of 51" in words(response)
    assert f'href="?group={repairs.pk}&amp;page=2"' in response.content.decode()
    assert f'href="?group={repairs.pk}&amp;all=1"' in response.content.decode()

    on_paper = sign_in.page(lead).get(URL, {"group": str(repairs.pk), "all": "1"})

    assert "page=2" not in on_paper.content.decode()
    assert len(on_paper.context["lines"]) == 51


def test_an_empty_register_says_what_belongs_there(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(URL))

    assert "Nothing was added yet, which is not the same as nothing being there." in text
    assert "Add what you hear" in text


def test_the_sponsor_reads_and_adds_nothing(
    initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    hear(initiative, 2)
    client = sign_in.page(sponsor)

    assert "Add what you hear" not in words(client.get(URL))
    assert client.get(f"{URL}new/").status_code == 403


def test_what_has_ended_offers_no_form_that_would_be_refused(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    source = hear(initiative, 2)
    source.type.recommendations.create(strategy=factories.make_strategy(), basis="stated")
    factories.make_action(initiative, sources=[source], state="done", done_on=date(2026, 11, 1))
    client = sign_in.page(lead)
    pages = (
        URL,
        f"{URL}{source.pk}/",
        *(f"/change/i/door/actions/{kind}" for kind in ("", "tools/")),
    )
    forms = [f"{URL}new/", f"{URL}{source.pk}/plan/", *2 * ["/change/i/door/actions/new/"]]
    for page, form in zip(pages, forms, strict=True):
        assert f'href="{form}"' in main_of(client.get(page))

    put(initiative, "closed")

    for page, form in zip(pages, forms, strict=True):
        assert form not in main_of(client.get(page))


def test_whoever_has_no_part_in_it_finds_nothing(
    initiative: Initiative,
    employee: Person,
    manager: Person,
    hr: Person,
    outsider: Person,
    sign_in: SignIn,
) -> None:
    viewer = factories.make_person(login=True)
    factories.make_role(initiative, viewer, Role.VIEWER)

    codes = [
        sign_in.page(person).get(URL).status_code
        for person in (viewer, employee, manager, hr, outsider)
    ]

    assert codes == [200, 404, 404, 404, 404]


def test_the_file_holds_the_entries_of_the_filter_and_no_formula(
    initiative: Initiative, lead: Person, repairs: Audience, fear: Any, sign_in: SignIn
) -> None:
    hear(initiative, 3, 4, type=fear, audiences=[repairs], statement="=HYPERLINK(1)")
    hear(initiative, 1, statement="Elsewhere.")

    response = sign_in.page(lead).get(f"{URL}register.csv", {"group": repairs.pk})

    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("'=HYPERLINK(1),Fear for jobs,")
    assert ",Repairs,identified,4,3,1," in lines[1]


@pytest.mark.exhaustive
@pytest.mark.parametrize("entries", [1, 10, 100])
def test_its_cost_does_not_grow_with_its_entries(
    entries: int, initiative: Initiative, lead: Person, repairs: Audience, sign_in: SignIn
) -> None:
    for _ in range(entries):
        source = hear(initiative, 2, 3, audiences=[repairs, factories.make_audience()], owner=lead)
        factories.make_action(initiative, sources=[source], owner=lead)

    cost = queries(sign_in.page(lead), URL)

    assert len(cost) == 6, cost
