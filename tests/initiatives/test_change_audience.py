"""The page of a group of people: its rule as lines and as a sentence, and whom it finds."""

import re
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Audience, AudienceClause, Person
from change_tracker.people.services.audiences import Clause, create_audience
from change_tracker.training.models import Enrolment, TrainingPlan
from change_tracker.training.services import assign_plan
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import queries, title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead)


@pytest.fixture
def crews(initiative: Initiative, employee: Person, lead: Person) -> Audience:
    """Everyone in Repairs: Amira alone."""
    audience = create_audience(
        name="Crews",
        clauses=[Clause(kind="unit", unit=employee.unit)],
        actor=lead.user,
        today=TODAY,
        now=NOW,
    )
    factories.make_group(initiative, audience)
    return audience


def audience_url(initiative: Initiative, rest: str) -> str:
    return f"/change/i/{initiative.slug}/audiences/{rest}/"


def rule(audience: Audience, kind: str, **values: Any) -> dict[str, Any]:
    """What the form of one more line sends."""
    audience.refresh_from_db()
    return {"kind": kind, "effect": "include", "version": audience.version} | values


def drop(audience: Audience, clause: AudienceClause) -> dict[str, Any]:
    """What the button beside a line sends."""
    audience.refresh_from_db()
    return {"do": "drop", "clause": clause.pk, "version": audience.version}


def confirm(page: Any, check: Any) -> Any:
    """Press the button of the check page, and see where that leads."""
    assert check.templates[0].name == "change_tracker/audience_check.html"
    sent = dict(check.context["kept"]) | {"digest": check.context["digest"]}
    return page.post(check.context["own_url"], sent, follow=True)


def give_plan(initiative: Initiative, audience: Audience) -> TrainingPlan:
    """A plan that the members of `audience` have."""
    plan = factories.make_plan(initiative, items=1)
    rule = factories.make_rule(plan, audience)
    assign_plan(plan=plan, rules=[rule], actor=None, today=TODAY, now=NOW)
    return plan


