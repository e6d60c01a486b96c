"""The pages of playbooks, as the lead and as those who only read."""

from typing import Any

import pytest
from django.test import Client

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.playbooks.models import Playbook
from change_tracker.playbooks.services import change_line
from change_tracker.training.models import TrainingPlan
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db
AT = "/change/playbooks/"


@pytest.fixture
def page(sign_in: SignIn, lead: Person) -> Client:
    return sign_in.page(lead)


def applying(initiative: Initiative, playbook: Playbook) -> str:
    return f"/change/i/{initiative.slug}/playbooks/{playbook.slug}/"


def ticked(response: Any) -> dict[str, Any]:
    """What a browser sends that changes nothing of the form."""
    form = response.context["form"]
    sent = {name: form[name].value() for name in ("keys", "groups", "owner", "version")}
    return sent | {"owner": sent["owner"] or ""}


def test_from_the_empty_list_of_actions_to_applied(
    page: Client, playbook: Playbook, initiative: Initiative
) -> None:
    empty = page.get(f"/change/i/{initiative.slug}/actions/")
    assert f"/change/i/{initiative.slug}/playbooks/" in empty.content.decode()
    chosen = page.get(f"/change/i/{initiative.slug}/playbooks/")
    assert applying(initiative, playbook) in chosen.content.decode()
    shown = page.get(applying(initiative, playbook))
    text = words(shown)
    assert "Nothing is written before you press" in text
    for line in playbook.actions.all():
        assert line.label in text
    assert not MitigationAction.objects.exists()

    done = page.post(applying(initiative, playbook), ticked(shown), follow=True)

    assert "The playbook is applied: 9 actions planned" in words(done)
    assert "4 activities in the draft of a training plan" in words(done)
    assert {action.owner for action in MitigationAction.objects.all()} == {lead_of(initiative)}
    assert TrainingPlan.objects.get().audiences.count() == 1
    again = page.post(applying(initiative, playbook), ticked(shown), follow=True)
    assert "Everything of it is here already" in words(again)
    assert MitigationAction.objects.count() == 9


def lead_of(initiative: Initiative) -> Person:
    return initiative.members.get(role="lead").person


def test_a_version_that_was_not_shown_is_not_applied(
    page: Client, playbook: Playbook, initiative: Initiative
) -> None:
    shown = page.get(applying(initiative, playbook))
    change_line(playbook.actions.all()[0], minutes=5, actor=None, now=NOW)

    refused = page.post(applying(initiative, playbook), ticked(shown))

    assert refused.status_code == 409
    assert not MitigationAction.objects.exists()


def test_a_later_version_is_offered_where_it_is_applied(
    page: Client, playbook: Playbook, initiative: Initiative
) -> None:
    url = applying(initiative, playbook)
    page.post(url, ticked(page.get(url)))
    assert "See what is new" not in words(page.get(f"{AT}{playbook.slug}/"))
    first, second, *_rest = playbook.actions.all()
    MitigationAction.objects.filter(title=second.label).update(title="Ours")
    for line in (first, second):
        change_line(line, description="Said better.", actor=None, now=NOW)

    assert "See what is new" in words(page.get(f"{AT}{playbook.slug}/"))
    offered = page.get(url)
    text = words(offered)
    assert "Other in the playbook by now: it is brought up to date" in text
    assert "edited here: it is left alone" in text
    done = page.post(url, ticked(offered), follow=True)
    assert "1 action brought up to date" in words(done)


def test_nothing_ticked_is_said_and_nothing_is_written(
    page: Client, playbook: Playbook, initiative: Initiative
) -> None:
    sent = page.post(applying(initiative, playbook), {"version": playbook.version})

    assert sent.status_code == 400
    assert "Choose at least one action or activity." in sent.content.decode()


def test_a_version_of_which_nothing_can_be_taken_is_put_aside(
    page: Client, initiative: Initiative
) -> None:
    playbook = factories.make_playbook(factories.make_source_type())
    url = applying(initiative, playbook)
    page.post(url, ticked(page.get(url)))
    MitigationAction.objects.update(title="Ours")
    change_line(playbook.actions.get(), description="Said better.", actor=None, now=NOW)

    shown = page.get(url)
    done = page.post(url, {"version": 2}, follow=True)

    assert "There is nothing else to take from it." in words(shown)
    assert "Do not show it as new any more" in words(shown)
    assert "The newer version is noted here; nothing was changed." in words(done)
    assert "there is a version 2" not in words(page.get(f"/change/i/{initiative.slug}/playbooks/"))
    assert "Do not show it as new any more" not in words(page.get(url))


def test_the_next_version_keeps_the_name_the_words_and_the_plan_that_nobody_touched(
    page: Client, catalogue: None, initiative: Initiative
) -> None:
    url = f"/change/i/{initiative.slug}/save-as-playbook/"
    action = factories.make_action(initiative, sources=[factories.make_source(initiative)])
    plan = factories.make_plan(initiative, title="Ready")
    first = {"label": "Ours", "summary": "For shops.", "actions": [action.pk], "plan": plan.pk}
    page.post(url, first)
    saved = Playbook.objects.get(label="Ours")

    suggested = page.get(url).context["form"]
    again = {name: suggested[name].value() for name in ("label", "plan")}
    page.post(url, again | {"actions": [action.pk], "replaces": saved.pk})

    saved.refresh_from_db()
    assert (saved.label, saved.summary, saved.version) == ("Ours", "For shops.", 2)
    assert (saved.plan_title, saved.items.count()) == ("Ready", 1)


def test_a_lead_saves_a_playbook_and_its_next_version(
    page: Client, catalogue: None, initiative: Initiative
) -> None:
    url = f"/change/i/{initiative.slug}/save-as-playbook/"
    assert "nothing to save" in words(page.get(url))
    source = factories.make_source(initiative)
    action = factories.make_action(initiative, sources=[source], title="Walk the floor")
    sent = {"label": "Ours", "summary": "For shops.", "actions": [action.pk], "plan": ""}

    shown = page.post(url, sent, follow=True)

    assert "The playbook is saved" in words(shown)
    assert "Walk the floor" in words(shown)
    saved = Playbook.objects.get(label="Ours")
    page.post(url, sent | {"replaces": saved.pk, "summary": "For all shops."})
    saved.refresh_from_db()
    assert (saved.summary, saved.version) == ("For all shops.", 2)


def test_each_line_shows_the_phrase_that_it_comes_from(
    page: Client, playbook: Playbook, initiative: Initiative
) -> None:
    text = words(page.get(f"{AT}{playbook.slug}/"))

    for line in (*playbook.actions.all(), *playbook.items.all()):
        assert line.provenance
        for each in line.provenance:
            assert each["phrase"] in text
    assert "8 weeks" not in text
    assert "56 days before go-live" in text


def test_whoever_leads_nobody_sees_no_playbook(
    playbook: Playbook, employee: Person, sign_in: SignIn
) -> None:
    reader = sign_in.page(employee)

    assert "No playbook is here for you" in words(reader.get(AT))
    assert reader.get(f"{AT}{playbook.slug}/").status_code == 404


def test_what_has_ended_is_offered_no_playbook(
    page: Client, playbook: Playbook, initiative: Initiative
) -> None:
    url = f"/change/i/{initiative.slug}/playbooks/"
    assert "See what it does" in words(page.get(url))

    Initiative.objects.filter(pk=initiative.pk).update(state="closed")

    assert "See what it does" not in words(page.get(url))
