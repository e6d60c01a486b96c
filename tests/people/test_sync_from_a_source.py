"""People from the host's own users, or from whatever class the setting names."""

from collections.abc import Iterable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import override_settings

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.people.models import OrgUnit, PeopleSync, Person
from change_tracker.people.services.sync import (
    PeoplePlan,
    RosterRefusedError,
    TooManyChangesError,
    apply_people,
    plan_people,
    roster_from,
    sync_source,
)
from change_tracker.people.sources import HostUsers, Record
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


class Directory:
    """A source that says what the test says."""

    name = "directory"

    def __init__(
        self, *people: Record, units: Iterable[Record] = (), is_complete: bool = True
    ) -> None:
        self.said, self.groups, self.is_complete = people, tuple(units), is_complete

    def people(self, today: date) -> Iterable[Record]:
        return self.said

    def units(self) -> Iterable[Record]:
        return self.groups


def one(external_id: str, **values: Any) -> Record:
    return {"external_id": external_id, "name": external_id, **values}


def sync(source: Any, **options: Any) -> Any:
    return sync_source(source, today=TODAY, actor=None, now=NOW, **options)


def plan_from(source: Any) -> PeoplePlan:
    return plan_people(roster_from(source, today=TODAY), full=source.is_complete, today=TODAY)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("sync_people", *arguments, stdout=out)
    return out.getvalue()


def test_users_who_can_sign_in_become_people_with_their_login() -> None:
    user = factories.make_user("ann")
    user.first_name, user.last_name = "Ann", "Lee"
    user.save()
    user.groups.add(Group.objects.create(name="Repairs"))
    factories.make_user("gone", is_active=False)

    said = run()

    person = Person.objects.get()
    assert (person.display_name, person.user, person.email) == ("Ann Lee", user, user.email)
    assert person.unit is not None
    assert (person.unit.name, person.external_id) == ("Repairs", str(user.pk))
    assert "Joiners: 1" in said
    assert "Applied." in said


def test_a_user_in_several_groups_is_in_no_unit() -> None:
    user = factories.make_user("ann")
    user.groups.set([Group.objects.create(name=name) for name in ("Repairs", "Editors")])

    run()

    assert Person.objects.get().unit is None


def test_a_person_from_a_roster_keeps_their_key_and_their_last_day() -> None:
    last = TODAY + timedelta(days=400)
    ann = factories.make_person(
        "Ann", external_id="K7", login=factories.make_user("ann"), ends_on=last
    )
    outsider = factories.make_person("Without a login")

    sync(HostUsers())

    ann.refresh_from_db()
    outsider.refresh_from_db()
    assert (ann.external_id, ann.ends_on) == ("K7", last)
    assert outsider.ends_on is None
    assert Person.objects.count() == 2


def test_whoever_cannot_sign_in_any_more_has_left_and_comes_back() -> None:
    user = factories.make_user("ann")
    ann = factories.make_person("Ann", login=user)

    for is_active, ends_on in ((False, TODAY - timedelta(days=1)), (True, None)):
        user.is_active = is_active
        user.save()
        sync(HostUsers())
        ann.refresh_from_db()
        assert ann.ends_on == ends_on

    assert sync(HostUsers()).sync.counts["unchanged"] == 1


def test_units_with_a_key_are_made_renamed_and_moved() -> None:
    homes = {"external_id": "U1", "name": "Homes", "parent": ""}
    repairs = {"external_id": "U2", "name": "Repairs", "parent": "U1"}
    sync(Directory(one("7", unit_id="U2"), units=[homes, repairs]))
    unit = OrgUnit.objects.get(external_id="U2")
    assert unit.parent is not None
    assert (unit.name, unit.parent.external_id) == ("Repairs", "U1")

    renamed = repairs | {"name": "Repairs and estates", "parent": ""}
    result = sync(Directory(one("7", unit_id="U2"), units=[homes, renamed]))

    unit.refresh_from_db()
    assert (unit.name, unit.parent_id, unit.path) == ("Repairs and estates", None, f"/{unit.pk}/")
    assert Person.objects.get().unit == unit
    assert result.sync.counts["renamed_units"] == 1
    assert result.sync.counts["movers"] == 0


