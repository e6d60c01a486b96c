"""People get the logins that the host already has; none is made, none is taken away."""

import pytest
from django.contrib.auth.models import User

from change_tracker.people.models import Person
from tests import factories
from tests.people.rosters import Source, row

pytestmark = pytest.mark.django_db


def login_of(external_id: str) -> str | None:
    user = Person.objects.get(external_id=external_id).user
    return user.get_username() if user is not None else None


def test_a_username_links(source: Source) -> None:
    factories.make_user("ann")

    source.sync(row("7", username="ann"))

    assert login_of("7") == "ann"


def test_no_user_is_made(source: Source) -> None:
    source.sync(row("7", username="ann", email="ann@example.org"))

    assert not User.objects.exists()


def test_an_email_that_one_person_and_one_user_have_links(source: Source) -> None:
    factories.make_user("ann")

    source.sync(row("7", email="Ann@Example.org"))

    assert login_of("7") == "ann"


def test_a_shared_email_links_nobody(source: Source) -> None:
    factories.make_user("desk")

    source.sync(row("7", email="desk@example.org"), row("8", email="desk@example.org"))

    assert (login_of("7"), login_of("8")) == (None, None)


def test_an_email_that_somebody_outside_the_roster_shares_links_nobody(source: Source) -> None:
    factories.make_user("desk")
    factories.make_person("Bob", email="DESK@example.org")

    source.sync(row("7", email="desk@example.org"))

    assert login_of("7") is None


def test_an_email_of_two_users_links_nobody(source: Source) -> None:
    factories.make_user("desk")
    User.objects.create_user("desk2", "DESK@example.org")

    source.sync(row("7", email="desk@example.org"))

    assert login_of("7") is None


def test_a_login_that_somebody_has_stays_theirs(source: Source) -> None:
    bob = factories.make_person("Bob", login=factories.make_user("bob"), email="")

    by_name = source.sync(row("7", username="bob"))
    source.sync(row("8", email="bob@example.org"))

    bob.refresh_from_db()
    assert (login_of("7"), login_of("8")) == (None, None)
    assert bob.user is not None
    assert "already the login" in by_name.sync.problems[0]["reason"]


def test_two_rows_with_one_username_link_nobody(source: Source) -> None:
    factories.make_user("ann")

    result = source.sync(row("7", username="ann"), row("8", username="ann"))

    assert (login_of("7"), login_of("8")) == (None, None)
    assert [each["row"] for each in result.sync.problems] == [2, 3]


def test_a_link_stays_when_the_roster_is_silent(source: Source) -> None:
    factories.make_person("Ann", external_id="7", login=factories.make_user("ann"))

    source.sync(row("7", "Ann", username="", email="other@example.org"))

    assert login_of("7") == "ann"


def test_logins_can_change_hands_where_the_roster_says_so(source: Source) -> None:
    for number, name in enumerate(("ann", "bob")):
        factories.make_person(name, external_id=f"{number}", login=factories.make_user(name))
    factories.make_user("cleo")

    source.sync(row("0", username="cleo"), row("1", username="ann"), row("2", username="bob"))

    assert [login_of(each) for each in "012"] == ["cleo", "ann", "bob"]


def test_whoever_has_left_is_not_linked(source: Source) -> None:
    factories.make_user("ann")

    source.sync(row("7", username="ann", ends_on="2026-01-31"))

    assert login_of("7") is None
