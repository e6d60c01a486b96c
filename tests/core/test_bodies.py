"""What callers send is taken whole, or refused by name."""

from typing import Any

import pytest
from rest_framework import serializers

from change_tracker.core.api.bodies import faults_of
from change_tracker.initiatives.models import Objective
from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord
from tests import factories
from tests.conftest import SignIn

API = "/change/api/v1"


class LineSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField()


class PolicySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(read_only=True)
    title = serializers.CharField()
    rule = LineSerializer(required=False)
    lines = LineSerializer(many=True, required=False)


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"title": "Weekly"}, {}),
        ({"id": 3, "title": "Weekly", "included": {}, "lines": [{"days": 3}]}, {}),
        ({"title": "Weekly", "csrfmiddlewaretoken": "x"}, {}),
        ({"title": "Weekly", "lines[]": 3}, {"lines[]": "lines"}),
        ({"title": "Weekly", "titel": "Daily"}, {"titel": "title"}),
        ({"titel": "Weekly"}, {"titel": "title", "title": "required"}),
        ({"title": "Weekly", "rule": {"days": 1, "dayz": 2}}, {"rule": "dayz"}),
        ({"title": "Weekly", "lines": [{"days": 1}, {"days": 1, "day": 2}]}, {"lines": "day"}),
        (["Weekly"], {"non_field_errors": "dictionary"}),
    ],
    ids=str,
)
def test_a_name_that_is_no_field_s_is_a_fault(sent: Any, wrong: dict[str, str]) -> None:
    found = faults_of(PolicySerializer(data=sent))

    assert set(found) == set(wrong)
    for name, words in wrong.items():
        assert words in str(found[name])


@pytest.mark.django_db
def test_a_mistyped_field_changes_nothing_and_is_named(lead: Person, sign_in: SignIn) -> None:
    goal = factories.make_objective(factories.make_initiative(lead=lead))
    url = f"{API}/objectives/{goal.pk}/"

    refused = sign_in.api(lead).patch(url, {"titel": "Fewer calls", "target": 3})

    assert refused.status_code == 400
    assert "title" in refused.json()["errors"]["titel"][0]
    assert Objective.objects.get(pk=goal.pk).target == goal.target


@pytest.mark.django_db
def test_another_state_is_not_passed_over(lead: Person, sign_in: SignIn) -> None:
    """The one that it has may be sent along, and begins a row as it begins anyway."""
    initiative = factories.make_initiative(lead=lead)
    action, api = factories.make_action(initiative), sign_in.api(lead)
    url = f"{API}/actions/{action.pk}/"
    new = {
        "initiative": initiative.pk,
        "sources": [factories.make_source(initiative).pk],
        "kind": "resources",
        "title": "More tablets",
        "due_on": "2030-01-31",
    }

    refused = api.patch(url, {"state": "done", "title": "Fewer calls"})
    begun = api.post(f"{API}/actions/", {**new, "state": "done"})

    for answer in (refused, begun):
        assert answer.status_code == 400
        assert "move/" in answer.json()["errors"]["state"][0]
    assert api.get(url).json()["title"] == action.title
    assert api.patch(url, {"state": "planned", "title": "Fewer calls"}).status_code == 200
    assert api.post(f"{API}/actions/", {**new, "state": "planned"}).status_code == 201


@pytest.mark.django_db
def test_words_for_a_verb_that_takes_none_are_not_lost(lead: Person, sign_in: SignIn) -> None:
    initiative = factories.make_initiative(lead=lead)
    item = factories.make_feedback(initiative, lead)
    url = f"{API}/feedback/{item.pk}/withdraw/"

    refused = sign_in.api(lead).post(url, {"text": "It was my own mistake."})

    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["text"]
    assert sign_in.api(lead).post(url).status_code == 200


@pytest.mark.django_db
def test_a_report_with_a_mistyped_date_is_refused_and_the_others_are_taken(
    hr: Person, sign_in: SignIn
) -> None:
    person = factories.make_person(external_id="K7")
    initiative = factories.make_initiative()
    lesson, quiz = (factories.make_activity(initiative) for _ in range(2))
    factories.make_enrolment(factories.make_plan(initiative, items=[lesson, quiz]), person)
    rows = [
        {"person": "K7", "activity": lesson.pk, "score": 9, "completd_on": "2026-11-02"},
        {"person": "K7", "activity": quiz.pk, "completed_on": "2026-11-02"},
    ]

    answers = sign_in.api(hr).post(f"{API}/completions/", rows).json()

    said = [(each["status"], each["field"]) for each in answers]
    assert said == [("refused", "completd_on"), ("completed", "")]
    assert TrainingRecord.objects.get(score=None, state="completed").activity == quiz
    assert not TrainingRecord.objects.exclude(score=None).exists()
