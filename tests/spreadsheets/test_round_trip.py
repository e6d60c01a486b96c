"""A lead downloads the register, changes some of it and brings it in again."""

from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.translation import override
from openpyxl import Workbook, load_workbook

from change_tracker.core.tables import RefusedImportError
from change_tracker.core.tables.writing import book_sheets
from change_tracker.core.tables.xlsx_parts import book_pieces
from change_tracker.initiatives.models import Initiative, Objective
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.spreadsheets.names import Names
from change_tracker.spreadsheets.services.exporting import book_of
from change_tracker.spreadsheets.services.importing import counts_of
from change_tracker.spreadsheets.sheets import SHEETS
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.spreadsheets.conftest import bring_in, workbook

pytestmark = pytest.mark.django_db

BEFORE = TODAY - timedelta(days=60)
PARAGRAPHS = "Bring questions.\n\n- The desk\n- The new forms"


@pytest.fixture
def entry(initiative: Initiative) -> ResistanceSource:
    kind = factories.make_source_type(label="Fear", slug="fear")
    return factories.make_source(initiative, type=kind, statement="Our jobs go next")


@pytest.fixture
def downloaded(initiative: Initiative, lead: Person, sign_in: SignIn) -> Any:
    """What there is, as an office program opens it."""

    def load() -> Workbook:
        sent: Any = sign_in.page(lead).get("/change/i/desk/spreadsheet/register.xlsx")
        return load_workbook(BytesIO(b"".join(sent.streaming_content)))

    return load


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def put(book: Workbook, sheet: str, heading: str, value: Any) -> None:
    """Write into the first row below the headings."""
    headings = [cell.value for cell in book[sheet][1]]
    book[sheet].cell(2, headings.index(heading) + 1).value = value


def errors(initiative: Initiative, content: bytes) -> list[str]:
    with pytest.raises(RefusedImportError) as refused:
        bring_in(initiative, content)
    return [each.as_text() for each in refused.value.problems]


def test_another_word_leaves_the_paragraphs_around_it(
    initiative: Initiative, entry: ResistanceSource, downloaded: Any
) -> None:
    # Browsers send their line ends.
    text = PARAGRAPHS.replace("\n", "\r\n")
    action = factories.make_action(initiative, sources=[entry], title="Town hall", description=text)
    book = downloaded()
    assert counts_of(bring_in(initiative, saved(book)))["actions"]["changed"] == 0

    put(book, "Actions", "What exactly", PARAGRAPHS.replace("desk", "one desk"))
    bring_in(initiative, saved(book))

    action.refresh_from_db()
    assert action.description == "Bring questions.\n\n- The one desk\n- The new forms"


def test_a_text_that_is_longer_than_any_cell_keeps_its_end(
    initiative: Initiative, entry: ResistanceSource, downloaded: Any
) -> None:
    factories.make_action(initiative, sources=[entry], title="Town hall", description="x" * 40_000)

    done = bring_in(initiative, saved(downloaded()))

    assert counts_of(done)["actions"] == {"new": 0, "changed": 0, "same": 1, "left": 0}
    assert len(MitigationAction.objects.get().description) == 40_000


@pytest.mark.parametrize("note", ["They walked out", "They ask"])
def test_another_level_beside_the_day_of_the_last_review_is_one_of_today(
    initiative: Initiative, entry: ResistanceSource, downloaded: Any, note: str
) -> None:
    factories.make_review(entry, 4, reviewed_on=BEFORE, note="They walked out")
    book = downloaded()
    put(book, "Resistance", "Level", 2)
    put(book, "Resistance", "Why this level", note)

    bring_in(initiative, saved(book))

    # Why it was so high then is not why it is low now.
    why = note if note == "They ask" else ""
    reviews = list(entry.reviews.order_by("pk").values_list("level", "reviewed_on", "note"))
    assert reviews == [(4, BEFORE, "They walked out"), (2, TODAY, why)]
    again = bring_in(initiative, saved(book))
    assert counts_of(again)["resistance"]["changed"] == 0


def test_a_review_of_another_day_is_of_that_day(
    initiative: Initiative, entry: ResistanceSource, downloaded: Any
) -> None:
    factories.make_review(entry, 4, reviewed_on=BEFORE)
    book = downloaded()
    put(book, "Resistance", "Level", 2)
    put(book, "Resistance", "Reviewed on", TODAY - timedelta(days=7))

    bring_in(initiative, saved(book))

    latest = entry.latest_review()
    assert latest is not None
    assert (latest.level, latest.reviewed_on) == (2, TODAY - timedelta(days=7))


