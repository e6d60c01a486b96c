"""What others do while somebody looks at a file."""

from typing import Any

import pytest

from change_tracker.core.sentfiles import UploadGoneError, let_go
from change_tracker.people.models import PeopleSync, Person
from change_tracker.people.services import uploads
from change_tracker.people.services.sync import (
    ChangedSincePreviewError,
    apply,
    preview_people,
)
from change_tracker.people.services.sync.write import write_plan
from tests import factories
from tests.factories import NOW
from tests.people.rosters import Source, row

pytestmark = pytest.mark.django_db
ROSTER = b"external_id,name\nK1,Ana Silva\n"


def test_nothing_is_kept_of_a_file_that_is_gone_by_the_time_it_was_looked_at(
    hr: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one that another tab has had applied: nobody would ever forget the names in it."""
    by: dict[str, Any] = {"actor": hr.user, "now": NOW}
    upload = uploads.take_file(name="roster.csv", content=ROSTER, **by)

    def after_the_other(**given: Any) -> Any:
        let_go(upload)
        return preview_people(**given)

    monkeypatch.setattr(uploads, "preview_people", after_the_other)
    with pytest.raises(UploadGoneError):
        uploads.check_upload(upload, **by)

    upload.refresh_from_db()
    assert (upload.content, upload.preview) == (None, None)


@pytest.fixture
def another_adds_ana(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the comparison and the writing."""

    def after_the_other(*given: Any, **named: Any) -> Any:
        factories.make_person("Ana Silva", external_id="K1")
        return write_plan(*given, **named)

    monkeypatch.setattr(apply, "write_plan", after_the_other)


def test_who_is_added_while_one_looks_is_no_error(hr: Person, another_adds_ana: None) -> None:
    by: dict[str, Any] = {"actor": hr.user, "now": NOW}
    upload = uploads.take_file(name="roster.csv", content=ROSTER, **by)

    with pytest.raises(ChangedSincePreviewError):
        uploads.check_upload(upload, **by)


def test_who_is_added_while_a_sync_writes_is_no_error(
    source: Source, another_adds_ana: None
) -> None:
    with pytest.raises(ChangedSincePreviewError):
        apply.apply_people(plan=source.plan(row("K1", "Ana Silva")), actor=None, now=NOW)

    assert PeopleSync.objects.get().state == "refused"