def test_a_merger_of_units_is_told_with_where_people_went() -> None:
    north = [one(str(number), unit="North") for number in range(3)]
    sync(Directory(*north, one("9", unit="South")))

    plan = plan_from(Directory(*[{**person, "unit": "South"} for person in (*north, one("9"))]))

    assert plan.consequences[0] == ("“North” has nobody any more: 3 people are in “South”.")


@pytest.mark.parametrize(("gone", "is_stopped"), [(10, False), (11, True)])
def test_unusually_many_leavers_stop_a_run_that_nobody_looks_at(
    gone: int, is_stopped: bool
) -> None:
    people = [one(str(number)) for number in range(100)]
    sync(Directory(*people))
    rest = Directory(*people[gone:])

    if is_stopped:
        with pytest.raises(TooManyChangesError, match="11 people would leave and 0 would move"):
            sync(rest)
        assert PeopleSync.objects.latest("pk").state == "refused"
        assert "--allow-leavers 11" in PeopleSync.objects.latest("pk").problems[0]["reason"]
        assert Person.objects.active(TODAY).count() == 100
        sync(rest, allow=11)

    else:
        sync(rest)

    assert Person.objects.active(TODAY).count() == 100 - gone


def test_movers_count_for_the_brake_and_a_share_of_many_people_is_ordinary() -> None:
    people = [one(str(number), unit="A") for number in range(400)]
    sync(Directory(*people))
    moved = [one(str(number), unit="B" if number < 20 else "A") for number in range(400)]

    sync(Directory(*moved))

    more = [one(str(number), unit="C" if number < 21 else "A") for number in range(400)]
    with pytest.raises(TooManyChangesError, match="21 would move"):
        sync(Directory(*more))


def test_what_a_source_says_is_checked_as_a_file_is() -> None:
    plan = plan_from(Directory(one("7", starts_on="soon"), one("", name="Bob")))

    assert {(each.row, each.field) for each in plan.errors} == {
        (1, "starts_on"),
        (2, "external_id"),
    }


def test_a_source_that_names_nobody_is_refused_and_nobody_has_left() -> None:
    sync(Directory(one("7")))

    with pytest.raises(RosterRefusedError) as refused:
        sync(Directory())

    assert [each.reason for each in refused.value.problems] == ["There is nobody in it."]
    assert PeopleSync.objects.latest("pk").state == "refused"
    assert Person.objects.active(TODAY).count() == 1


def test_the_command_says_that_nobody_is_in_the_source() -> None:
    with pytest.raises(CommandError, match="The staff list has 1 error; nothing was applied"):
        run()


class Wrong(Directory):
    """A source with a key that is none of ours."""

    def __init__(self) -> None:
        super().__init__(one("7", colour="red"))


def test_a_source_that_lists_nobody_is_refused_and_kept_like_any_other() -> None:
    with pytest.raises(ChangeTrackerError, match="The staff list has 1 error"):
        sync(Directory())

    kept = PeopleSync.objects.get()
    assert (kept.state, kept.problems[0]["reason"]) == ("refused", "There is nobody in it.")


def test_a_source_with_an_unknown_key_is_refused_by_its_name() -> None:
    with (
        override_settings(CHANGE_TRACKER={"PEOPLE_SOURCE": f"{__name__}.Wrong"}),
        pytest.raises(CommandError, match="Not known: colour"),
    ):
        run()


def test_a_dry_run_of_the_command_applies_nothing() -> None:
    factories.make_user("ann")

    said = run("--dry-run")

    assert "Joiners: 1" in said
    assert "nothing was applied" in said
    assert not Person.objects.exists()


def test_a_second_run_writes_nothing() -> None:
    factories.make_user("ann")
    sync(HostUsers())
    before = Person.objects.values().get()

    result = apply_people(plan=plan_from(HostUsers()), actor=None, now=NOW)

    assert Person.objects.values().get() == before
    assert result.sync.counts["unchanged"] == 1