def test_one_of_two_that_say_the_same_is_named_by_its_number(
    initiative: Initiative, entry: ResistanceSource
) -> None:
    twin = factories.make_source(initiative, type=entry.type, statement=entry.statement)
    head = ["Number", "What we hear", "Kind of resistance", "Last time"]

    (told,) = errors(initiative, workbook(Resistance=[head, [None, entry.statement, "Fear", "x"]]))

    assert told == (
        "Row 2, Resistance: What we hear: This is here several times. "
        f"Write its number under “Number”: #{entry.pk}, #{twin.pk}."
    )
    bring_in(initiative, workbook(Resistance=[head, [f"#{twin.pk}", twin.statement, "Fear", "x"]]))
    entry.refresh_from_db()
    twin.refresh_from_db()
    assert (entry.last_time, twin.last_time) == ("", "x")


def test_a_number_in_another_column_is_no_number(
    initiative: Initiative, entry: ResistanceSource
) -> None:
    lines = [["What we hear", "Kind of resistance"], [f"#{entry.pk}", "Fear"]]

    done = bring_in(initiative, workbook(Resistance=lines))

    assert counts_of(done)["resistance"]["new"] == 1
    entry.refresh_from_db()
    assert entry.statement == "Our jobs go next"


def test_what_answers_a_number_that_several_have_is_told_so(
    initiative: Initiative, entry: ResistanceSource
) -> None:
    content = workbook(
        Resistance=[
            ["Nr", "What we hear", "Kind of resistance"],
            [1, "A", "Fear"],
            [1, "B", "Fear"],
        ],
        Actions=[["Action", "Answers", "Kind of work"], ["Town hall", 1, "leadership"]],
    )

    assert errors(initiative, content) == [
        "Row 2, Actions: Answers: “1” is the number of several rows; give each one of its own."
    ]


def test_what_is_heard_may_look_like_the_key_of_a_group(
    initiative: Initiative, entry: ResistanceSource
) -> None:
    groups = [factories.make_audience(name=name) for name in ("Repairs", "Lettings")]
    head = ["What we hear", "Kind of resistance", "Groups"]
    # The other way round, so that an entry and its group do not both have the same key.
    rows = [[str(each.pk), "Fear", each.name] for each in reversed(groups)]

    bring_in(initiative, workbook(Resistance=[head, *rows]))

    for group in groups:
        made = ResistanceSource.objects.get(statement=str(group.pk))
        assert list(made.audiences.all()) == [group]


def test_a_share_of_an_office_program_is_the_number_that_it_shows(
    initiative: Initiative, entry: ResistanceSource
) -> None:
    book = load_workbook(
        BytesIO(
            workbook(
                Actions=[
                    ["Action", "Answers", "Kind of work", "Progress"],
                    ["Town hall", entry.statement, "leadership", 1],
                ],
                Objectives=[["Goal", "Baseline", "Target"], ["At the first call", 0.575, 0.8]],
            )
        )
    )
    for cell in (book["Actions"]["D2"], book["Objectives"]["B2"], book["Objectives"]["C2"]):
        cell.number_format = "0.0%"

    bring_in(initiative, saved(book))

    goal = Objective.objects.get(title="At the first call")
    assert MitigationAction.objects.get().position == 100
    assert (float(goal.baseline or 0), float(goal.target or 0)) == (57.5, 80)


@pytest.mark.parametrize("told_in", ["en", "de"])
def test_a_choice_may_be_written_as_the_file_explains_it(told_in: str) -> None:
    names: Any = SimpleNamespace(kinds=Names(()), strategies=Names(()))
    explained = 0
    for sheet in SHEETS:
        for column in sheet.columns:
            with override(told_in):
                told = column.words(names) if column.words else []
            for words in told:
                column.read(words, names)
                explained += 1

    assert explained > 30


@pytest.mark.parametrize(("made_in", "read_in"), [("de", "en"), ("en", "de")])
def test_a_file_in_another_language_than_its_readers_is_recognised(
    initiative: Initiative, entry: ResistanceSource, lead: Person, made_in: str, read_in: str
) -> None:
    factories.make_review(entry, 3)
    factories.make_action(initiative, sources=[entry], kind="communication", channel="meeting")
    factories.make_group(initiative, factories.make_audience(name="Repairs"))
    with override(made_in):
        book = book_of(initiative, user=lead.user, today=TODAY)
        content = b"".join(book_pieces(book_sheets(book)))

    with override(read_in):
        done = bring_in(initiative, content, lead.user)

    assert counts_of(done) == {
        "groups": {"new": 0, "changed": 0, "same": 1, "left": 0},
        "resistance": {"new": 0, "changed": 0, "same": 1, "left": 0},
        "actions": {"new": 0, "changed": 0, "same": 1, "left": 0},
        "objectives": {"new": 0, "changed": 0, "same": 1, "left": 0},
    }
