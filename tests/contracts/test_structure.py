"""Rules about the shape of the code, which no linter of ours knows."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.contracts.source import PACKAGE, ROOT, Source, calls, dotted, functions, sources

pytestmark = pytest.mark.exhaustive  # no database is in it

MAX_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_INDEX_LINES = 40
INDEXES = ("models.py", "admin.py", "tasks.py", "urls.py")

#: Beside core.states one function writes states: workers race for mails by it, without history.
STATE_WRITERS = {
    ("change_tracker/core/states.py", "*"),
    ("change_tracker/reminders/states.py", "write_state"),
}
#: What browsers send back as it stands in a page, and what is a number of ours in it.
SENT_BACK = re.compile(r'\b(?:value|href|action|id|aria-labelledby)="((?:[^"{]|{{.*?}}|{%.*?%})*)"')
NUMBER = re.compile(r"{{ (?:\w+\.)*(?:\w+_)?(?:pk|(?<!auto_)id|number|version)(?:\|[^}]*)? }}")
#: Creating a row writes its first state; changing one is a move.
FIRST_STATE = {"create", "bulk_create", "get_or_create"}


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = [
        f"{each.name}: {each.lines()} lines"
        for folder in (PACKAGE, ROOT / "project", ROOT / "benchmarks")
        for each in sources(folder)
        if each.lines() > MAX_LINES
    ]

    assert long == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{source.at(each)} {each.name}: {_length(each)} lines"
        for source in sources()
        for each in functions(source.tree)
        if _length(each) > MAX_FUNCTION_LINES
    ]

    assert long == []


def test_index_files_hold_nothing_but_an_index() -> None:
    long = [
        name for name in INDEXES if len((PACKAGE / name).read_text().splitlines()) > MAX_INDEX_LINES
    ]

    assert long == []


def test_state_is_written_by_the_transition_tables_only() -> None:
    found = [line for source in sources() for line in _state_writes(source)]

    assert found == []


def test_the_scan_for_state_writes_sees_each_way_to_do_it() -> None:
    code = """
def f(row, rows):
    row.state = "done"
    row.state: str = "done"
    rows.update(state="done")
    setattr(row, "state", "done")
    rows.bulk_update(rows, ["state"])
    row.save(update_fields=["state"])
    rows.update(**{"state": "done"})
    rows.update_or_create(pk=1, state="done")
    change_row(row, state="done")
    Model(state="draft")
    rows.create(state="draft")
"""
    source = Source(PACKAGE, "example.py", code, ast.parse(code))

    assert len(list(_state_writes(source))) == 9


def test_only_edges_read_the_clock() -> None:
    clocks = {
        "timezone.now",
        "timezone.localdate",
        "timezone.localtime",
        "datetime.now",
        "datetime.today",
        "datetime.utcnow",
        "date.today",
        "time.time",
        "datetime.datetime.now",
        "datetime.date.today",
    }
    found = [
        f"{source.at(call)} {dotted(call.func)}()"
        for source in sources()
        if not source.is_edge and source.name not in {"change_tracker/core/pages.py"}
        for call in calls(source.tree)
        if dotted(call.func) in clocks and not call.args
    ]

    assert found == []


def test_edges_start_from_the_doorway() -> None:
    verbs = ("all", "filter", "get", "exclude", "values", "values_list", "order_by", "first")
    found = [
        f"{source.at(call)} {dotted(call.func)}()"
        for source in sources()
        if source.is_edge and "management" not in source.name
        for call in calls(source.tree)
        if isinstance(call.func, ast.Attribute) and call.func.attr in verbs
        if isinstance(call.func.value, ast.Attribute)
        and call.func.value.attr in {"objects", "_default_manager"}
        and not _continues_to_the_doorway(source, call)
    ]

    assert found == []


def test_models_get_their_label_from_where_they_stand() -> None:
    found = [source.name for source in sources() if "app_label =" in source.text]

    assert found == []


def test_numbers_that_are_sent_back_have_no_separators_of_thousands() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {number}"
        for path in sorted((PACKAGE / "templates").rglob("*.html"))
        for attribute in SENT_BACK.findall(path.read_text())
        for number in NUMBER.findall(attribute)
        if "unlocalize" not in number and number != "{{ id }}"
    ]

    assert found == []


def test_signals_go_out_only() -> None:
    found = [
        f"{source.at(node)} {dotted(node)}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and (dotted(node) == "receiver" or dotted(node).endswith(("_save.connect", ".connect")))
    ]

    assert found == []


def test_the_package_has_no_empty_slice() -> None:
    empty = [
        folder.name
        for folder in PACKAGE.iterdir()
        if (folder / "__init__.py").exists() and len(list(folder.rglob("*.py"))) == 1
    ]

    assert empty == []


def _length(function: ast.FunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _state_writes(source: Source) -> Iterator[str]:
    permitted = [
        function
        for function in functions(source.tree)
        if {(source.name, "*"), (source.name, function.name)} & STATE_WRITERS
    ]
    spared = {id(node) for function in permitted for node in ast.walk(function)}
    for node in ast.walk(source.tree):
        if id(node) not in spared and _writes_state(node):
            yield f"{source.at(node)} {ast.unparse(node)[:80]}"


def _writes_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(each, ast.Attribute) and each.attr == "state" for each in targets)
    if not isinstance(node, ast.Call):
        return False
    name = dotted(node.func).rsplit(".", 1)[-1]
    if name in {"update", "update_or_create", "change_row"}:
        return any(each.arg == "state" or _names_state(each) for each in node.keywords)
    if name in {"setattr", "bulk_update"}:
        return any(_mentions_state(each) for each in node.args)
    return name == "save" and any(_mentions_state(each.value) for each in node.keywords)


def _names_state(keyword: ast.keyword) -> bool:
    is_splat = keyword.arg is None and isinstance(keyword.value, ast.Dict)
    return is_splat and any(_mentions_state(key) for key in keyword.value.keys if key)  # type: ignore[attr-defined]  # a Dict, see above


def _mentions_state(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Constant) and each.value == "state" for each in ast.walk(node))


def _continues_to_the_doorway(source: Source, call: ast.Call) -> bool:
    """`Model.objects.all().visible_to(user)`, also over a variable in the same function."""
    around = next(
        (each for each in functions(source.tree) if any(node is call for node in ast.walk(each))),
        source.tree,
    )
    doors = ("visible_to", "choosable_by", "changeable_by", "deletable_by", "may_create")
    return any(
        isinstance(node, ast.Attribute) and node.attr in doors for node in ast.walk(around)
    ) or ("getattr" in ast.unparse(around) and "verb" in ast.unparse(around))
