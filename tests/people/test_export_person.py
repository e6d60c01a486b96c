"""What is held about one person, all of it and nobody else's."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.inventory import about, inventory
from change_tracker.people.models import Absence, PeopleSync, Person
from change_tracker.people.services.exporting import export_person, naming_fields
from change_tracker.people.services.persons import change_person
from change_tracker.training.models import TrainingRecord
from tests import factories
from tests.contracts.world import make_world
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

PERSONAL = sorted({held.model for held in inventory() if not held.form})


def export(person: Person) -> dict[str, Any]:
    data = export_person(person, now=NOW)
    assert json.loads(json.dumps(data)) == data
    return data


@pytest.mark.parametrize("name", PERSONAL)
def test_every_personal_entry_of_the_inventory_is_reached(name: str) -> None:
    """A model is about a person, or each of its entries refers to one; so no new one is missed."""
    entries = [held for held in inventory() if held.model == name and not held.form]
    model = apps.get_model("change_tracker", name)
    naming = [held for held, _field in naming_fields(model, entries)]
    # Their rows are about runs and objects; those of a person are exported as history.
    spared = {("AuditEvent", "changes")}

    missed = [
        held.fields
        for held in entries
        if name not in about()
        and held not in naming
        and (name, *held.fields) not in spared
        and held.erased not in {"mentions", "passing"}
    ]

    assert missed == []


def test_every_path_to_a_person_leads_there() -> None:
    for name, path in about().items():
        apps.get_model("change_tracker", name)._default_manager.filter(**{path: 1}).exists()

    assert set(about()) <= set(PERSONAL)


def test_every_model_that_is_about_somebody_is_in_it_with_its_fields() -> None:
    world = make_world()

    held = export(world.people["employee"])["held"]

    assert set(held) == set(about())
    filled = {name for name, rows in held.items() if rows}
    assert filled >= {"Person", "Absence", "AudienceMember", "Enrolment", "TrainingRecord"}
    assert filled >= {"ReportingLine", "EnrolmentReason", "Digest", "Reminder", "Attempt"}
    for each in inventory():
        if not each.form and held.get(each.model):
            assert set(each.fields) <= set(held[each.model][0]), each.model


def test_nobody_elses_rows_are_in_it() -> None:
    world = make_world()
    employee, colleague = world.people["employee"], world.people["colleague"]

    text = json.dumps(export(employee))

    assert employee.email in text
    for other in world.people.values():
        if other != employee:
            assert other.email not in text
    records = export(employee)["held"]["TrainingRecord"]
    theirs = TrainingRecord.objects.filter(person=colleague)
    assert not {row["id"] for row in records} & set(theirs.values_list("pk", flat=True))


def test_rows_of_others_say_only_that_they_name_the_person(
    employee: Person, manager: Person
) -> None:
    plan = factories.make_plan(factories.make_initiative())
    record = factories.make_enrolment(plan, employee).records.get()
    TrainingRecord.objects.filter(pk=record.pk).update(
        state="completed", completed_on=TODAY, completed_at=NOW, completed_by=manager, score=9
    )

    data = export(manager)

    assert data["held"]["TrainingRecord"] == []
    assert data["named"]["TrainingRecord"] == [
        {"id": record.pk, "as": "completed_by", "completed_at": NOW.isoformat()}
    ]
    assert [row["as"] for row in data["named"]["ReportingLine"]] == ["manager"]


def test_history_of_the_persons_rows_is_in_it(employee: Person, hr: Person) -> None:
    change_person(employee, location="Leeds", actor=hr.user, today=TODAY, now=NOW)

    (event,) = export(employee)["history"]

    assert (event["object_type"], event["verb"]) == ("person", "changed")
    assert event["changes"] == {"location": "Leeds"}
    assert export(hr)["history"] == []


def test_what_is_referred_to_has_its_name(employee: Person) -> None:
    (person,) = export(employee)["held"]["Person"]

    assert person["display_name"] == employee.display_name
    assert person["user"]["name"] == employee.user.get_username()  # type: ignore[union-attr]  # has one
    assert person["manager"]["name"] == employee.manager.display_name  # type: ignore[union-attr]  # has one


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [1, 20])
def test_its_cost_does_not_grow_with_the_rows(employee: Person, number: int) -> None:
    plan = factories.make_plan(factories.make_initiative(), items=number)
    factories.make_enrolment(plan, employee)
    for _ in range(number):
        Absence.objects.create(person=employee, from_on=TODAY, to_on=date(2026, 12, 1))

    with CaptureQueriesContext(connection) as captured:
        export_person(Person.objects.get(pk=employee.pk), now=NOW)

    assert len(captured) < 70
    assert len(captured) == len({each["sql"] for each in captured.captured_queries})


def test_the_command_writes_a_file_for_few_eyes_and_none_over_another(
    employee: Person, tmp_path: Path
) -> None:
    path = tmp_path / "one.json"

    call_command("export_person", employee.external_id, output=path)

    assert json.loads(path.read_text())["external_id"] == employee.external_id
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_person", employee.external_id, output=path)


def test_the_command_prints_without_a_file_and_refuses_an_unknown_key(employee: Person) -> None:
    out = StringIO()

    call_command("export_person", employee.external_id, stdout=out)

    assert json.loads(out.getvalue())["held"]["Person"][0]["email"] == employee.email
    # The second is what a shell hands on that is no text.
    for key in ("nobody", "K\udcff", "K\0"):
        for command in ("export_person", "erase_person"):
            with pytest.raises(CommandError, match="Nobody has the key"):
                call_command(command, key)


def test_an_import_that_spoke_of_the_person_is_in_it_with_what_it_said() -> None:
    person = factories.make_person("Amira Hassan", external_id="K2")
    said = [
        {"row": 4, "field": "manager", "reason": "There is nobody with the key “K2”."},
        {"row": 5, "field": "manager", "reason": "There is nobody with the key “K20”."},
        {"row": 6, "field": "username", "reason": "“x” is already the login of “Amira Hassan”."},
    ]
    sync = PeopleSync.objects.create(
        source="roster.csv", state="applied", ran_at=NOW, problems=said
    )

    named = export(person)["named"]["PeopleSync"]

    assert named == [{"id": sync.pk, "as": "problems", "says": [said[0], said[2]]}]


def test_a_key_that_is_a_number_is_not_the_number_of_a_row() -> None:
    person = factories.make_person("Amira Hassan", external_id="7")
    said = [{"row": 7, "field": "", "reason": "They are there more than once: rows 2, 7."}]
    PeopleSync.objects.create(source="roster.csv", state="applied", ran_at=NOW, problems=said)

    assert "PeopleSync" not in export(person)["named"]
