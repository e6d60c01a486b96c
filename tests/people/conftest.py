from pathlib import Path

import pytest

from tests.people.rosters import Source


@pytest.fixture
def source(tmp_path: Path, db: None) -> Source:
    """A roster that the test writes."""
    return Source(tmp_path)
