"""Erasing somebody: a pseudonym in their place, every count as it was, proof kept."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.core.serializers import serialize

from change_tracker.core import audit
from change_tracker.core.inventory import inventory
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Absence, PeopleSync, Person, ReportingLine
from change_tracker.people.services import erasing
from change_tracker.people.services.erasing import StillHereError, erase_person
from change_tracker.people.services.exporting import texts_of
from change_tracker.people.services.persons import change_person
from change_tracker.progress.queries import measures
from change_tracker.training.models import Session, Submission, TrainingRecord
from change_tracker.training.services import complete_record, waive_record
from tests import factories
from tests.contracts.source import sources
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}
GROUND = "Safety training has to be proved for three years"


@pytest.fixture
def amira() -> Person:
    """She has worked, led, asked, been named everywhere, and left."""
    login = factories.make_user("amira.h")
    boss = factories.make_person("Dan Cole")
    amira = factories.make_person(
        "Amira Hassan",
        external_id="K200",
        email="amira@intranet.example",
        job_title="Repair caller",
        login=login,
        manager=boss,
        unit=factories.make_unit("Repairs"),
        timezone="Europe/Berlin",
    )
    group = factories.make_audience(amira)
    initiative = factories.make_initiative(lead=amira, group=group)
    plan = factories.make_plan(initiative, items=3)
    plan.items.filter(position=2).update(is_required=False)
    enrolment = factories.make_enrolment(plan, amira, rule=factories.make_rule(plan, group))
    first, optional, waived = enrolment.records.order_by("item__position")
    for record in (first, optional):
        complete_record(record=record, actor=login, **WHEN)
        TrainingRecord.objects.filter(pk=record.pk).update(score=85, progress_label="part 3 of 5")
    waive_record(record=waived, reason="Amira is ill", actor=factories.make_user(), **WHEN)
    factories.make_request(first, reason="My child is ill", answer="Get well")
    change_person(amira, display_name="Amira Hassan", job_title="Caller", actor=login, **WHEN)
    Absence.objects.create(person=amira, from_on=TODAY, to_on=TODAY)
    factories.make_action(initiative, description="Ask Amira Hassan first.", owner=amira)
    PeopleSync.objects.create(
        source="roster.csv",
        state="applied",
        ran_at=NOW,
        problems=[{"row": 4, "field": "manager", "reason": "There is nobody with the key “K200”."}],
    )
    Person.objects.filter(pk=amira.pk).update(ends_on=date(2026, 11, 10))
    amira.refresh_from_db()
    return amira


def erase(person: Person, **options: Any) -> Any:
    return erase_person(person, ground=GROUND, actor=None, **WHEN, **options)


def dump() -> str:
    """Everything that is stored of ours, but texts that people typed."""
    models = list(apps.get_app_config("change_tracker").get_models())
    rows = [
        row
        for model in models
        for row in json.loads(serialize("json", model._default_manager.all()))
    ]
    typed = {
        (held.model.lower(), name)
        for held in inventory()
        if held.form == "free_text"
        for name in held.fields
    }
    for row in rows:
        model = row["model"].split(".")[1]
        row["fields"] = {
            name: value for name, value in row["fields"].items() if (model, name) not in typed
        }
    return json.dumps(rows, ensure_ascii=False)


def test_nothing_stored_names_the_person_any_more(amira: Person) -> None:
    before = dump()
    names = ("Amira", "K200", "amira@intranet.example", "amira.h", "My child", "Get well")
    assert all(name in before for name in names)

    erased = erase(amira)

    after = dump()
    assert [name for name in (*names, "is ill", "Repair caller") if name in after] == []
    assert erased.pseudonym in after


def test_counts_and_figures_stay_as_they_are(amira: Person) -> None:
    initiative = TrainingRecord.objects.filter(person=amira)[0].plan.initiative
    models = [
        each
        for each in apps.get_app_config("change_tracker").get_models()
        if each not in {Absence, AuditEvent, ReportingLine}
    ]

    def counted() -> Any:
        figures = measures(initiative, TODAY)
        return [each._default_manager.count() for each in models], figures

    before = counted()
    erase(amira)

    assert counted() == before
    assert not Absence.objects.exists()


def test_proof_of_what_was_mandatory_stays_and_says_why(amira: Person) -> None:
    erased = erase(amira)

    rows = TrainingRecord.objects.filter(person=amira).order_by("item__position")
    assert [each.score for each in rows] == [85, None, None]
    assert [each.completed_on for each in rows] == [TODAY, TODAY, None]
    assert erased.kept == 1
    event = AuditEvent.objects.get(verb="erased")
    assert (event.object_id, event.reason) == (str(amira.pk), GROUND)


def test_what_was_handed_in_goes_unless_it_is_proof(
    amira: Person, django_capture_on_commit_callbacks: Any
) -> None:
    proof, optional, _waived = TrainingRecord.objects.filter(person=amira).order_by(
        "item__position"
    )
    decided: dict[str, Any] = {"state": "accepted", "is_open": None, "decided_on": TODAY}
    files = [
        Submission.objects.create(
            record=record,
            handed_in_on=TODAY,
            file=ContentFile(b"Amira was here", name="amira.txt"),
            file_name="amira.txt",
            note="My child is ill",
            **decided,
        ).file
        for record in (proof, optional)
    ]
    assert all(each.storage.exists(str(each.name)) for each in files)

    with django_capture_on_commit_callbacks(execute=True):
        erase(amira, dry_run=True)
    assert all(each.storage.exists(str(each.name)) for each in files)
    with django_capture_on_commit_callbacks(execute=True):
        erase(amira)

    rows = Submission.objects.order_by("pk")
    assert [(each.file_name, each.note) for each in rows] == [("amira.txt", ""), ("", "")]
    assert [each.storage.exists(str(each.name)) for each in files] == [True, False]


def test_history_keeps_what_happened_under_the_pseudonym(amira: Person) -> None:
    facts = ("at", "verb", "object_type", "object_id", "from_state", "to_state")
    before = list(AuditEvent.objects.order_by("pk").values_list(*facts))
    done = AuditEvent.objects.filter(actor_user=amira.user).count()

    erased = erase(amira)

    after = AuditEvent.objects.exclude(verb="erased").order_by("pk")
    assert list(after.values_list(*facts)) == before
    assert AuditEvent.objects.filter(actor_label=erased.pseudonym).count() == done > 0
    # Days and states of their training are no words about them.
    moved = after.filter(object_type="trainingrecord", to_state="completed").first()
    assert moved is not None
    assert moved.changes["completed_on"] == TODAY.isoformat()


def test_a_dry_run_says_the_same_and_changes_nothing(amira: Person) -> None:
    before = dump()

    tried = erase(amira, dry_run=True)

    assert dump() == before
    done = erase(amira)
    assert (tried.changes, tried.kept, tried.to_read) == (done.changes, done.kept, done.to_read)


def test_who_works_here_is_not_erased(employee: Person) -> None:
    with pytest.raises(StillHereError):
        erase(employee)
    assert Person.objects.filter(display_name="Amira Hassan").exists()


def test_others_are_left_alone(amira: Person) -> None:
    other = factories.make_person("Amira Hassanova", external_id="K2001", email="x@example.org")
    note = audit.record(
        obj=other, verb="changed", actor=None, now=NOW, changes={"display_name": "Amira Hassanova"}
    )

    erase(amira)

    other.refresh_from_db()
    assert (other.display_name, other.external_id) == ("Amira Hassanova", "K2001")
    assert AuditEvent.objects.get(pk=note.pk).changes == {"display_name": "Amira Hassanova"}


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("erase_person", *arguments, stdout=out)
    return out.getvalue()


def test_who_leads_a_session_instead_meanwhile_stays_named(
    amira: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    initiative = Initiative.objects.get()
    activity = factories.make_activity(initiative)
    session = factories.make_session(initiative, activity, led_by="Amira Hassan")

    def found_before(model: Any, name: str) -> Any:
        """What is found, although somebody else says it otherwise before it is replaced."""
        found = list(texts_of(model, name))
        if model is Session:
            Session.objects.filter(pk=session.pk).update(led_by="Bo Lund")
        return found

    monkeypatch.setattr(erasing, "texts_of", found_before)
    erase_person(amira, ground=GROUND, actor=None, **WHEN)

    session.refresh_from_db()
    assert session.led_by == "Bo Lund"


def test_the_command_tries_names_every_table_and_what_has_to_be_read(amira: Person) -> None:
    said = run("K200", "--dry-run")

    assert "Person.display_name: 1  the pseudonym takes its place" in said
    assert "PeopleSync.problems: 1" in said
    assert "Kept as proof of mandatory training: 1 record" in said
    assert "MitigationAction.description: texts that people typed with the name in them: 1" in said
    assert "The login “amira.h” belongs to your intranet." in said
    assert Person.objects.filter(external_id="K200").exists()


def test_the_command_asks_for_the_ground_and_tells_the_pseudonym(amira: Person) -> None:
    with pytest.raises(CommandError, match="--ground"):
        run("K200")

    said = run("K200", "--ground", GROUND)

    amira.refresh_from_db()
    assert f"From now on this is “{amira.display_name}”" in said
    with pytest.raises(CommandError, match="Nobody has the key"):
        run("K200", "--dry-run")


def test_history_is_rewritten_nowhere_else() -> None:
    writers = [
        source.name
        for source in sources()
        if "replace_actor(" in source.text or "forget_words(" in source.text
    ]

    assert writers == ["change_tracker/core/models.py", "change_tracker/people/services/erasing.py"]
