"""Generated pages of the documentation: compared, or rewritten where UPDATE_DOCS=1."""

import os
from pathlib import Path

from tests.contracts.source import ROOT

HOW = "run the tests of tests/contracts once with UPDATE_DOCS=1 and read the difference"


def assert_up_to_date(name: str, text: str) -> None:
    """Fail when the committed `name` is not `text`; with UPDATE_DOCS=1 write it instead."""
    path: Path = ROOT / name
    if os.environ.get("UPDATE_DOCS") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert path.exists(), f"{name} is missing: {HOW}"
    assert path.read_text() == text, f"{name} is out of date: {HOW}"
