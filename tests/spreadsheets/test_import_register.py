"""The spreadsheet of a lead becomes the register, all of it or nothing."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from change_tracker import signals
from change_tracker.core.models import AuditEvent
from change_tracker.core.tables import RefusedImportError
from change_tracker.initiatives.models import AffectedGroup, Initiative, Objective
from change_tracker.initiatives.services import InitiativeEndedError
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceReview, ResistanceSource
from change_tracker.spreadsheets.services.importing import RegisterChangedError, counts_of
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.spreadsheets.conftest import bring_in, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def words() -> None:
    """What the catalogue calls things."""
    factories.make_source_type(label="Fear of losing the job", slug="job-loss")
    factories.make_source_type(label="Old wounds", slug="negative-past-experiences")
    factories.make_strategy(label="Tell them why", slug="tell", action_kind="communication")


@pytest.fixture
def sheets(words: None, employee: Person) -> dict[str, list[list[Any]]]:
    """The spreadsheet that a lead has, in her own words and order."""
    return {
        "Stakeholders": [
            ["Group", "Impact", "What it means for you", "Support"],
            ["Repairs", 4, "One desk for all calls", "rather against it"],
        ],
        "Register": [
            ["Nr", "Statement", "Kind", "Group", "Owner", "Level", "Next review", "Remarks"],
            [
                1,
                "Our jobs go next",
                "fear of losing the job",
                "Repairs",
                "Tom Reyes",
                3,
                TODAY + timedelta(days=14),
                "x",
            ],
            [2, "  Nobody   asked us ", "job-loss", None, None, "doubting", None, None],
        ],
        "Measures": [
            ["What", "For", "Strategy", "Who", "Deadline", "Minutes"],
            ["Town hall", "1; 2", "Tell them why", "Tom Reyes", "24 Nov 2026", 45],
        ],
        "Goals": [
            ["Goal", "Baseline", "Target", "Unit"],
            ["Solved at the first call", "57,5", 80, "%"],
        ],
    }


def test_a_spreadsheet_becomes_the_register_and_again_changes_nothing(
    initiative: Initiative,
    sheets: dict[str, list[list[Any]]],
    lead: Person,
    sponsor: Person,
    employee: Person,
    django_capture_on_commit_callbacks: Any,
) -> None:
    heard: list[str] = []

    def listen(source: ResistanceSource, **_: Any) -> None:
        heard.append(source.statement)

    signals.resistance_observed.connect(listen)
    content = workbook(**sheets)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            done = bring_in(initiative, content, lead.user)
    finally:
        signals.resistance_observed.disconnect(listen)

    assert [each.reason for each in done.problems] == ["Not used: Remarks."]
    group = AffectedGroup.objects.get(initiative=initiative)
    assert (group.audience.name, group.impact, group.support) == ("Repairs", 4, -1)
    assert list(group.audience.members.values_list("person", flat=True)) == [employee.pk]
    first, second = ResistanceSource.objects.filter(initiative=initiative).order_by("pk")
    assert (first.statement, first.owner, first.stage, first.state) == (
        "Our jobs go next",
        sponsor,
        "willingness",
        "identified",
    )
    assert first.review_on == TODAY + timedelta(days=14)
    assert list(first.audiences.all()) == [group.audience]
    assert (second.statement, second.owner, second.target_level) == ("Nobody asked us", None, 1)
    reviews = ResistanceReview.objects.order_by("source_id").values_list("level", "reviewed_on")
    assert list(reviews) == [(3, TODAY), (2, TODAY)]
    assert ResistanceReview.objects.first().reviewer == lead  # type: ignore[union-attr]
    action = MitigationAction.objects.get(initiative=initiative)
    assert (action.kind, action.due_on, action.minutes, action.state) == (
        "communication",
        date(2026, 11, 24),
        45,
        "planned",
    )
    assert set(action.sources.all()) == {first, second}
    goal = Objective.objects.get(title="Solved at the first call")
    assert (float(goal.baseline or 0), float(goal.target or 0), goal.unit) == (57.5, 80, "%")
    assert sorted(heard) == ["Nobody asked us", "Our jobs go next"]
    events = AuditEvent.objects.filter(scope=initiative.audit_scope)
    verbs = sorted(events.values_list("object_type", "verb"))
    assert verbs == sorted(
        [
            ("affectedgroup", "created"),
            ("initiative", "imported"),
            ("mitigationaction", "created"),
            ("objective", "created"),
            *[("resistancereview", "created")] * 2,
            *[("resistancesource", "created")] * 2,
        ]
    )

    again = bring_in(initiative, content, lead.user)

    assert all(not (each["new"] or each["changed"]) for each in counts_of(again).values())
    assert AuditEvent.objects.filter(scope=initiative.audit_scope).count() == len(verbs)


def test_what_goes_out_as_a_workbook_comes_in_again_without_a_change(
    initiative: Initiative, words: None, lead: Person, sign_in: SignIn
) -> None:
    twin = factories.make_person("Tom Reyes", external_id="tom-2")
    factories.make_role(initiative, twin, "coach")
    groups = [factories.make_audience(name=name) for name in ("Desk", "Desk", "Night; day")]
    for group in groups:
        factories.make_group(initiative, group, influence=2, message="=1+1")
    entries = [
        factories.make_source(
            initiative,
            statement=statement,
            audiences=groups[:2],
            owner=twin,
            origin="anticipated",
        )
        for statement in ("We have\nseen it before", "We have seen it before", "A; b")
    ]
    for level, day in ((4, TODAY - timedelta(days=9)), (2, TODAY)):
        factories.make_review(entries[0], level, reviewed_on=day, note="They ask")
    for title in ("Town hall", "Town hall"):
        factories.make_action(
            initiative,
            sources=entries[:2],
            audiences=groups,
            title=title,
            owner=twin,
            position=30,
            due_on=TODAY,
            description="@home",
        )
    factories.make_action(initiative, sources=entries, state="done", done_on=TODAY, position=100)
    factories.make_objective(initiative, baseline="57.50", target="1200.25", direction="down")
    page: Client = sign_in.page(lead)

    sent: Any = page.get("/change/i/desk/spreadsheet/register.xlsx")
    done = bring_in(initiative, b"".join(sent.streaming_content), lead.user)

    assert counts_of(done) == {
        "groups": {"new": 0, "changed": 0, "same": 3, "left": 0},
        "resistance": {"new": 0, "changed": 0, "same": 3, "left": 0},
        "actions": {"new": 0, "changed": 0, "same": 3, "left": 0},
        "objectives": {"new": 0, "changed": 0, "same": 2, "left": 0},
    }
    german: Any = page.get("/change/i/desk/spreadsheet/register.xlsx", HTTP_ACCEPT_LANGUAGE="de")
    told = b"".join(german.streaming_content)
    assert not any(each["changed"] for each in counts_of(bring_in(initiative, told)).values())
    empty: Any = page.get("/change/i/desk/spreadsheet/template.xlsx")
    untouched = bring_in(initiative, b"".join(empty.streaming_content), lead.user)
    assert counts_of(untouched)["resistance"] == {"new": 0, "changed": 0, "same": 0, "left": 3}


def test_what_is_wrong_is_told_row_by_row_and_nothing_is_applied(
    initiative: Initiative, words: None
) -> None:
    accepted = factories.make_source(
        initiative,
        statement="Live with it",
        state="accepted",
        review_on=TODAY,
        owner=factories.make_person("Olu"),
        approver=factories.make_person("Ann"),
    )
    factories.make_action(initiative, sources=[accepted], title="Over", state="done", done_on=TODAY)
    factories.make_audience(name="Crews")
    content = workbook(
        Groups=[
            ["Group", "Impact", "First day", "Last day"],
            ["Nobody here", 9, None, None],
            ["Crews", 3, TODAY, TODAY - timedelta(days=1)],
        ],
        Resistance=[
            [
                "What we hear",
                "Kind of resistance",
                "Owner",
                "Level",
                "Reviewed on",
                "Look again on",
            ],
            ["", "Unknown", "Noor Ali", "loud", TODAY + timedelta(days=1), None],
            ["It failed before", "Old wounds", None, None, None, None],
            ["Twice", "job-loss", None, None, None, None],
            ["twice", "job-loss", None, None, None, None],
            ["Live with it", "job-loss", None, None, None, None],
        ],
        Actions=[
            ["Action", "Answers", "Kind of work", "Strategy", "How far, 0 to 100"],
            ["Talk", "Nothing that is here", "coaching", None, 120],
            ["Talk more", "Twice", "coaching", "tell", 10],
            ["Talk again", "Live with it", None, None, 10],
            ["Over", "Live with it", None, None, 50],
        ],
        Objectives=[
            ["What we want to reach", "Where we start", "Where we want to be", "Direction"],
            ["Fewer complaints", 90, 40, "higher is better"],
            ["More first answers", 40, 90, "higher is better"],
        ],
    )
    before = AuditEvent.objects.count()

    with pytest.raises(RefusedImportError) as refused:
        bring_in(initiative, content)

    told = {(each.field, each.row) for each in refused.value.problems if each.is_error}
    assert told == {
        ("Groups: Group", 2),
        ("Groups: Impact", 2),
        *{
            (f"Resistance: {name}", 2)
            for name in ("What we hear", "Kind of resistance", "Owner", "Level", "Reviewed on")
        },
        ("Resistance: Last time", 3),
        ("Resistance: This time", 3),
        ("Resistance: What we hear", 5),
        ("Resistance: Owner", 6),
        ("Actions: Answers", 2),
        ("Actions: How far, 0 to 100", 2),
        ("Actions: Kind of work", 3),
        ("Actions: Kind of work", 4),
        ("Actions: How far, 0 to 100", 5),
        ("Groups: Last day", 3),
        ("Objectives: Direction", 2),
    }
    assert ResistanceSource.objects.count() == 1
    assert AuditEvent.objects.count() == before


def test_what_is_changed_in_the_file_is_changed_and_the_rest_stays(
    initiative: Initiative, sheets: dict[str, list[list[Any]]], lead: Person
) -> None:
    bring_in(initiative, workbook(**sheets), lead.user)
    first, _second = ResistanceSource.objects.order_by("pk")
    again = workbook(
        Resistance=[
            ["Number", "What we hear", "Kind of resistance", "Owner", "Level", "Groups"],
            [f"#{first.pk}", "Our jobs go first", "job-loss", None, 5, None],
        ]
    )
    seen = bring_in(initiative, again, lead.user, dry_run=True)
    factories.make_source(initiative)

    done = bring_in(initiative, again, lead.user, expected=seen.digest)

    assert counts_of(done) == {"resistance": {"new": 0, "changed": 1, "same": 0, "left": 2}}
    first.refresh_from_db()
    assert (first.statement, first.owner, first.version) == ("Our jobs go first", None, 2)
    assert not first.audiences.exists()
    assert list(first.reviews.order_by("pk").values_list("level", flat=True)) == [3, 5]
    event = AuditEvent.objects.get(object_type="resistancesource", verb="changed")
    assert event.changes == {"statement": "…", "owner": None, "audiences": []}
    with pytest.raises(RegisterChangedError):
        bring_in(initiative, again, lead.user, expected=seen.digest)


def test_another_kind_of_work_lets_go_of_what_only_the_one_before_had(
    initiative: Initiative, words: None
) -> None:
    source = factories.make_source(initiative, statement="Nobody asked us")
    action = factories.make_action(
        initiative, sources=[source], title="Letter", kind="communication", message="Why now"
    )

    bring_in(
        initiative,
        workbook(
            Actions=[
                ["Action", "Answers", "Kind of work"],
                ["Letter", "Nobody asked us", "leadership"],
            ]
        ),
    )

    action.refresh_from_db()
    assert (action.kind, action.message) == ("leadership", "")


@pytest.mark.parametrize(("chosen", "left"), [("", "ability"), ("reinforcement", "reinforcement")])
def test_another_kind_of_resistance_takes_its_stage_along_unless_somebody_chose_one(
    initiative: Initiative, words: None, chosen: str, left: str
) -> None:
    before = factories.make_source_type(readiness_stage="awareness")
    factories.make_source(
        initiative, type=before, stage=chosen or "awareness", statement="Nobody asked us"
    )
    other = factories.make_source_type(readiness_stage="ability")

    bring_in(
        initiative,
        workbook(
            Resistance=[
                ["What we hear", "Kind of resistance"],
                ["Nobody asked us", other.slug],
                ["Nothing in it for me", other.slug],
            ]
        ),
    )

    stages = dict(ResistanceSource.objects.values_list("statement", "stage"))
    assert stages == {"Nobody asked us": left, "Nothing in it for me": "ability"}


@pytest.mark.exhaustive
def test_hundreds_of_rows_are_read_with_as_many_queries_as_ten(
    initiative: Initiative, words: None, lead: Person
) -> None:
    def file(rows: int, begin: int) -> bytes:
        heard = [[f"Entry {n}", "job-loss", 3] for n in range(begin, begin + rows)]
        work = [[f"Action {n}", f"Entry {n}", "coaching"] for n in range(begin, begin + rows)]
        return workbook(
            Resistance=[["What we hear", "Kind of resistance", "Level"], *heard],
            Actions=[["Action", "Answers", "Kind of work"], *work],
        )

    counts = []
    for rows, begin in ((1, 0), (10, 10), (200, 1000)):
        with CaptureQueriesContext(connection) as captured:
            bring_in(initiative, file(rows, begin), lead.user)
        # What is written comes in batches, as large as the database takes them.
        counts.append(sum(each["sql"].startswith("SELECT") for each in captured))

    assert MitigationAction.objects.count() == 211
    assert counts[1] == counts[2]


def test_the_command_takes_one_sheet_as_csv_and_names_its_columns(
    initiative: Initiative, words: None, tmp_path: Path, capsys: Any
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Wortlaut;Ursache\nUnsere Stellen fallen weg;job-loss\n")
    options = ["--map", "Wortlaut=resistance.statement", "--sheet", "resistance"]

    call_command("import_register", file, "--initiative=desk", *options, "--dry-run")
    assert not ResistanceSource.objects.exists()
    call_command("import_register", file, "--initiative=desk", *options)

    assert (
        "Resistance: 1 new, 0 changed, 0 as they are, 0 not in the file" in capsys.readouterr().out
    )
    assert ResistanceSource.objects.get().statement == "Unsere Stellen fallen weg"
    file.write_text("Wortlaut;Ursache\nEtwas;unbekannt\n")
    with pytest.raises(CommandError, match="1 error"):
        call_command("import_register", file, "--initiative=desk", *options)
    assert "is no kind of resistance of the catalogue" in capsys.readouterr().err
    for wrong in (
        ["--initiative=nowhere"],
        ["--initiative=desk", "--sheet", "lists"],
        ["--initiative=desk", *options, "--sheet", "Measures=actions"],
    ):
        with pytest.raises(CommandError):
            call_command("import_register", file, *wrong)


def test_nothing_is_brought_into_an_initiative_that_has_ended(
    initiative: Initiative, words: None
) -> None:
    ended = factories.make_initiative(state="closed")
    content = workbook(Objectives=[["What we want to reach"], ["More"]])

    with pytest.raises(InitiativeEndedError):
        bring_in(ended, content)
