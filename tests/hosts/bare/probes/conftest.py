"""Rows of a host without our test factories: these probes also run beside an installed wheel."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import localdate

from change_tracker.initiatives.models import Initiative, InitiativeMember
from change_tracker.people.models import Person
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    LearningActivity,
    PlanItem,
    TrainingPlan,
    TrainingRecord,
)


@pytest.fixture
def person(db: None) -> Person:
    """Sam, who has a login without an e-mail, and leads an initiative."""
    user = get_user_model().objects.create(sub="sam-4711", password="!")
    sam = Person.objects.create(
        external_id="1", display_name="Sam", email="sam@example.org", user_id=user.pk
    )
    initiative = Initiative.objects.create(title="One desk", slug="one-desk", state="active")
    InitiativeMember.objects.create(initiative=initiative, person=sam, role="lead")
    return sam


@pytest.fixture
def record(person: Person) -> TrainingRecord:
    """Sam's training: one reading, which was due yesterday."""
    assigned_on = localdate() - timedelta(days=14)
    initiative = Initiative.objects.get()
    activity = LearningActivity.objects.create(initiative=initiative, title="Read the guide")
    plan = TrainingPlan.objects.create(
        initiative=initiative, title="First steps", state="published"
    )
    item = PlanItem.objects.create(plan=plan, activity=activity)
    enrolment = Enrolment.objects.create(plan=plan, person=person, assigned_on=assigned_on)
    EnrolmentPeriod.objects.create(enrolment=enrolment, from_on=assigned_on)
    return TrainingRecord.objects.create(
        enrolment=enrolment,
        opens_on=assigned_on,
        item=item,
        person=person,
        plan=plan,
        activity=activity,
        due_on=localdate() - timedelta(days=1),
        due_rule="fixed",
    )


@pytest.fixture
def browser(person: Person) -> Client:
    """Sam's browser."""
    client = Client()
    client.force_login(person.user)  # type: ignore[arg-type]  # set above
    return client


def own_names() -> list[tuple[str, tuple[str, ...]]]:
    """The name of every address of ours, and the keys that it takes."""
    root = next(
        each
        for each in get_resolver().url_patterns
        if isinstance(each, URLResolver) and each.app_name == "change_tracker"
    )
    return sorted(set(_names(root, ())))


def _names(resolver: URLResolver, above: tuple[str, ...]) -> Any:
    for each in resolver.url_patterns:
        keys = (*above, *each.pattern.regex.groupindex)
        if isinstance(each, URLPattern):
            yield each.name, keys
        else:
            yield from _names(each, keys)


def address(name: str, keys: tuple[str, ...] = ()) -> str:
    """The address behind a name of ours; keys are 1."""
    return reverse(f"change_tracker:{name}", kwargs=dict.fromkeys(keys, "1"))
