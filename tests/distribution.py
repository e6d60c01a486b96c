"""Who runs what with xdist: tests that share what is slow to make stay with one process.

The mark `xdist_group` would say so beside the tests, but has no effect with pytest 9.2
(pytest-xdist#1386).
"""

from typing import Any

import pytest

TOGETHER = (
    "tests/contracts/test_page_budgets.py",
    "tests/contracts/test_query_counts.py",
    "tests/hosts/",
    "tests/project/story/",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each test goes to whoever is free; those of TOGETHER all at once, and before the others."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            return next((where for where in TOGETHER if nodeid.startswith(where)), nodeid)

    return Together(config, log)