def test_a_new_group_is_made_with_its_first_rule_and_shows_whom_it_finds(
    initiative: Initiative, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    assert employee.unit is not None
    page = sign_in.page(lead)
    assert "Which unit?" in words(page.get(audience_url(initiative, "new")))

    response = page.post(
        audience_url(initiative, "new"),
        {"name": "Crews", "kind": "unit", "unit": employee.unit_id, "with_subtree": "on"},
        follow=True,
    )

    text = words(response)
    assert "Everyone in Repairs and below" in text
    assert "People this finds today: 1" in text
    # Amira is no one whom the lead sees, as long as no initiative of theirs touches the group.
    assert "Amira" not in text
    assert "as soon as your initiative touches this group" in text
    audience = Audience.objects.get()
    assert f"groups/new/?audience={audience.pk}" in response.content.decode()


def test_it_shows_names_of_those_whom_the_caller_sees(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(audience_url(initiative, str(crews.pk))))

    assert "People this finds today: 1" in text
    assert "They are Amira Hassan" in text


def test_of_many_it_names_ten(
    initiative: Initiative, crews: Audience, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    for number in range(12):
        person = factories.make_person(f"Zoe {number:02}", unit=employee.unit)
        crews.members.create(person=person, joined_on=TODAY)

    text = words(sign_in.page(lead).get(audience_url(initiative, str(crews.pk))))

    assert "People this finds today: 13" in text
    assert "Among them Amira Hassan" in text
    assert "Zoe 08" in text
    assert "Zoe 09" not in text


@pytest.mark.parametrize(
    ("kind", "field"),
    [("unit", "unit"), ("job_title", "job_title"), ("person", "person-words")],
)
def test_each_kind_of_rule_asks_for_what_it_is_about(
    kind: str, field: str, initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    html = (
        sign_in.page(lead)
        .get(audience_url(initiative, str(crews.pk)), {"kind": kind})
        .content.decode()
    )

    asked = [name for name in ("unit", "job_title", "person-words") if f'name="{name}"' in html]
    assert asked == [field]


def test_a_kind_that_there_is_not_is_the_first(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    url = audience_url(initiative, str(crews.pk))

    assert "Which unit?" in words(sign_in.page(lead).get(url, {"kind": "star_sign"}))


def test_one_more_rule_says_who_joined(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    factories.make_person("Pia Lund", job_title="Plumber")

    page, url = sign_in.page(lead), audience_url(initiative, str(crews.pk))

    check = page.post(url, rule(crews, "job_title", job_title="plumber"))
    assert "1 person joins." in words(check)
    assert "and everyone with the job title “plumber”" in words(check)
    assert crews.clauses.count() == 1
    response = confirm(page, check)

    text = words(response)
    assert "The rule is changed. 1 person joined." in text
    assert "Everyone in Repairs and below and everyone with the job title “plumber”" in text
    assert "People this finds today: 2" in text


def test_somebody_is_found_by_name_and_left_out(
    initiative: Initiative, crews: Audience, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), audience_url(initiative, str(crews.pk))
    found = page.post(
        url, rule(crews, "person", **{"effect": "exclude", "person-words": "hassan ami"})
    )
    html = found.content.decode()
    assert "1 person found for “hassan ami”." in words(found)
    assert re.search(rf'name="person"\s+value="{employee.pk}"', html)
    assert re.search(r'value="exclude"[^>]* checked', html)

    check = page.post(url, rule(crews, "person", effect="exclude", person=employee.pk))
    assert "1 person leaves." in words(check)
    response = confirm(page, check)

    text = words(response)
    assert "1 person left." in text
    assert "People this finds today: 0" in text
    assert "Everyone found is left out again by: without Amira Hassan." in text


def test_a_rule_that_finds_nobody_says_which(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(
        audience_url(initiative, "new"),
        {"name": "Crews", "kind": "job_title", "job_title": "Plumer"},
        follow=True,
    )

    text = words(response)
    assert "Nobody who works here is found by: everyone with the job title “Plumer”." in text
    assert "groups/new/?audience" not in response.content.decode()


def test_a_line_is_removed_and_the_toast_puts_it_back(
    initiative: Initiative, crews: Audience, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), audience_url(initiative, str(crews.pk))

    gone = confirm(page, page.post(url, drop(crews, crews.clauses.get())))
    assert "The rule is changed. 1 person left." in words(gone)
    assert "Nothing is included yet" in words(gone)
    undo = gone.context["ct_toast"].undo_url
    back = confirm(page, page.post(undo))

    assert "1 person joined." in words(back)
    assert "People this finds today: 1" in words(back)
    clause = crews.clauses.get()
    assert (clause.unit, clause.with_subtree) == (employee.unit, True)


def test_a_line_that_somebody_else_removed_is_said(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    sent = drop(crews, crews.clauses.get())
    page, url = sign_in.page(lead), audience_url(initiative, str(crews.pk))
    confirm(page, page.post(url, sent))

    response = page.post(url, sent)

    assert response.status_code == 409
    assert "Somebody else changed this in the meantime." in words(response)


def test_the_same_line_twice_is_refused(
    initiative: Initiative, crews: Audience, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(
        audience_url(initiative, str(crews.pk)),
        rule(crews, "unit", unit=employee.unit_id, with_subtree="on"),
    )

    assert response.status_code == 409
    assert "The rule has this line already." in words(response)
    assert crews.clauses.count() == 1


def test_a_rule_that_changes_nobody_applies_at_once(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(
        audience_url(initiative, str(crews.pk)),
        rule(crews, "job_title", job_title="Astronaut"),
        follow=True,
    )

    assert "The rule is changed. Nobody joined or left." in words(response)
    assert crews.clauses.count() == 2


def test_the_check_says_which_training_is_given_and_which_is_withdrawn(
    initiative: Initiative, crews: Audience, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    give_plan(initiative, crews)
    for number in range(2):
        factories.make_person(f"Pia {number}", job_title="Plumber")
    page, url = sign_in.page(lead), audience_url(initiative, str(crews.pk))

    more = page.post(url, rule(crews, "job_title", job_title="Plumber"))
    less = page.post(url, drop(crews, crews.clauses.get()))

    assert "2 people join. 2 training plans are given." in words(more)
    assert (
        "1 person leaves. 1 unfinished plan of a person is withdrawn,"
        " 0 completed records are kept." in (words(less))
    )
    assert "Its rule is then: Nobody yet: nothing is included." in words(less)
    assert [each.state for each in Enrolment.objects.all()] == ["active"]
    confirm(page, less)
    assert [each.state for each in Enrolment.objects.all()] == ["withdrawn"]


@pytest.mark.parametrize("meanwhile", ["hired", "done"])
def test_what_changed_since_the_check_is_shown_before_anything_happens(
    meanwhile: str,
    initiative: Initiative,
    crews: Audience,
    employee: Person,
    lead: Person,
    sign_in: SignIn,
) -> None:
    give_plan(initiative, crews)
    page, url = sign_in.page(lead), audience_url(initiative, str(crews.pk))
    check = page.post(url, drop(crews, crews.clauses.get()))
    if meanwhile == "hired":
        person = factories.make_person("Zoe", unit=employee.unit)
        crews.members.create(person=person, joined_on=TODAY)
    else:
        Enrolment.objects.update(state="completed")

    refused = confirm(page, check)

    assert refused.status_code == 409
    assert "People or groups were changed after this was previewed." in words(refused)
    said = {
        "hired": "2 people leave. 1 unfinished plan of a person is",
        "done": "1 person leaves. Its rule",
    }
    assert said[meanwhile] in words(refused)
    assert crews.clauses.count() == 1
    confirm(page, refused)
    assert not crews.clauses.exists()


def test_the_way_back_from_the_check_keeps_what_was_typed(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    factories.make_person("Pia Lund", job_title="Plumber")
    page, url = sign_in.page(lead), audience_url(initiative, str(crews.pk))
    check = page.post(url, rule(crews, "job_title", job_title="plumber"))

    back = page.post(url, dict(check.context["kept"]) | {"digest": "x", "find": "1"})

    assert back.status_code == 200
    assert 'value="plumber"' in back.content.decode()
    assert crews.clauses.count() == 1


def test_groups_that_are_made_from_it_are_in_the_check_by_the_names_that_one_reads(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    for name, author in (("Evening crews", lead.user), ("Secret", None)):
        create_audience(
            name=name,
            clauses=[Clause(kind="other", other=crews)],
            actor=author,
            today=TODAY,
            now=NOW,
        )
    page, url = sign_in.page(lead), audience_url(initiative, str(crews.pk))

    text = words(page.post(url, drop(crews, crews.clauses.get())))

    assert "“Evening crews”: 1 person leaves." in text
    assert "Another group: 1 person leaves." in text
    assert "Secret" not in text


def test_it_gets_another_name(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), audience_url(initiative, str(crews.pk))

    empty = page.post(url, {"do": "rename", "name": "", "version": crews.version})
    assert empty.status_code == 400
    assert title(empty).startswith("Error:")
    named = page.post(
        url, {"do": "rename", "name": "Fitters", "version": crews.version}, follow=True
    )

    assert title(named).startswith("Fitters")
    assert "The group has its new name." in words(named)


def test_who_may_not_change_it_is_refused_and_who_does_not_see_it_finds_nothing(
    initiative: Initiative, crews: Audience, sponsor: Person, hr: Person, sign_in: SignIn
) -> None:
    agent = factories.make_person("Eve Stone", login=True)
    factories.make_role(initiative, agent, "change_agent")
    factories.make_role(initiative, sponsor, "sponsor")
    url = audience_url(initiative, str(crews.pk))

    codes = {
        person.display_name: sign_in.page(person).get(url).status_code
        for person in (agent, sponsor, hr)
    }

    assert codes == {"Eve Stone": 403, "Tom Reyes": 404, "Ana Silva": 200}


@pytest.mark.exhaustive
@pytest.mark.parametrize("count", [1, 50])
def test_it_costs_the_same_for_more_lines_and_people(
    count: int, initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    for _ in range(count):
        unit = factories.make_unit()
        crews.clauses.create(kind="unit", unit=unit)
        person = factories.make_person(unit=unit)
        crews.clauses.create(kind="person", person=person)
        crews.members.create(person=person, joined_on=TODAY)
    url = audience_url(initiative, str(crews.pk))

    assert len(queries(sign_in.page(lead), url)) == 4
