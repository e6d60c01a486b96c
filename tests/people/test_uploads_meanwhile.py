"""What becomes of a file while a worker looks at it."""

from typing import Any

import pytest

from change_tracker.core.sentfiles import UploadGoneError, let_go
from change_tracker.people.models import Person
from change_tracker.people.services import uploads
from tests.factories import NOW

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

    preview_people = uploads.preview_people
    monkeypatch.setattr(uploads, "preview_people", after_the_other)
    with pytest.raises(UploadGoneError):
        uploads.check_upload(upload, **by)

    upload.refresh_from_db()
    assert (upload.content, upload.preview) == (None, None)
