"""What Ana finds on her page: an import of hers, and how it went."""

import pytest

from change_tracker.core.jobs.models import JobRun
from change_tracker.people.models import PeopleSync, PeopleUpload

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.exhaustive]


@pytest.mark.usefixtures("told")
def test_ana_has_imported_an_extract_that_changed_nothing() -> None:
    job = JobRun.objects.get()
    latest = PeopleSync.objects.latest("pk")

    assert (str(job.owner), job.state) == ("ana", "done")
    assert [each["reason"] for each in job.problems] == ["Not used: Desk."]
    assert (latest.state, latest.counts["unchanged"], latest.counts["changed"]) == ("applied", 8, 0)
    assert PeopleUpload.objects.get().content is None
