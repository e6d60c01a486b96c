"""A lead opens an initiative on the pages alone: what and why, whom it touches, the first date."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative, Role
from change_tracker.people.models import Audience, Person
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import INITIATIVES, MY_TRAINING, overview_url, queries, title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

NEW = "/change/initiatives/new/"
WHY = {"title": "One Front Door", "purpose": "So that callers are helped at once."}


def step_url(initiative: Initiative, step: str = "") -> str:
    return f"/change/i/{initiative.slug}/new/{f'{step}/' if step else ''}"


def date_form(initiative: Initiative, **values: Any) -> dict[str, Any]:
    """What step 3 sends when only `values` are filled in."""
    return {"version": initiative.version, "direction": "up"} | values


@pytest.fixture
def draft(lead: Person) -> Initiative:
    initiative = factories.make_initiative(
        title="One Front Door", lead=lead, state="draft", go_live_on=None, purpose=""
    )
    initiative.objectives.all().delete()
    return initiative


def test_from_nothing_to_a_draft_with_group_sponsor_and_objective(
    lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    assert lead.user is not None
    assert not lead.user.is_staff
    repairs = factories.make_unit("Repairs")
    for _ in range(3):
        factories.make_person(unit=factories.make_unit(parent=repairs))
    page = sign_in.page(lead)

    assert f'href="{NEW}"' in page.get(INITIATIVES).content.decode()
    second = page.post(NEW, WHY, follow=True)
    assert "Step 2 of 3" in words(second)
    assert "The draft is saved. Only you see it." in words(second)
    initiative = Initiative.objects.get()
    group = {"name": "Crews", "unit": repairs.pk, "with_subtree": "on", "impact": 4}
    listed = page.post(second.request["PATH_INFO"], group, follow=True)
    assert "“Crews” is added: 3 people." in words(listed)
    assert "Hit strongly: most of each day differs" in words(listed)
    assert "Everyone in Repairs and below" in words(listed)
    third = page.get(step_url(initiative, "date"))
    assert "Step 3 of 3" in words(third)
    searched = page.post(
        step_url(initiative, "date"),
        date_form(initiative, **{"go_live_on": "2027-01-04", "sponsor-words": "reyes"}),
    )
    assert "1 person found for “reyes”." in words(searched)
    assert 'value="2027-01-04"' in searched.content.decode()
    overview = page.post(
        step_url(initiative, "date"),
        date_form(
            initiative,
            go_live_on="2027-01-04",
            sponsor=sponsor.pk,
            title="Calls solved at once",
            unit="%",
            baseline="60",
            target="80",
        ),
        follow=True,
    )

    assert overview.request["PATH_INFO"] == overview_url(initiative.slug)
    assert "The draft is saved." in words(overview)
    assert "Sponsor: Tom Reyes Go-live, the start of the new way: Mon 4 Jan 2027" in words(overview)
    assert "Missing" not in words(overview)
    initiative.refresh_from_db()
    assert (initiative.state, initiative.go_live_on) == ("draft", date(2027, 1, 4))
    members = {(each.person, each.role) for each in initiative.members.all()}
    assert members == {(lead, Role.LEAD), (sponsor, Role.SPONSOR)}
    goal = initiative.objectives.get()
    assert str(goal) == "Calls solved at once"
    assert (goal.baseline, goal.target) == (Decimal(60), Decimal(80))
    touched = initiative.affected_groups.get()
    assert (touched.audience.name, touched.impact) == ("Crews", 4)
    assert touched.audience.members.filter(is_open=True).count() == 3


def test_whoever_may_begin_a_change_is_led_to_it_from_the_first_page(
    lead: Person, employee: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    assert f'href="{INITIATIVES}"' in page.get(MY_TRAINING).content.decode()
    empty = page.get(INITIATIVES)
    assert "You have none at the moment. New initiative" in words(empty)
    assert empty.content.decode().count("ct-btn--main") == 1
    assert "New initiative" not in words(sign_in.page(employee).get(INITIATIVES))


def test_others_are_refused_and_strangers_sent_to_sign_in(
    employee: Person, sign_in: SignIn, client: Any
) -> None:
    page = sign_in.page(employee)

    assert page.get(NEW).status_code == 403
    assert page.post(NEW, WHY).status_code == 403
    assert client.get(NEW).status_code == 302
    assert not Initiative.objects.exists()


def test_a_login_without_a_person_is_told_before_and_loses_nothing(client: Any) -> None:
    client.force_login(factories.make_user("temp", "add_initiative"))

    shown = client.get(NEW)
    assert "your login is not linked to a person" in words(shown)
    assert "ct-btn--main" not in shown.content.decode()
    assert client.post(NEW, WHY).status_code == 409
    assert not Initiative.objects.exists()


def test_a_change_without_a_title_is_refused_and_the_reason_kept(
    lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(NEW, {"purpose": "Kept"})

    assert response.status_code == 400
    assert title(response).startswith("Error:")
    assert "Kept" in response.content.decode()


def test_leaving_midway_loses_nothing_and_the_overview_leads_on(
    lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    page.post(NEW, {"title": "One Front Door"})
    initiative = Initiative.objects.get()

    response = page.get(overview_url(initiative.slug))

    for missing in ("Name a sponsor first.", "Add at least one objective first."):
        assert missing in words(response)
    assert f'href="/change/i/{initiative.slug}/groups/new/"' in response.content.decode()
    assert f'href="{step_url(initiative)}"' in response.content.decode()


def test_a_sponsor_of_a_draft_reads_what_is_missing_without_links(
    draft: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    factories.make_role(draft, sponsor, "sponsor")
    page = sign_in.page(sponsor)

    response = page.get(overview_url(draft.slug))

    assert "Add at least one affected group first." in words(response)
    assert step_url(draft) not in response.content.decode()
    for step in ("", "groups", "date"):
        assert page.get(step_url(draft, step)).status_code == 403


def test_the_first_step_can_be_taken_again(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    assert "Step 1 of 3" in words(page.get(step_url(draft)))

    response = page.post(step_url(draft), {"title": "One door", "version": draft.version})

    assert response["Location"] == step_url(draft, "groups")
    draft.refresh_from_db()
    assert draft.title == "One door"


def test_a_step_of_an_older_version_is_refused(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    Initiative.objects.filter(pk=draft.pk).update(title="Quicker", version=2)

    response = sign_in.page(lead).post(step_url(draft), {"title": "Slower", "version": 1})

    assert response.status_code == 409
    draft.refresh_from_db()
    assert draft.title == "Quicker"


def test_what_is_no_draft_any_more_has_no_steps(lead: Person, sign_in: SignIn) -> None:
    active = factories.make_initiative(lead=lead)

    for step in ("", "groups", "date"):
        response = sign_in.page(lead).get(step_url(active, step))
        assert response["Location"] == overview_url(active.slug)


def test_the_groups_can_be_skipped(draft: Initiative, lead: Person, sign_in: SignIn) -> None:
    response = sign_in.page(lead).get(step_url(draft, "groups"))

    assert f'href="{step_url(draft, "date")}">Skip for now' in response.content.decode()
    assert response.content.decode().count("ct-btn--main") == 1


def test_with_a_group_the_way_on_is_the_filled_button(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    factories.make_group(draft, factories.make_audience(factories.make_person()))

    html = sign_in.page(lead).get(step_url(draft, "groups")).content.decode()

    assert html.count("ct-btn--main") == 1
    assert f'href="{step_url(draft, "date")}">Go on' in html
    assert "Add another group" in html


def test_a_group_that_there_is_can_be_chosen(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    group = factories.make_audience(factories.make_person(), name="Crews", created_by=lead.user)

    sign_in.page(lead).post(step_url(draft, "groups"), {"audience": group.pk, "impact": 2})

    assert draft.affected_groups.get().audience == group
    assert Audience.objects.count() == 1


def test_a_new_group_holds_whoever_fits_one_of_its_lines(
    draft: Initiative, lead: Person, manager: Person, sign_in: SignIn
) -> None:
    lead.manager = manager
    team = factories.make_person("Ben Okri", manager=lead)
    plumber = factories.make_person(job_title="Plumber")
    factories.make_person("Somebody else")

    sign_in.page(lead).post(
        step_url(draft, "groups"),
        {"name": "Pilot", "job_title": "plumber", "people": [team.pk], "impact": 3},
    )

    audience = draft.affected_groups.get().audience
    assert {each.person for each in audience.members.all()} == {team, plumber}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Give the new group a name."),
        ({}, "Say who belongs to it: a unit, a job title or people."),
        ({"name": "Pilot"}, "Say who belongs to it: a unit, a job title or people."),
        ({"job_title": "Plumber"}, "Give the new group a name."),
    ],
)
def test_what_a_group_lacks_is_said_and_nothing_is_made(
    typed: dict[str, str], said: str, draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(
        step_url(draft, "groups"), {"message": "Kept", "impact": 1} | typed
    )

    assert response.status_code == 400
    assert said in response.content.decode()
    assert "Kept" in response.content.decode()
    assert not Audience.objects.exists()


def test_nobody_can_be_listed_whom_the_lead_does_not_see(
    draft: Initiative, lead: Person, outsider: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    found = page.post(step_url(draft, "groups"), {"find": "people", "people-words": "noor"})
    sent = page.post(
        step_url(draft, "groups"), {"name": "Pilot", "people": [outsider.pk], "impact": 3}
    )

    assert "Nobody is found for “noor”." in words(found)
    assert "Noor Ali" not in words(found)
    assert sent.status_code == 400
    assert not Audience.objects.exists()


def test_every_part_of_the_last_step_may_be_left_for_later(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(step_url(draft, "date"), date_form(draft))

    assert response["Location"] == overview_url(draft.slug)
    assert not draft.objectives.exists()


def test_figures_without_what_they_are_about_are_refused(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(step_url(draft, "date"), date_form(draft, target="80"))

    assert response.status_code == 400
    assert "Say what the figures are about." in response.content.decode()


def test_the_last_step_once_more_changes_what_it_wrote(
    draft: Initiative, lead: Person, sponsor: Person, manager: Person, sign_in: SignIn
) -> None:
    named = factories.make_role(draft, sponsor, "sponsor")
    goal = factories.make_objective(draft, target=80)
    page = sign_in.page(lead)

    shown = page.get(step_url(draft, "date")).content.decode()
    page.post(
        step_url(draft, "date"),
        date_form(
            draft,
            sponsor=manager.pk,
            sponsor_shown=named.pk,
            title="Calls",
            target="90",
            goal=goal.pk,
            goal_version=goal.version,
        ),
    )

    assert "Calls solved at once" in shown
    assert "Tom Reyes" in shown
    sponsors = draft.members.filter(role=Role.SPONSOR)
    assert [each.person for each in sponsors] == [manager]
    goal = draft.objectives.get()
    assert (goal.title, goal.target) == ("Calls", Decimal(90))


def test_a_goal_that_somebody_else_changed_takes_the_rest_of_the_step_back(
    draft: Initiative, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    goal = factories.make_objective(draft, version=2)

    response = sign_in.page(lead).post(
        step_url(draft, "date"),
        date_form(
            draft,
            title="Calls",
            goal=goal.pk,
            goal_version=1,
            sponsor=sponsor.pk,
            go_live_on="2027-01-04",
        ),
    )

    assert response.status_code == 409
    draft.refresh_from_db()
    assert draft.go_live_on is None
    assert not draft.members.filter(role=Role.SPONSOR).exists()


def test_a_goal_that_was_not_shown_is_never_written_over(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), step_url(draft, "date")
    gone, kept = (factories.make_objective(draft, title=title) for title in ("First", "Second"))

    begun_before = page.post(url, date_form(draft, title="Mine"))
    shown = {"goal": gone.pk, "goal_version": 1}
    gone.delete()
    deleted_since = page.post(url, date_form(draft, title="First", **shown))

    assert (begun_before.status_code, deleted_since.status_code) == (409, 409)
    assert [each.title for each in draft.objectives.all()] == [kept.title]


def test_a_sponsor_who_has_left_stands_in_nobodys_way(
    draft: Initiative, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    sponsor.ends_on = date(2026, 11, 17)
    sponsor.save()
    factories.make_role(draft, sponsor, "sponsor")
    page, url = sign_in.page(lead), step_url(draft, "date")

    form = page.get(url).context["form"]
    sent = {each.name: each.value() or "" for each in form} | {"go_live_on": "2027-01-04"}

    assert page.post(url, sent).status_code == 302
    draft.refresh_from_db()
    assert draft.go_live_on == date(2027, 1, 4)


def test_a_sponsor_who_was_named_meanwhile_is_not_replaced_unseen(
    draft: Initiative, lead: Person, sponsor: Person, manager: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), step_url(draft, "date")
    first = factories.make_role(draft, sponsor, "sponsor")
    shown = date_form(draft, sponsor=sponsor.pk, sponsor_shown=first.pk, go_live_on="2027-01-04")
    page.post(url, date_form(draft, sponsor=manager.pk, sponsor_shown=first.pk))

    response = page.post(url, shown)

    assert response.status_code == 409
    assert [each.person for each in draft.members.filter(role=Role.SPONSOR)] == [manager]


@pytest.mark.exhaustive
@pytest.mark.parametrize("count", [1, 100])
def test_the_steps_cost_the_same_for_more_groups_and_people(
    count: int, draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    for _ in range(count):
        group = factories.make_audience(
            factories.make_person(unit=factories.make_unit()), created_by=lead.user
        )
        factories.make_group(draft, group)
    page = sign_in.page(lead)

    costs = [len(queries(page, step_url(draft, each))) for each in ("", "groups", "date")]

    assert costs == [1, 4, 3]
