"""Enrolments and records through the API: who sees what, and who may do what."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.serializers import ModelSerializer
from rest_framework.test import APIRequestFactory

from change_tracker.people.models import Person
from change_tracker.training.api.enrolments import EnrolmentViewSet
from change_tracker.training.api.records import RecordViewSet
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db

API = "/change/api/v1"
LIMITED_RECORD = {
    "id",
    "enrolment",
    "person",
    "person_name",
    "plan",
    "activity",
    "title",
    "due_on",
    "is_extended",
    "extended",
    "standing",
}


@pytest.fixture
def plan(lead: Person, sponsor: Person) -> TrainingPlan:
    initiative = factories.make_initiative(lead=lead, sponsor=sponsor)
    return factories.make_plan(initiative, items=1)


@pytest.fixture
def enrolment(plan: TrainingPlan, employee: Person) -> Enrolment:
    rule = factories.make_rule(plan, factories.make_audience(employee, name="Repairs"))
    return factories.make_enrolment(plan, employee, due_on=date(2026, 11, 10), rule=rule)


@pytest.fixture
def record(enrolment: Enrolment) -> TrainingRecord:
    return enrolment.records.get()


@pytest.fixture(autouse=True)
def _today(time_machine: Any) -> None:
    time_machine.move_to(NOW)


def ids(api: Any, path: str, **query: Any) -> list[int]:
    response = api.get(f"{API}/{path}/", query)
    assert response.status_code == 200, response.json()
    return [row["id"] for row in response.json()["results"]]


class TestReading:
    """Rows and fields."""

    @pytest.mark.parametrize("view_class", [RecordViewSet, EnrolmentViewSet])
    def test_a_row_is_what_rest_framework_would_make_of_it(
        self, view_class: Any, record: TrainingRecord, lead: Person, hr: Person
    ) -> None:
        done = {"completed_on": NOW.date(), "completed_at": NOW, "completed_by": lead}
        TrainingRecord.objects.update(state="completed", score="87.50", **done)
        request = APIRequestFactory().get("/")
        request.user = hr.user  # type: ignore[assignment]  # the person has a login
        view = view_class(request=request, action="list", format_kwarg=None)
        serializer = view.get_serializer()

        for row in view.get_queryset():
            ours = serializer.to_representation(row)
            assert ours == ModelSerializer.to_representation(serializer, row)
            assert list(ours) == list(serializer.fields)

    def test_the_person_the_lead_the_coach_and_hr_read_every_field(
        self,
        record: TrainingRecord,
        employee: Person,
        lead: Person,
        hr: Person,
        outsider: Person,
        sign_in: SignIn,
    ) -> None:
        factories.make_role(record.plan.initiative, outsider, "coach")

        for person in (employee, lead, hr, outsider):
            body = sign_in.api(person).get(f"{API}/records/{record.pk}/").json()
            assert {"score", "completed_by", "state"} <= set(body)
            enrolled = sign_in.api(person).get(f"{API}/enrolments/{record.enrolment_id}/").json()
            assert enrolled["groups"] == ["Repairs"]

    def test_a_manager_reads_open_late_or_done_and_by_when_only(
        self, record: TrainingRecord, manager: Person, sign_in: SignIn
    ) -> None:
        api = sign_in.api(manager)

        body = api.get(f"{API}/records/{record.pk}/").json()
        (listed,) = api.get(f"{API}/records/").json()["results"]
        enrolled = api.get(f"{API}/enrolments/{record.enrolment_id}/").json()

        assert set(body) == set(listed) == LIMITED_RECORD
        assert (body["standing"], body["due_on"]) == ("late", "2026-11-10")
        assert set(enrolled) == {
            "id",
            "person",
            "person_name",
            "plan",
            "plan_title",
            "due_on",
            "standing",
        }
        assert (enrolled["standing"], enrolled["due_on"]) == ("late", "2026-11-10")

    def test_a_manager_cannot_find_out_by_filtering(
        self, record: TrainingRecord, manager: Person, lead: Person, sign_in: SignIn
    ) -> None:
        TrainingRecord.objects.update(state="waived", left_on=date(2026, 11, 11))

        for path in ("records", "enrolments"):
            state = "waived" if path == "records" else "active"
            assert ids(sign_in.api(manager), path, state=state) == []
            assert len(ids(sign_in.api(lead), path, state=state)) == 1
        assert len(ids(sign_in.api(manager), "records")) == 1

    @pytest.mark.parametrize("role", ["sponsor", "change_agent", "viewer"])
    def test_who_reads_figures_reads_no_persons(
        self, record: TrainingRecord, outsider: Person, sign_in: SignIn, role: str
    ) -> None:
        factories.make_role(record.plan.initiative, outsider, role)
        api = sign_in.api(outsider)

        assert ids(api, "records") == ids(api, "enrolments") == []
        assert api.get(f"{API}/records/{record.pk}/").status_code == 404

    def test_colleagues_and_other_leads_see_nothing(
        self, record: TrainingRecord, outsider: Person, sign_in: SignIn
    ) -> None:
        factories.make_initiative(lead=outsider)

        assert ids(sign_in.api(outsider), "records") == []

    def test_filters(self, plan: TrainingPlan, lead: Person, sign_in: SignIn) -> None:
        unit = factories.make_unit()
        one = factories.make_enrolment(plan, factories.make_person(unit=unit))
        two = factories.make_enrolment(
            factories.make_plan(plan.initiative), factories.make_person(), due_on=None
        )
        api = sign_in.api(lead)

        for query in ({"plan": plan.pk}, {"unit": unit.pk}, {"person": one.person_id}):
            assert ids(api, "enrolments", **query) == [one.pk]
            assert ids(api, "records", **query) == [one.records.get().pk]
        due = {"due_from": "2026-11-01", "due_to": "2026-12-01"}
        assert ids(api, "records", **due) == [one.records.get().pk]
        assert ids(api, "records", state="completed") == []
        assert ids(api, "enrolments", state="active") == [two.pk, one.pk]

    @pytest.mark.parametrize("value", ["x", "99999999999999999999"])
    def test_a_filter_that_is_no_id_is_a_400(
        self, lead: Person, sign_in: SignIn, value: str
    ) -> None:
        response = sign_in.api(lead).get(f"{API}/records/", {"plan": value})

        assert response.status_code == 400

    @pytest.mark.parametrize("path", ["records", "enrolments"])
    def test_the_number_of_queries_does_not_grow(
        self, plan: TrainingPlan, lead: Person, sign_in: SignIn, path: str
    ) -> None:
        api, rule = sign_in.api(lead), factories.make_rule(plan, factories.make_audience())
        ids(api, path)
        counted = []
        for number in (1, 9, 40):
            for _ in range(number):
                factories.make_enrolment(plan, factories.make_person(), rule=rule)
            with CaptureQueriesContext(connection) as queries:
                assert ids(api, path)
            counted.append(len(queries))

        assert counted[0] == counted[1] == counted[2]


class TestDoing:
    """Complete, undo, waive, withdraw."""

    def post(self, api: Any, row: Any, verb: str, **body: Any) -> Any:
        path = "records" if isinstance(row, TrainingRecord) else "enrolments"
        return api.post(f"{API}/{path}/{row.pk}/{verb}/", body, format="json")

    def test_one_completes_ones_own_and_takes_it_back(
        self, record: TrainingRecord, employee: Person, sign_in: SignIn
    ) -> None:
        api = sign_in.api(employee)

        done = self.post(api, record, "complete", completed_on="2026-11-09")
        again = self.post(api, record, "complete")
        undone = self.post(api, record, "undo")

        assert (done.status_code, again.status_code, undone.status_code) == (200, 200, 200)
        assert done.json()["completed_on"] == again.json()["completed_on"] == "2026-11-09"
        assert done["ETag"] == again["ETag"] != undone["ETag"]
        assert undone.json()["state"] == "in_progress"

    def test_a_day_in_the_future_is_a_400(
        self, record: TrainingRecord, employee: Person, sign_in: SignIn
    ) -> None:
        response = self.post(sign_in.api(employee), record, "complete", completed_on="2026-11-19")

        assert response.status_code == 400
        assert "completed_on" in response.json()["errors"]

    def test_hr_completes_for_others_but_takes_back_only_what_it_did(
        self, record: TrainingRecord, employee: Person, hr: Person, sign_in: SignIn
    ) -> None:
        self.post(sign_in.api(employee), record, "complete")

        refused = self.post(sign_in.api(hr), record, "undo")

        assert (refused.status_code, refused.json()["code"]) == (409, "cannot_undo")
        self.post(sign_in.api(employee), record, "undo")
        assert self.post(sign_in.api(hr), record, "complete").json()["completed_by"] == hr.pk

    def test_neither_manager_nor_lead_completes_for_those_who_can_sign_in(
        self, record: TrainingRecord, manager: Person, lead: Person, sign_in: SignIn
    ) -> None:
        for person in (manager, lead):
            for verb in ("complete", "undo"):
                assert self.post(sign_in.api(person), record, verb).status_code == 403
        record.refresh_from_db()
        assert record.state == "not_started"

    def test_lead_and_hr_exempt_others_are_refused(
        self,
        record: TrainingRecord,
        lead: Person,
        employee: Person,
        manager: Person,
        outsider: Person,
        sign_in: SignIn,
    ) -> None:
        for person, code in ((employee, 403), (manager, 403), (outsider, 404)):
            response = self.post(sign_in.api(person), record, "waive", reason="x")
            assert response.status_code == code

        assert self.post(sign_in.api(lead), record, "waive").status_code == 400
        assert (
            self.post(sign_in.api(lead), record, "waive", reason="Leave").json()["state"]
            == "waived"
        )

    def test_nobody_exempts_themselves(
        self, plan: TrainingPlan, lead: Person, sign_in: SignIn
    ) -> None:
        own = factories.make_enrolment(plan, lead).records.get()

        assert self.post(sign_in.api(lead), own, "waive", reason="x").status_code == 403

    def test_lead_and_hr_withdraw_others_are_refused(
        self,
        enrolment: Enrolment,
        lead: Person,
        employee: Person,
        manager: Person,
        sponsor: Person,
        sign_in: SignIn,
    ) -> None:
        for person, code in ((employee, 403), (manager, 403), (sponsor, 404)):
            assert self.post(sign_in.api(person), enrolment, "withdraw").status_code == code

        response = self.post(sign_in.api(lead), enrolment, "withdraw", reason="Other job")

        assert (response.status_code, response.json()["standing"]) == (200, "ended")

    def test_rows_are_neither_made_nor_changed_nor_deleted_directly(
        self, record: TrainingRecord, hr: Person, sign_in: SignIn
    ) -> None:
        api = sign_in.api(hr)

        for path in (f"{API}/records/", f"{API}/enrolments/"):
            assert api.post(path, {}, format="json").status_code == 405
        for path in (f"{API}/records/{record.pk}/", f"{API}/enrolments/{record.enrolment_id}/"):
            for method in (api.put, api.patch, api.delete):
                assert method(path).status_code == 405
