"""The table of what was tried, at the end of a run."""

from typing import Any

import pytest

from tests.faults.trial import IS_LONG, TRIED
from tests.reminders.conftest import sink

__all__ = ["sink"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A long run takes its time."""
    for item in items:
        if "tests/faults/" in item.nodeid:
            item.add_marker(pytest.mark.long)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the docs show, from `make faults`."""
    if IS_LONG and TRIED:
        terminalreporter.write_line("| fault | reminders | lost | repeated | given up |")
        terminalreporter.write_line("|---|---|---|---|---|")
        for each in TRIED:
            terminalreporter.write_line(str(each))
