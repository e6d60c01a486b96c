"""Files that belong to an activity: who adds, who reads, and that they go with their row."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import ActivityFile, PlanItem
from change_tracker.training.services import MOST_FILES, attach_file
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, make_file
from tests.portal.browsing import item_url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

API = "/change/api/v1/activity-files/"


@pytest.fixture
def item(lead: Person) -> PlanItem:
    """An activity with a text, in a plan that people have."""
    initiative = factories.make_initiative(lead=lead, slug="front-door")
    body = "Read it *once*. <script>alert(1)</script>"
    activity = factories.make_activity(initiative, title="Listening", body=body)
    return factories.make_plan(initiative, items=[activity]).items.get()


def files_url(item: PlanItem) -> str:
    return f"/change/i/front-door/training/{item.plan_id}/items/{item.pk}/files/"


def test_the_lead_adds_a_file_and_people_find_it_below_the_text(
    item: PlanItem, lead: Person, employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    record = factories.make_enrolment(item.plan, employee).records.get()
    edit = sign_in.page(lead).get(f"/change/i/front-door/training/{item.plan_id}/edit/")
    assert f'href="{files_url(item)}"' in edit.content.decode()
    assert "There are no files yet." in words(sign_in.page(lead).get(files_url(item)))

    added = sign_in.page(lead).post(
        files_url(item), {"file": make_file("Handout.pdf")}, follow=True
    )

    assert "“Handout.pdf” is added." in words(added)
    row = ActivityFile.objects.get()
    page = sign_in.page(employee).get(item_url(record.pk))
    said = words(page).replace("&lt;", "<").replace("&gt;", ">")
    text, _button, files = said.partition("Mark as done")
    assert "Read it once. <script>alert(1)</script>" in text
    assert "Files Handout.pdf" in files
    assert "<script>alert" not in page.content.decode()
    answer: Any = sign_in.page(employee).get(f"/change/files/{row.pk}/")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert answer["Content-Disposition"] == 'attachment; filename="Handout.pdf"'
    assert sign_in.page(outsider).get(f"/change/files/{row.pk}/").status_code == 404


def test_what_is_wrong_with_a_file_is_said(item: PlanItem, lead: Person, sign_in: SignIn) -> None:
    page = sign_in.page(lead)
    wrong = {"a.svg": "of a type that is not allowed", "a.png": "is none inside"}

    for name, said in wrong.items():
        answer = page.post(files_url(item), {"file": make_file(name)})
        assert answer.status_code == 400
        assert said in answer.content.decode()
    assert not ActivityFile.objects.exists()


def test_a_removed_file_is_gone_from_the_storage_as_well(
    item: PlanItem,
    lead: Person,
    sign_in: SignIn,
    django_capture_on_commit_callbacks: Any,
) -> None:
    row = factories.make_activity_file(item.activity)
    other = factories.make_activity_file(factories.make_activity(Initiative.objects.get()))
    page = sign_in.page(lead)

    with django_capture_on_commit_callbacks(execute=True):
        after = page.post(files_url(item), {"remove": row.pk}, follow=True)

    assert "“handout.pdf” is removed." in words(after)
    assert not row.file.storage.exists(str(row.file.name))
    for absent in (other.pk, row.pk, "x", ""):
        assert page.post(files_url(item), {"remove": absent}).status_code == 404
    assert ActivityFile.objects.get() == other


def test_only_who_changes_the_activity_adds_and_removes(
    item: PlanItem, lead: Person, employee: Person, hr: Person, sign_in: SignIn
) -> None:
    factories.make_enrolment(item.plan, employee)
    row = factories.make_activity_file(item.activity)

    def add(person: Person) -> int:
        body = {"activity": item.activity_id, "file": make_file()}
        return int(sign_in.api(person).post(API, body, format="multipart").status_code)

    assert [add(person) for person in (lead, hr, employee)] == [201, 201, 403]
    assert sign_in.api(employee).get(f"{API}{row.pk}/file/").status_code == 200
    only_pdf = {"Accept": "application/pdf"}
    wanted = sign_in.api(employee).get(f"{API}{row.pk}/file/", headers=only_pdf)
    none = sign_in.api(employee).get(f"{API}{row.pk + 1000}/file/", headers=only_pdf)
    assert (wanted.status_code, none.status_code) == (200, 404)
    assert none["Content-Type"] == "application/problem+json"
    assert sign_in.api(employee).delete(f"{API}{row.pk}/").status_code == 403
    found = sign_in.api(employee).get(f"{API}?activity={item.activity_id}").json()["results"]
    assert len(found) == 3
    assert sign_in.api(lead).delete(f"{API}{row.pk}/").status_code == 204
    deleted = AuditEvent.objects.get(object_type="activityfile", verb="deleted")
    assert deleted.scope == item.activity.audit_scope


def test_an_activity_has_so_many_files_and_no_more(item: PlanItem, lead: Person) -> None:
    assert lead.user is not None
    for _ in range(MOST_FILES):
        factories.make_activity_file(item.activity)

    with pytest.raises(ValidationError, match="at most 20 files"):
        attach_file(activity=item.activity, file=make_file(), actor=lead.user, now=NOW)
