"""What only one kind of work has: out as a spreadsheet, in again, and refused elsewhere."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.core.tables import RefusedImportError
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import OrgUnit, Person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.spreadsheets.services.importing import counts_of
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.spreadsheets.conftest import bring_in, workbook

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HEAD = ["Action", "Answers", "Kind of work"]


@pytest.fixture
def source(initiative: Initiative) -> ResistanceSource:
    return factories.make_source(initiative, statement="Nobody asked us")


@pytest.fixture
def units(db: None) -> list[OrgUnit]:
    return [factories.make_unit(name) for name in ("Repairs", "Desk; back office", "Repairs")]


def actions(*lines: list[Any], head: list[str]) -> bytes:
    return workbook(Actions=[[*HEAD, *head], *lines])


def one(title: str) -> MitigationAction:
    return MitigationAction.objects.get(title=title)


def errors(initiative: Initiative, content: bytes) -> dict[tuple[str, int | None], str]:
    with pytest.raises(RefusedImportError) as refused:
        bring_in(initiative, content)
    return {(each.field, each.row): each.reason for each in refused.value.problems}


def test_every_kind_goes_out_and_comes_in_again_without_a_change(
    initiative: Initiative,
    source: ResistanceSource,
    units: list[OrgUnit],
    lead: Person,
    sign_in: SignIn,
) -> None:
    own: dict[str, dict[str, Any]] = {
        "communication": {"sender": "Tom", "channel": "mail", "message": "First line\nsecond"},
        "coaching": {"times_planned": 6, "times_done": 2},
        "recognition": {"times_done": 0, "times_planned": None},
        "tools": {"evaluated_on": TODAY, "evaluate_again_on": TODAY + 30 * DAY},
        "experiment": {"tried": "=1+1", "expected": "a", "happened": "b; c", "learnt": "d"},
        "collaboration": {},
        "training": {},
    }
    for kind, values in own.items():
        factories.make_action(initiative, sources=[source], kind=kind, title=kind, **values)
    one("collaboration").units.set(units)
    page = sign_in.page(lead)
    url = "/change/i/desk/spreadsheet/register.xlsx"

    for language in ("en", "de"):
        sent: Any = page.get(url, HTTP_ACCEPT_LANGUAGE=language)
        content = b"".join(sent.streaming_content)
        done = bring_in(initiative, content, lead.user)
        assert counts_of(done)["actions"] == {"new": 0, "changed": 0, "same": 7, "left": 0}

    # In another initiative the same file makes the same actions.
    copy = factories.make_initiative(lead=lead, slug="copy")
    made = bring_in(copy, content, lead.user)
    assert counts_of(made)["actions"] == {"new": 7, "changed": 0, "same": 0, "left": 0}
    for kind, values in own.items():
        row = MitigationAction.objects.get(initiative=copy, kind=kind)
        expected = {name: str(value) for name, value in values.items()}
        assert {name: str(getattr(row, name)) for name in values} == expected
    together = MitigationAction.objects.get(initiative=copy, kind="collaboration")
    assert set(together.units.all()) == set(units)


def test_the_file_fills_changes_and_empties_them(
    initiative: Initiative, source: ResistanceSource, units: list[OrgUnit]
) -> None:
    head = ["Who says it", "Channel", "How often done", "Units that work together"]
    codes = "; ".join(unit.external_id for unit in units[:2])
    bring_in(
        initiative,
        actions(
            ["Town hall", "Nobody asked us", "communication", "Tom", "mail", None, None],
            ["Talks", "Nobody asked us", "coaching", None, None, 1, None],
            ["Both", "Nobody asked us", "collaboration", None, None, None, codes],
            head=head,
        ),
    )
    assert (one("Town hall").sender, one("Town hall").channel) == ("Tom", "mail")
    assert set(one("Both").units.all()) == set(units[:2])

    done = bring_in(
        initiative,
        actions(
            ["Town hall", "Nobody asked us", None, None, "Talk in the team", None, None],
            ["Talks", "Nobody asked us", None, None, None, 3, None],
            ["Both", "Nobody asked us", None, None, None, None, units[2].external_id],
            head=head,
        ),
    )

    assert counts_of(done)["actions"]["changed"] == 3
    assert (one("Town hall").sender, one("Town hall").channel) == ("", "team")
    assert one("Talks").times_done == 3
    assert list(one("Both").units.all()) == [units[2]]


def test_what_a_kind_does_not_have_is_refused_with_its_row_and_column(
    initiative: Initiative, source: ResistanceSource, units: list[OrgUnit]
) -> None:
    factories.make_action(
        initiative, sources=[source], kind="tools", title="Tablets", evaluated_on=TODAY
    )
    head = [
        "Message",
        "How often planned",
        "Evaluate again on",
        "Channel",
        "Units that work together",
    ]
    said = errors(
        initiative,
        actions(
            ["Talks", "Nobody asked us", "coaching", "Hello", 0, None, None, None],
            ["Town hall", "Nobody asked us", "communication", None, 3, None, "pigeon", None],
            [
                "Both",
                "Nobody asked us",
                "collaboration",
                None,
                None,
                None,
                None,
                "Repairs; Nowhere",
            ],
            ["Tablets", "Nobody asked us", None, None, None, TODAY, None, None],
            ["Talk", "Nobody asked us", "training", "Hello", None, None, None, None],
            head=head,
        ),
    )

    assert set(said) == {
        ("Actions: How often planned", 2),
        ("Actions: Channel", 3),
        ("Actions: Units that work together", 4),
        ("Actions: Evaluate again on", 5),
        ("Actions: Message", 6),
    }
    assert said["Actions: Message", 6] == "An action of the kind “training” has no “message”."
    assert MitigationAction.objects.count() == 1


def test_another_kind_needs_the_cells_of_the_one_before_to_be_empty(
    initiative: Initiative, source: ResistanceSource
) -> None:
    factories.make_action(initiative, sources=[source], title="Town hall", message="Hello")

    refused = errors(
        initiative, actions(["Town hall", "Nobody asked us", "coaching", "Hello"], head=["Message"])
    )
    assert ("Actions: Message", 2) in refused
    bring_in(
        initiative, actions(["Town hall", "Nobody asked us", "coaching", None], head=["Message"])
    )

    assert (one("Town hall").kind, one("Town hall").message) == ("coaching", "")
