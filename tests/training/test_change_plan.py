"""Changing a plan on pages: its name, its activities, its groups; putting it away."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training import services
from change_tracker.training.models import LearningActivity, PlanAudience, PlanItem, TrainingPlan
from change_tracker.training.services import shift_item
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.portal.browsing import main_of, queries, title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

FORM_COUNTS = ("TOTAL", "INITIAL")


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)


@pytest.fixture
def draft(initiative: Initiative) -> TrainingPlan:
    """Listen, Book, Ride along; for *Crews* by a fixed date."""
    activities = [
        factories.make_activity(initiative, title=name) for name in ("Listen", "Book", "Ride along")
    ]
    plan = factories.make_plan(initiative, title="First week", state="draft", items=activities)
    factories.make_rule(plan, factories.make_audience(name="Crews"))
    return plan


@pytest.fixture
def published(draft: TrainingPlan) -> TrainingPlan:
    """The same, given to somebody who has not finished it."""
    TrainingPlan.objects.update(state="published")
    PlanAudience.objects.update(first_assigned_on=date(2026, 11, 2))
    draft.refresh_from_db()
    factories.make_enrolment(draft, factories.make_person(), rule=draft.audiences.get())
    return draft


def plan_url(plan: TrainingPlan, rest: str = "") -> str:
    return f"/change/i/{plan.initiative.slug}/training/{plan.pk}/{rest}"


def item_url(item: PlanItem, rest: str) -> str:
    return plan_url(item.plan, f"items/{item.pk}/{rest}/")


def item_of(plan: TrainingPlan, name: str) -> PlanItem:
    return plan.items.get(activity__title=name)


def rule_url(plan: TrainingPlan, rest: str) -> str:
    return plan_url(plan, f"groups/{plan.audiences.get().pk}/{rest}/")


def order(plan: TrainingPlan) -> list[str]:
    return [str(item) for item in plan.items.select_related("activity")]


# ---- the plan itself


def test_the_plan_page_leads_to_everything_that_can_be_changed(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    assert lead.user is not None
    assert not lead.user.is_staff
    page = sign_in.page(lead)

    assert f'href="{plan_url(draft, "edit/")}"' in page.get(plan_url(draft)).content.decode()
    response = page.get(plan_url(draft, "edit/"))
    html = response.content.decode()

    item = item_of(draft, "Book")
    for link in (
        *(item_url(item, part) for part in ("edit", "move", "remove", "activity")),
        *(rule_url(draft, part) for part in ("edit", "remove")),
        *(plan_url(draft, part) for part in ("items/new/", "groups/new/", "delete/")),
    ):
        assert f'"{link}"' in html, link
    assert plan_url(draft, "move/") not in html
    assert html.count("ct-btn--main") == 1


def test_whether_activities_wait_for_each_other_stays_and_page_api_and_admin_say_why(
    published: TrainingPlan, lead: Person, sign_in: SignIn, admin_client: Client
) -> None:
    why = "whether its activities open one after the other stays as it was published"
    none = {f"{part}-{name}_FORMS": 0 for part in ("items", "audiences") for name in FORM_COUNTS}
    values = {"title": "First week", "initiative": published.initiative_id, "is_sequential": "on"}

    page = sign_in.page(lead).get(plan_url(published, "edit/"))
    api = sign_in.api(lead).patch(f"/change/api/v1/plans/{published.pk}/", {"is_sequential": True})
    admin = admin_client.post(
        f"/admin/change_tracker/trainingplan/{published.pk}/change/", values | none, follow=True
    )

    assert why in words(page)
    assert page.context["form"].fields["is_sequential"].disabled
    assert (api.status_code, api.json()["code"]) == (409, "plan_published")
    assert why in api.content.decode()
    assert why in admin.content.decode()
    published.refresh_from_db()
    assert not published.is_sequential


def test_name_purpose_and_action_are_changed(
    published: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    source = factories.make_source(published.initiative)
    action = factories.make_action(published.initiative)
    values = {"title": "First days", "sources": source.pk, "action": action.pk, "version": 1}

    after = sign_in.page(lead).post(plan_url(published, "edit/"), values, follow=True)

    text = words(after)
    assert "The plan is changed." in text
    assert "First days" in text
    assert f"Which resistance it answers {source.statement}" in text
    published.refresh_from_db()
    assert (published.title, published.action) == ("First days", action)
    assert list(published.sources.all()) == [source]


def test_somebody_who_was_quicker_is_not_overwritten(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    TrainingPlan.objects.update(version=2, title="Theirs")

    response = sign_in.page(lead).post(plan_url(draft, "edit/"), {"title": "Mine", "version": 1})

    assert response.status_code == 409
    assert title(response).startswith("Error:")
    assert "Somebody else changed this in the meantime." in words(response)
    assert 'value="Mine"' in response.content.decode()
    draft.refresh_from_db()
    assert draft.title == "Theirs"


def test_hr_who_does_not_read_the_register_leaves_its_answers_alone(
    draft: TrainingPlan, hr: Person, sign_in: SignIn
) -> None:
    draft.sources.add(factories.make_source(draft.initiative, statement="Unheard"))
    page = sign_in.page(hr)

    assert "Unheard" not in page.get(plan_url(draft, "edit/")).content.decode()
    page.post(plan_url(draft, "edit/"), {"title": "Renamed", "version": 1})

    draft.refresh_from_db()
    assert draft.title == "Renamed"
    assert draft.sources.count() == 1


# ---- archive and delete


def test_archiving_says_what_it_means_and_only_then_does_it(
    published: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    text = words(page.get(plan_url(published, "move/")))
    assert "Nobody new gets it" in text
    assert "1 person has not finished it: the work stays theirs" in text
    assert "There is no way back" in text
    published.refresh_from_db()
    assert published.state == "published"
    after = words(page.post(plan_url(published, "move/"), follow=True))

    assert "The plan is archived." in after
    assert "Archived" in after
    published.refresh_from_db()
    assert published.state == "archived"
    assert published.enrolments.get().state == "active"


def test_an_archived_plan_says_so_instead_of_offering_changes(
    published: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    TrainingPlan.objects.update(state="archived")
    page = sign_in.page(lead)

    text = words(page.get(plan_url(published, "edit/")))
    assert text.count("The plan is archived and cannot be changed.") == 2
    assert "Add a group" not in text
    assert "Archive the plan" not in text
    for url in (rule_url(published, "edit"), rule_url(published, "remove")):
        response = page.get(url)
        assert "The plan is archived and cannot be changed." in words(response)
        assert "<form" not in main_of(response)
    assert "The plan is archived already." in words(page.get(plan_url(published, "move/")))
    assert page.post(plan_url(published, "move/")).status_code == 409


def test_a_draft_is_deleted_and_its_activities_stay(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    assert "Its activities stay" in words(page.get(plan_url(draft, "delete/")))
    after = page.post(plan_url(draft, "delete/"), follow=True)

    assert "The draft “First week” is deleted." in words(after)
    assert not TrainingPlan.objects.exists()
    assert LearningActivity.objects.count() == 3


def test_what_was_published_is_not_deleted_and_a_draft_not_archived(
    published: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    response = page.get(plan_url(published, "delete/"))
    assert "Only a draft can be deleted. Archive the plan instead." in words(response)
    assert "ct-btn--main" not in response.content.decode()
    assert page.post(plan_url(published, "delete/")).status_code == 409
    TrainingPlan.objects.update(state="draft")
    assert "A draft cannot be archived" in words(page.get(plan_url(published, "move/")))
    assert page.post(plan_url(published, "move/")).status_code == 409


def test_hr_deletes_no_plan(draft: TrainingPlan, hr: Person, sign_in: SignIn) -> None:
    assert sign_in.page(hr).get(plan_url(draft, "delete/")).status_code == 403


# ---- activities in the plan


def test_activities_move_up_and_down_without_a_script(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    after = page.post(item_url(item_of(draft, "Ride along"), "move"), {"to": "up"}, follow=True)
    assert "“Ride along” moved up." in words(after)
    assert order(draft) == ["Listen", "Ride along", "Book"]
    page.post(item_url(item_of(draft, "Listen"), "move"), {"to": "down"})

    assert order(draft) == ["Ride along", "Listen", "Book"]
    assert [item.position for item in draft.items.all()] == [1, 2, 3]
    told = AuditEvent.objects.filter(verb="reordered")
    assert [each.object_type for each in told] == ["trainingplan"] * 2


def test_the_first_goes_no_further_up_and_equal_places_are_told_apart(
    draft: TrainingPlan, lead: Person
) -> None:
    draft.items.update(position=5)

    shift_item(item_of(draft, "Listen"), by=-1, actor=lead.user, now=NOW)
    assert order(draft) == ["Listen", "Book", "Ride along"]
    shift_item(item_of(draft, "Ride along"), by=-1, actor=lead.user, now=NOW)

    assert order(draft) == ["Listen", "Ride along", "Book"]


def test_an_activity_becomes_optional_with_a_date_of_its_own(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    item = item_of(draft, "Book")
    page = sign_in.page(lead)
    values = {"is_required": "False", "due_rule": "fixed", "due_on": "2026-12-01", "version": 1}

    assert "“Book” in this plan" in words(page.get(item_url(item, "edit")))
    after = page.post(item_url(item, "edit"), values, follow=True)

    assert "Optional Due Tue 1 Dec" in words(after)
    item.refresh_from_db()
    assert (item.is_required, item.due_on) == (False, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"due_rule": "fixed"}, 400, "Say on which date it is due."),
        ({"version": 0}, 409, "Somebody else changed this in the meantime."),
        ({"is_required": ""}, 400, "Choose something under “Does everyone have to do it?”."),
    ],
)
def test_what_is_wrong_with_an_item_is_said(
    typed: dict[str, Any],
    status: int,
    said: str,
    draft: TrainingPlan,
    lead: Person,
    sign_in: SignIn,
) -> None:
    item = item_of(draft, "Book")

    response = sign_in.page(lead).post(
        item_url(item, "edit"), {"is_required": "False", "version": 1} | typed
    )

    assert response.status_code == status
    assert said in response.content.decode()
    item.refresh_from_db()
    assert item.is_required


def test_what_is_wrong_with_a_choice_leads_to_its_boxes(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    url = item_url(item_of(draft, "Book"), "edit")

    page = sign_in.page(lead).post(url, {"is_required": ""}).content.decode()

    assert 'href="#id_is_required"' in page
    assert 'id="id_is_required"' in page
    assert 'href="#"' not in page


def test_an_activity_is_taken_out_after_a_look(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = item_url(item_of(draft, "Book"), "remove")

    assert "The activity itself stays" in words(page.get(url))
    after = page.post(url, follow=True)

    assert "“Book” is out of the plan." in words(after)
    assert order(draft) == ["Listen", "Ride along"]
    assert LearningActivity.objects.count() == 3


def test_an_item_is_found_in_its_own_plan_only(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    other = factories.make_plan(draft.initiative, state="draft")
    page = sign_in.page(lead)

    url = plan_url(other, f"items/{item_of(draft, 'Book').pk}/edit/")
    assert page.get(url).status_code == 404
    url = plan_url(other, f"groups/{draft.audiences.get().pk}/edit/")
    assert page.get(url).status_code == 404


# ---- the text of an activity


def activity_values(**values: Any) -> dict[str, Any]:
    return {"title": "Listen well", "body": "Let them *finish*.", "minutes": "20"} | values


def test_the_text_of_an_activity_is_changed_also_when_people_have_it(
    published: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = item_url(item_of(published, "Listen"), "activity")

    text = words(page.get(url))
    assert "1 person has it, and sees the new text at once." in text
    assert "Whoever is done stays done." in text
    after = page.post(url, activity_values(version=1, url="https://learn.example/"), follow=True)

    assert "“Listen well” is changed." in words(after)
    activity = LearningActivity.objects.get(title="Listen well")
    assert (activity.body, activity.minutes) == ("Let them *finish*.", 20)
    assert activity.url == "https://learn.example/"


def test_a_preview_shows_the_text_as_people_read_it_and_saves_nothing(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    url = item_url(item_of(draft, "Listen"), "activity")
    body = "Let them *finish*. <script>alert(1)</script>"

    response = sign_in.page(lead).post(url, activity_values(body=body, preview="on", version=1))

    html = response.content.decode()
    assert response.status_code == 200
    assert "Preview: not saved yet" in html
    assert "<em>finish</em>" in html
    assert "<script>" not in html
    assert 'value="Listen well"' in html
    assert not LearningActivity.objects.filter(title="Listen well").exists()


def test_a_preview_of_a_wrong_form_says_what_is_wrong(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    url = item_url(item_of(draft, "Listen"), "activity")

    response = sign_in.page(lead).post(url, activity_values(title="", preview="on", version=1))

    assert response.status_code == 400
    assert "<em>finish</em>" in response.content.decode()
    assert title(response).startswith("Error:")


def test_an_activity_of_the_shared_library_is_not_the_leads_to_change(
    draft: TrainingPlan, lead: Person, hr: Person, sign_in: SignIn
) -> None:
    LearningActivity.objects.filter(title="Listen").update(initiative=None)
    url = item_url(item_of(draft, "Listen"), "activity")
    page = sign_in.page(lead)

    text = words(page.get(plan_url(draft, "edit/")))
    assert "From the shared library" in text
    assert "Change its text: Listen" not in text
    assert page.get(url).status_code == 403
    assert sign_in.page(hr).get(url).status_code == 200


# ---- the groups of the plan


def test_the_date_of_a_group_is_changed_and_nobody_is_redated_by_that(
    published: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = rule_url(published, "edit")

    text = words(page.get(url))
    assert "People were assigned by this rule, so the group stays." in text
    assert 'name="audience"' not in page.get(url).content.decode()
    after = page.post(
        url, {"due_rule": "joined_group", "due_days": "20", "version": 1}, follow=True
    )

    assert "Nobody gets another date until you assign the plan." in words(after)
    assert "Due 20 days after joining the group" in words(after)
    record = published.enrolments.get().records.earliest("pk")
    assert record.due_on == date(2026, 11, 30)


def test_the_group_of_a_rule_that_was_never_assigned_may_change(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    assert lead.user is not None
    other = factories.make_audience(name="Callers", created_by=lead.user)

    after = sign_in.page(lead).post(
        rule_url(draft, "edit"), {"audience": other.pk, "due_rule": "", "version": 1}, follow=True
    )

    assert "Callers No due date" in words(after)
    assert draft.audiences.get().audience == other


def test_who_was_quicker_with_the_same_group_or_activity_is_said(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    """In the form, and by the services, where two presses at once come one after the other."""
    page = sign_in.page(lead)
    by: dict[str, Any] = {"actor": lead.user, "now": NOW}
    listen, crews = item_of(draft, "Listen").activity, draft.audiences.get().audience

    form = page.post(plan_url(draft, "groups/new/"), {"audience": crews.pk})
    other = page.post(plan_url(draft, "items/new/"), {"activity": listen.pk})

    assert "This group gets the plan already" in form.content.decode()
    assert "This activity is in the plan already" in other.content.decode()
    with pytest.raises(ValidationError, match="gets the plan already"):
        services.add_rule(plan=draft, audience=crews, **by)
    with pytest.raises(ValidationError, match="only once"):
        services.add_item(plan=draft, activity=listen, **by)
    ride = item_of(draft, "Ride along")
    with pytest.raises(ValidationError, match="only once"):
        services.change_item(ride, activity=listen, **by)
    rule = factories.make_rule(draft, factories.make_audience(name="Office"))
    with pytest.raises(ValidationError, match="gets the plan already"):
        services.change_rule(rule, audience=crews, **by)


def test_a_group_is_taken_out_before_anybody_was_assigned_by_it(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = rule_url(draft, "remove")

    assert "Nobody has the plan by this rule. The group itself stays." in words(page.get(url))
    after = page.post(url, follow=True)

    assert "“Crews” is out of the plan." in words(after)
    assert not draft.audiences.exists()


def test_a_group_that_was_assigned_stays_where_nobody_looked_at_who_loses_the_plan(
    published: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    assert "1 person loses the plan" in words(page.get(rule_url(published, "remove")))
    assert page.post(rule_url(published, "remove")).status_code == 409
    assert published.audiences.exists()


# ---- who may not


def test_material_is_a_page_that_a_browser_opens_by_itself(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    item = item_of(draft, "Book")
    values = {"title": "Book", "url": "ftp://files.example/book.pdf", "version": 1}

    page = sign_in.page(lead).post(item_url(item, "activity"), values)
    api = sign_in.api(lead).patch(
        f"/change/api/v1/activities/{item.activity_id}/", {"url": values["url"]}
    )

    assert (page.status_code, api.status_code) == (400, 400)
    assert "url" in page.context["form"].errors
    assert "url" in api.content.decode()
    assert not LearningActivity.objects.exclude(url="").exists()


def test_whoever_only_reads_the_plan_is_refused(
    draft: TrainingPlan, sponsor: Person, outsider: Person, sign_in: SignIn
) -> None:
    item = item_of(draft, "Book")
    urls = [
        *(item_url(item, part) for part in ("edit", "move", "remove", "activity")),
        *(rule_url(draft, part) for part in ("edit", "remove")),
        *(plan_url(draft, part) for part in ("edit/", "move/", "delete/")),
    ]

    for person, status in ((sponsor, 403), (outsider, 404)):
        page = sign_in.page(person)
        assert [page.get(url).status_code for url in urls] == [status] * len(urls)
        assert [page.post(url).status_code for url in urls] == [status] * len(urls)


@pytest.mark.exhaustive
@pytest.mark.parametrize("rows", [1, 100])
def test_its_cost_does_not_grow(
    rows: int, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative, state="draft", items=rows)
    for _ in range(rows):
        factories.make_rule(plan, factories.make_audience())
        plan.sources.add(factories.make_source(initiative))

    assert len(queries(sign_in.page(lead), plan_url(plan, "edit/"))) == 4
