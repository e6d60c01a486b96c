"""Questions that are written once: the same rows as a queryset gives, with new values each time."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Count, Q, Value
from django.test.utils import CaptureQueriesContext

from change_tracker.core.questions import Question, lookup, own_question, question, written
from change_tracker.core.together import Part
from change_tracker.initiatives.models import Initiative, Milestone
from change_tracker.people.models import Person
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def led() -> Question:
    @question
    def build(user: Any, *, initiatives: Any, today: Any) -> Any:
        mine = Initiative.objects.visible_to(user).filter(pk__in=initiatives)
        return mine.filter(go_live_on__gte=today).order_by("pk").values_list("pk", "go_live_on")

    return build


def test_it_is_written_once_and_asked_with_other_values(led: Question) -> None:
    ada, ben = factories.make_person(login=True), factories.make_person(login=True)
    hers = [factories.make_initiative(lead=ada, go_live_on=TODAY) for _ in range(2)]
    his = factories.make_initiative(lead=ben, go_live_on=TODAY + timedelta(days=9))
    keys = [each.pk for each in (*hers, his)]
    assert ada.user is not None
    assert ben.user is not None

    assert led(ada.user, initiatives=keys, today=TODAY) == [(each.pk, TODAY) for each in hers]
    later = TODAY + timedelta(days=1)
    assert led(ada.user, initiatives=keys, today=later) == []
    assert led(ben.user, initiatives=keys, today=later) == [(his.pk, his.go_live_on)]
    assert led(ada.user, initiatives=keys[1:2], today=TODAY) == [(hers[1].pk, TODAY)]
    assert len(led._written) == 1


def test_what_is_no_number_comes_into_no_text(led: Question) -> None:
    person = factories.make_person(login=True)
    assert person.user is not None

    with pytest.raises(ValueError, match="invalid literal"):
        led(person.user, initiatives=["1) OR (1=1"], today=TODAY)


def test_what_is_kept_is_the_question_and_not_the_answer(led: Question) -> None:
    person = factories.make_person(login=True)
    initiative = factories.make_initiative(go_live_on=TODAY)
    assert person.user is not None
    asked: dict[str, Any] = {"initiatives": [initiative.pk], "today": TODAY}
    assert led(person.user, **asked) == []

    role = factories.make_role(initiative, person, "viewer")
    assert led(person.user, **asked) == [(initiative.pk, TODAY)]

    role.delete()
    assert led(person.user, **asked) == []


def test_whoever_has_other_roles_is_asked_another_question(led: Question) -> None:
    initiative = factories.make_initiative(go_live_on=TODAY)
    asked: dict[str, Any] = {"initiatives": [initiative.pk], "today": TODAY}
    admin = factories.make_user("root", is_superuser=True)
    nobody = factories.make_user("nobody")

    assert led(nobody, **asked) == []
    assert led(admin, **asked) == [(initiative.pk, TODAY)]
    assert led(nobody, **asked) == []
    assert led(AnonymousUser(), **asked) == []


def test_rows_of_a_model_come_with_what_was_added() -> None:
    @question
    def build(user: Any, *, slug: str) -> Any:
        rows = Initiative.objects.visible_to(user).filter(slug=slug)
        return rows.annotate(people=Count("members"))

    lead = factories.make_person(login=True)
    initiative = factories.make_initiative(lead=lead, slug="door", go_live_on=TODAY)
    assert lead.user is not None

    (found,) = build(lead.user, slug="door")

    assert (found, found.people, found.go_live_on) == (initiative, 1, TODAY)
    assert found._state.adding is False
    found.title = "Front door"
    found.save()
    assert Initiative.objects.get().title == "Front door"


def test_parts_are_read_together_in_one_query() -> None:
    @question
    def build(user: Any, *, initiatives: Any, today: Any) -> Any:
        steps = Milestone.objects.visible_to(user).filter(initiative__in=initiatives)
        rows = Initiative.objects.visible_to(user).filter(pk__in=initiatives)
        late = steps.values("initiative").annotate(late=Count("pk", filter=Q(due_on__lt=today)))
        return (
            Part(rows, ("id", "go_live_on"), dict),
            Part(late.order_by(), ("initiative", "late"), dict),
        )

    lead = factories.make_person(login=True)
    initiative = factories.make_initiative(lead=lead, go_live_on=date(2027, 1, 1))
    for days in (-1, 0, 1):
        factories.make_milestone(initiative, due_on=TODAY + timedelta(days=days))
    assert lead.user is not None

    build(lead.user, initiatives=[initiative.pk], today=TODAY)  # and who they are
    with CaptureQueriesContext(connection) as asked:
        rows, late = build(lead.user, initiatives=[initiative.pk], today=TODAY)

    assert rows == [{"id": initiative.pk, "go_live_on": date(2027, 1, 1)}]
    assert late == [{"initiative": initiative.pk, "late": 1}]
    assert len(asked) == 1


def test_what_nothing_can_meet_is_not_asked() -> None:
    @question
    def build(user: Any, number: int) -> Any:
        return Initiative.objects.order_by("pk")[:number]

    factories.make_initiative()
    person = factories.make_person(login=True)
    assert person.user is not None

    assert len(build(person.user, 1)) == 1
    with CaptureQueriesContext(connection) as asked:
        assert build(person.user, 0) == []

    assert not asked.captured_queries


def test_what_would_be_kept_with_the_question_is_not_read_while_it_is_built() -> None:
    @question
    def build(user: Any) -> Any:
        return Initiative.objects.filter(pk__in=list(Initiative.objects.values_list("pk")))

    @question
    def looks(user: Any) -> Any:
        return Initiative.objects.filter(title=user.username)

    person = factories.make_person(login=True)
    assert person.user is not None

    with pytest.raises(RuntimeError, match="while it is built"):
        build(person.user)
    with pytest.raises(AttributeError, match="username"):
        looks(person.user)


def test_no_more_forms_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("change_tracker.core.questions.MOST_FORMS", 3)

    @question
    def build(user: Any, number: int) -> Any:
        return Initiative.objects.order_by("pk")[:number]

    person = factories.make_person(login=True)
    assert person.user is not None

    for number in range(1, 9):
        build(person.user, number)

    assert len(build._written) <= 3


def test_a_queryset_is_written_once_and_answered_anew_each_time_as_django_would() -> None:
    first = factories.make_person(starts_on=TODAY)
    rows = Person.objects.order_by("pk").annotate(said=Value("x"))
    asks = written(rows.values_list("said", "pk", "starts_on"))

    assert asks.asked() == [("x", first.pk, TODAY)]

    second = factories.make_person(starts_on=None)
    assert asks.asked() == [("x", first.pk, TODAY), ("x", second.pk, None)]


def test_rows_come_with_the_rows_that_they_point_to() -> None:
    @lookup
    def build(*, people: Any) -> Any:
        rows = Person.objects.filter(pk__in=people).select_related("manager__unit").order_by("pk")
        return rows.only("display_name", "manager__display_name", "manager__unit__name")

    unit = factories.make_unit()
    boss = factories.make_person(unit=unit)
    person = factories.make_person(manager=boss)

    with CaptureQueriesContext(connection) as asked:
        first, second = build(people=[boss.pk, person.pk])
        assert (first, first.manager) == (boss, None)
        assert (second.manager, second.manager.unit) == (boss, unit)
        assert second.manager.unit.name == unit.name

    assert len(asked) == 1
    assert second.get_deferred_fields() >= {"email", "job_title"}
    assert second.job_title == person.job_title


def test_a_moment_is_compared_to_the_second() -> None:
    @lookup
    def build(*, at: Any) -> Any:
        return get_user_model().objects.filter(date_joined__gt=at)

    user: Any = factories.make_user("moment")

    assert build(at=user.date_joined - timedelta(seconds=1)) == [user]
    assert build(at=user.date_joined) == []


def test_ones_own_is_asked_whatever_ones_roles_are() -> None:
    @own_question
    def mine(user: Any) -> Any:
        return Person.objects.of_user(user)

    @own_question
    def seen(user: Any) -> Any:
        return Initiative.objects.visible_to(user)

    person = factories.make_person(login=True)
    admin = factories.make_user("root", is_superuser=True)
    factories.make_initiative()
    assert person.user is not None

    with CaptureQueriesContext(connection) as asked:
        assert mine(person.user) == [person]
    assert len(asked) == 1
    assert mine(admin) == []
    assert seen(admin) == []
