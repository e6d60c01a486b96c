"""The chain as a picture with its table: of an initiative, and of one record in it."""

from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.progress import chain
from change_tracker.progress.chain import chain_of
from change_tracker.progress.chainpicture import picture_of
from tests import factories
from tests.conftest import SignIn
from tests.costs import cost
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative(lead: Person, sponsor: Person, employee: Person) -> Initiative:
    group = factories.make_audience(employee)
    return factories.make_initiative(lead=lead, sponsor=sponsor, group=group)


@pytest.fixture
def rows(initiative: Initiative, lead: Person, employee: Person) -> dict[str, Any]:
    """Two entries; one action and one plan answer the first, the other stands alone."""
    first = factories.make_source(initiative, statement="Our jobs go next.")
    other = factories.make_source(initiative, statement="The tablets are slow.")
    for level in (5, 3):
        factories.make_review(first, level, reviewer=lead)
    strategy = factories.make_strategy(label="Say why")
    action = factories.make_action(initiative, sources=[first], strategy=strategy)
    factories.make_action(initiative, sources=[other], title="Given up", state="cancelled")
    plan = factories.make_plan(initiative, action=action)
    factories.make_enrolment(plan, employee)
    concern = factories.make_feedback(initiative, employee, source=first, text="Am I next?")
    return {"entry": first, "other": other, "action": action, "plan": plan, "concern": concern}


def test_the_picture_joins_what_people_say_to_who_is_trained(
    initiative: Initiative, rows: dict[str, Any], lead: Person
) -> None:
    assert lead.user is not None
    picture = picture_of(chain_of(lead.user, initiative))

    boxes = {(" ".join(each.title), each.below) for each in picture.boxes}
    assert boxes == {
        ("1 voice", "Am I next?"),
        ("Our jobs go next.", "level 5 at first, now 3"),
        ("The tablets are slow.", "not reviewed"),
        ("Town hall", "planned · Say why"),
        (rows["plan"].title, "1 person"),
    }
    assert len(picture.lines) == 3
    places = [(each.x, each.y) for each in picture.boxes]
    assert len(set(places)) == len(places)
    assert all(x + 230 <= picture.width and y + 59 <= picture.height for x, y in places)


def test_a_box_of_the_picture_has_room_for_a_whole_sentence(
    initiative: Initiative, lead: Person
) -> None:
    said = "Nobody takes my calls while I sit in a course."
    factories.make_source(initiative, statement=said)
    factories.make_source(initiative, statement="One word after the other " * 9)
    assert lead.user is not None

    whole, cut = (each.title for each in picture_of(chain_of(lead.user, initiative)).boxes)

    assert " ".join(whole) == said
    assert len(cut) == 2
    assert cut[-1].endswith("…")


@pytest.mark.parametrize("begin", ["entry", "action", "plan", "concern"])
def test_each_record_leads_to_its_own_chain(
    begin: str,
    initiative: Initiative,
    rows: dict[str, Any],
    lead: Person,
    sign_in: SignIn,
) -> None:
    client = sign_in.page(lead)
    where = {
        "entry": f"resistance/{rows['entry'].pk}/",
        "action": f"actions/{rows['action'].pk}/",
        "plan": f"training/{rows['plan'].pk}/",
        "concern": f"concerns/{rows['concern'].pk}/",
    }
    rows["plan"].sources.set([rows["entry"]])
    address = f"/change/i/{initiative.slug}/chain/?{begin}={rows[begin].pk}"

    record = client.get(f"/change/i/{initiative.slug}/{where[begin]}").content.decode()
    page = client.get(address)

    assert f'href="{address}"' in record
    links = page.context["chain"].links
    assert [link.entry.pk for link in links] == [rows["entry"].pk]
    for path in where.values():
        assert f"/change/i/{initiative.slug}/{path}" in page.content.decode()


def test_who_does_not_read_the_chain_is_not_sent_to_it(
    initiative: Initiative, rows: dict[str, Any], hr: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(hr).get(f"/change/i/{initiative.slug}/training/{rows['plan'].pk}/")

    assert "Town hall" in page.content.decode()
    assert "/chain/" not in page.content.decode()


def test_a_reader_of_the_register_alone_is_not_told_what_people_say(
    initiative: Initiative, rows: dict[str, Any], sponsor: Person, hr: Person, sign_in: SignIn
) -> None:
    url = f"/change/i/{initiative.slug}/chain/"
    client = sign_in.page(sponsor)

    assert "Am I next?" not in client.get(url).content.decode()
    # Nor which resistance a concern belongs to.
    assert not client.get(f"{url}?concern={rows['concern'].pk}").context["chain"].links
    assert sign_in.page(hr).get(url).status_code == 404


def test_the_strongest_entries_are_drawn_at_a_constant_cost(
    initiative: Initiative,
    rows: dict[str, Any],
    lead: Person,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, url = sign_in.page(lead), f"/change/i/{initiative.slug}/chain/"
    before = cost(client, url)
    for number in range(4):
        source = factories.make_source(initiative)
        factories.make_review(source, number + 1, reviewer=lead)
        factories.make_action(initiative, sources=[source, rows["entry"]])
    monkeypatch.setattr(chain, "MOST_ENTRIES", 2)

    page = client.get(url)

    assert cost(client, url) == before
    assert [link.entry.latest_level for link in page.context["chain"].links] == [4, 3]
    assert page.context["chain"].has_more
    assert "2 strongest open entries" in page.content.decode()


def test_where_nothing_is_heard_the_page_leads_to_the_register(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead).get(f"/change/i/{initiative.slug}/chain/?plan=x")

    assert "there is no chain yet" in page.content.decode()
    assert f'href="/change/i/{initiative.slug}/resistance/"' in page.content.decode()


def test_the_table_says_which_action_a_plan_carries_out(
    initiative: Initiative, rows: dict[str, Any], lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead).get(f"/change/i/{initiative.slug}/chain/")

    assert f"{rows['plan'].title} 1 person carries out “Town hall”" in words(page)
    # In a line of its own: it is the plan that does so, not the person.
    assert '<span class="ct-small ct-muted">1 person</span>' in page.content.decode()
