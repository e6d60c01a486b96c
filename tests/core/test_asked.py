"""A question is kept, never its answer."""

from datetime import date

import pytest
from django.db.models import Value

from change_tracker.core.asked import Question
from change_tracker.people.models import Person
from tests import factories

pytestmark = pytest.mark.django_db


def test_it_is_written_once_and_answered_anew_each_time_as_django_would() -> None:
    starts_on = date(2026, 11, 2)
    first = factories.make_person(starts_on=starts_on)
    rows = Person.objects.order_by("pk").annotate(said=Value("x"))
    question = Question(rows.values_list("said", "pk", "starts_on"))

    assert question.rows() == [("x", first.pk, starts_on)]

    second = factories.make_person(starts_on=None)
    assert question.rows() == [("x", first.pk, starts_on), ("x", second.pk, None)]


def test_what_can_have_no_answer_is_not_asked(django_assert_num_queries: object) -> None:
    question = Question(Person.objects.filter(pk__in=[]).values_list("pk"))

    with django_assert_num_queries(0):  # type: ignore[operator]
        assert question.rows() == []
