"""Completions, scores and progress that other systems report."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from change_tracker.core.models import AuditEvent, IdempotencyKey
from change_tracker.people.models import Person
from change_tracker.training.models import LearningActivity, TrainingPlan, TrainingRecord
from change_tracker.training.services import revoke_completion, waive_record
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

URL = "/change/api/v1/completions/"


@pytest.fixture
def quiz() -> APIClient:
    client = APIClient()
    client.force_authenticate(factories.make_user("quiz", "report_completions"))
    return client


@pytest.fixture
def activity() -> LearningActivity:
    return factories.make_activity(completion_rule="external")


@pytest.fixture
def test_activity() -> LearningActivity:
    return factories.make_activity(completion_rule="score", pass_score=80)


@pytest.fixture
def plan(lead: Person, activity: LearningActivity, test_activity: LearningActivity) -> TrainingPlan:
    initiative = factories.make_initiative(lead=lead)
    return factories.make_plan(initiative, items=[activity, test_activity])


@pytest.fixture
def records(plan: TrainingPlan, employee: Person) -> list[TrainingRecord]:
    return list(factories.make_enrolment(plan, employee).records.order_by("item__position"))


def send(client: APIClient, body: Any, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(URL, body, format="json", headers=headers)


def row_of(record: TrainingRecord, **values: Any) -> dict[str, Any]:
    return {"person": record.person.external_id, "activity": record.activity_id} | values


class TestOne:
    def test_a_report_completes_the_record_and_says_so(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        record = records[0]
        response = send(quiz, row_of(record, completed_on="2026-11-09"))

        assert response.status_code == 200, response.json()
        assert response.json()["status"] == "completed"
        assert response.json()["records"] == [record.pk]
        record.refresh_from_db()
        assert (record.state, record.completed_on) == ("completed", date(2026, 11, 9))
        assert record.completed_at == NOW

    def test_a_person_may_have_a_key_as_long_as_the_roster_takes(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        Person.objects.filter(pk=records[0].person_id).update(external_id="k" * 200)
        body = {"person": "k" * 200, "record": records[0].pk, "completed_on": "2026-11-09"}

        assert send(quiz, body).json()["status"] == "completed"

    @pytest.mark.parametrize("name", ["activity", "record"])
    def test_an_id_that_no_column_holds_is_refused_and_nothing_else(
        self, name: str, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        huge = {"person": records[0].person.external_id, name: 2**63, "completed_on": "2026-11-09"}
        good = row_of(records[0], completed_on="2026-11-09")

        alone, many = send(quiz, huge), send(quiz, [huge, good])

        assert (alone.status_code, name in alone.json()["errors"]) == (400, True)
        assert [each["status"] for each in many.json()] == ["refused", "completed"]

    def test_the_same_again_writes_nothing(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        send(quiz, row_of(records[0], completed_on="2026-11-09"))
        before, version = AuditEvent.objects.count(), TrainingRecord.objects.get(pk=records[0].pk)

        response = send(quiz, row_of(records[0], completed_on="2026-11-09"))

        assert response.json()["status"] == "unchanged"
        assert AuditEvent.objects.count() == before
        records[0].refresh_from_db()
        assert records[0].version == version.version

    def test_another_day_corrects_it_with_a_line_of_history(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        send(quiz, row_of(records[0], completed_on="2026-11-09"))

        response = send(quiz, row_of(records[0], completed_on="2026-11-08"))

        assert response.json()["status"] == "updated"
        event = AuditEvent.objects.latest("pk")
        assert (event.verb, event.changes) == ("corrected", {"completed_on": "2026-11-08"})

    def test_a_score_decides_where_one_is_needed(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        record = records[1]
        failed = send(quiz, row_of(record, score="79.99", completed_on="2026-11-08"))
        record.refresh_from_db()
        assert (failed.json()["status"], record.state) == ("updated", "in_progress")
        assert (str(record.score), record.completed_on) == ("79.99", None)

        passed = send(quiz, row_of(record, score=80))

        record.refresh_from_db()
        assert (passed.json()["status"], record.state) == ("completed", "completed")
        assert record.completed_on == TODAY

    def test_a_worse_score_never_opens_it_again(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        send(quiz, row_of(records[1], score=90))

        response = send(quiz, row_of(records[1], score=10))

        assert (response.status_code, response.json()["code"]) == (409, "below_pass_score")
        records[1].refresh_from_db()
        assert (records[1].state, records[1].score) == ("completed", Decimal(90))

    def test_progress_begins_it_and_is_kept_in_words(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        response = send(quiz, row_of(records[0], progress=60, progress_label="part 3 of 5"))

        assert response.json()["status"] == "updated"
        records[0].refresh_from_db()
        assert (records[0].state, records[0].progress) == ("in_progress", 60)
        assert records[0].progress_label == "part 3 of 5"

    def test_the_last_one_completes_the_enrolment(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        send(quiz, [row_of(records[0], completed_on="2026-11-09"), row_of(records[1], score=99)])

        records[0].enrolment.refresh_from_db()
        assert records[0].enrolment.state == "completed"

    @pytest.mark.parametrize(
        ("values", "code", "field"),
        [
            ({"person": "nobody", "completed_on": "2026-11-09"}, "unknown_person", "person"),
            ({"activity": 10**9, "completed_on": "2026-11-09"}, "not_assigned", "activity"),
            ({"completed_on": "2026-11-19"}, "future", "completed_on"),
        ],
    )
    def test_what_cannot_be_written_is_refused_by_name(
        self,
        quiz: APIClient,
        records: list[TrainingRecord],
        values: dict[str, Any],
        code: str,
        field: str,
    ) -> None:
        response = send(quiz, row_of(records[0], **values))

        assert (response.status_code, response.json()["code"]) == (409, code)
        (listed,) = send(quiz, [row_of(records[0], **values)]).json()
        assert (listed["status"], listed["code"], listed["field"]) == ("refused", code, field)

    def test_a_completion_without_the_score_it_needs_is_refused(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        response = send(quiz, row_of(records[1], completed_on="2026-11-09"))

        assert response.json()["code"] == "no_score"

    def test_an_exemption_stays(
        self, quiz: APIClient, records: list[TrainingRecord], hr: Person
    ) -> None:
        assert hr.user is not None
        waive_record(record=records[0], reason="x", actor=hr.user, today=TODAY, now=NOW)

        response = send(quiz, row_of(records[0], completed_on="2026-11-09"))

        assert response.json()["code"] == "not_open"

    @pytest.mark.parametrize("by", ["activity", "record"])
    def test_what_was_taken_back_is_not_done_again_by_the_same_row(
        self, quiz: APIClient, records: list[TrainingRecord], hr: Person, by: str
    ) -> None:
        send(quiz, row_of(records[0], completed_on="2026-11-09"))
        assert hr.user is not None
        fresh = revoke_completion(
            record=records[0], reason="x", actor=hr.user, today=TODAY, now=NOW
        )
        about = {"activity": fresh.activity_id, "record": fresh.pk}[by]
        row = {"person": records[0].person.external_id, by: about}

        again = send(quiz, row | {"completed_on": "2026-11-09"})
        since = send(quiz, row | {"completed_on": TODAY.isoformat()})

        assert (again.status_code, again.json()["code"]) == (409, "revoked")
        assert (since.json()["status"], since.json()["records"]) == ("completed", [fresh.pk])

    @pytest.mark.parametrize(
        "body",
        [
            {"person": "x", "activity": 1},
            {"person": "x", "activity": 1, "record": 1, "progress": 1},
            {"activity": 1, "progress": 1},
            {"person": "x", "activity": 1, "progress": 101},
            {"person": "x", "activity": 1, "score": "many"},
            [],
            "text",
        ],
    )
    def test_a_body_that_says_nothing_of_use_is_a_400(self, quiz: APIClient, body: Any) -> None:
        assert send(quiz, body).status_code == 400

    def test_more_than_a_thousand_rows_are_a_400(self, quiz: APIClient) -> None:
        assert send(quiz, [{"person": "x"}] * 1001).status_code == 400


class TestMany:
    def test_each_row_has_its_answer_and_one_that_is_refused_keeps_none_back(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        first, second = records
        body = [
            {"person": "nobody", "activity": first.activity_id, "progress": 1},
            row_of(first, completed_on="2026-11-09"),
            row_of(first, progress=400),
            row_of(first, completed_on="2026-11-08"),
            {"person": second.person.external_id, "record": second.pk, "score": 100},
        ]

        rows = send(quiz, body).json()

        said = [(row["status"], row["code"]) for row in rows]
        assert said == [
            ("refused", "unknown_person"),
            ("completed", ""),
            ("refused", "invalid"),
            ("refused", "twice"),
            ("completed", ""),
        ]
        first.refresh_from_db()
        assert first.completed_on == date(2026, 11, 9)

    def test_every_plan_with_the_activity_hears_of_it(
        self, quiz: APIClient, plan: TrainingPlan, records: list[TrainingRecord], employee: Person
    ) -> None:
        other = factories.make_plan(plan.initiative, items=[records[0].activity])
        twin = factories.make_enrolment(other, employee).records.get()

        answer = send(quiz, row_of(records[0], completed_on="2026-11-09")).json()

        assert answer["records"] == [records[0].pk, twin.pk]

    def test_the_number_of_queries_does_not_grow_with_the_rows(
        self, quiz: APIClient, plan: TrainingPlan, activity: LearningActivity
    ) -> None:
        counted: list[int] = []
        send(quiz, {"person": "nobody", "activity": activity.pk, "progress": 1})
        for number in (2, 20, 80):
            people = [factories.make_person() for _ in range(number)]
            for person in people:
                factories.make_enrolment(plan, person)
            body = [
                {"person": each.external_id, "activity": activity.pk, "completed_on": "2026-11-09"}
                for each in people
            ]
            with CaptureQueriesContext(connection) as queries:
                assert {row["status"] for row in send(quiz, body).json()} == {"completed"}
            counted.append(len(queries))

        assert counted[0] == counted[1] == counted[2]


class TestWho:
    def test_only_who_reports_for_a_system_and_hr_may(
        self,
        records: list[TrainingRecord],
        employee: Person,
        manager: Person,
        lead: Person,
        hr: Person,
        sign_in: SignIn,
    ) -> None:
        body = row_of(records[0], completed_on="2026-11-09")
        for person in (employee, manager, lead):
            assert send(sign_in.api(person), body).status_code == 403
        assert send(APIClient(), body).status_code == 401
        assert send(sign_in.api(hr), body).status_code == 200

    def test_a_superuser_does_not_decide_about_training(
        self, records: list[TrainingRecord]
    ) -> None:
        admin = get_user_model().objects.create_superuser("root")
        client = APIClient()
        client.force_authenticate(admin)

        assert send(client, row_of(records[0], progress=1)).status_code == 403

    def test_nobody_reports_about_themselves(
        self, plan: TrainingPlan, hr: Person, sign_in: SignIn
    ) -> None:
        own = factories.make_enrolment(plan, hr).records.first()
        assert own is not None

        response = send(sign_in.api(hr), row_of(own, completed_on="2026-11-09"))

        assert response.json()["code"] == "oneself"

    def test_who_reports_reads_nothing(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        assert quiz.get("/change/api/v1/records/").json()["results"] == []

    def test_nobody_says_themselves_that_they_have_done_it(
        self, records: list[TrainingRecord], employee: Person, hr: Person, sign_in: SignIn
    ) -> None:
        url = f"/change/api/v1/records/{records[0].pk}/complete/"
        for person in (employee, hr):
            response = sign_in.api(person).post(url, {}, format="json")
            assert (response.status_code, response.json()["code"]) == (409, "completion_rule")


class TestKey:
    def test_the_same_request_is_answered_as_before_and_does_nothing(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        body = [row_of(records[0], completed_on="2026-11-09")]
        first = send(quiz, body, "a")
        before = AuditEvent.objects.count()

        again = send(quiz, body, "a")

        assert first.json() == again.json()
        assert again.json()[0]["status"] == "completed"
        assert AuditEvent.objects.count() == before

    def test_the_same_key_with_another_body_is_a_422(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        send(quiz, row_of(records[0], progress=1), "a")

        response = send(quiz, row_of(records[0], progress=2), "a")

        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
        records[0].refresh_from_db()
        assert records[0].progress == 1

    def test_each_caller_has_keys_of_their_own(
        self, quiz: APIClient, records: list[TrainingRecord], hr: Person, sign_in: SignIn
    ) -> None:
        send(quiz, row_of(records[0], progress=1), "a")

        assert send(sign_in.api(hr), row_of(records[0], progress=2), "a").status_code == 200

    def test_what_was_refused_frees_the_key(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        assert send(quiz, row_of(records[0], completed_on="2026-11-19"), "a").status_code == 409

        assert send(quiz, row_of(records[0], completed_on="2026-11-09"), "a").status_code == 200

    def test_a_key_is_forgotten_after_two_days(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        send(quiz, row_of(records[0], progress=1), "a")
        IdempotencyKey.objects.update(created_at=NOW - timedelta(hours=49))

        assert send(quiz, row_of(records[0], progress=2), "a").status_code == 200
        assert IdempotencyKey.objects.count() == 1

    def test_a_key_that_is_too_long_is_a_400(
        self, quiz: APIClient, records: list[TrainingRecord]
    ) -> None:
        assert send(quiz, row_of(records[0], progress=1), "a" * 201).status_code == 400


class TestPages:
    def test_the_item_says_how_it_counts_and_how_far_one_is_and_has_no_button(
        self, quiz: APIClient, records: list[TrainingRecord], employee: Person, sign_in: SignIn
    ) -> None:
        send(quiz, row_of(records[0], progress=60, progress_label="part 3 of 5"))

        for url in (f"/change/t/{records[0].pk}/", "/change/"):
            page = sign_in.page(employee).get(url).content.decode()
            assert "part 3 of 5" in page
            assert "Mark as done" not in page

    def test_pressing_a_button_of_an_old_page_says_why_not(
        self, records: list[TrainingRecord], employee: Person, sign_in: SignIn
    ) -> None:
        response = sign_in.page(employee).post(f"/change/t/{records[1].pk}/done/")

        assert response.status_code == 409
        assert "another system reports" in response.content.decode()

    def test_the_score_that_is_needed_is_said(
        self, records: list[TrainingRecord], employee: Person, sign_in: SignIn
    ) -> None:
        page = sign_in.page(employee).get(f"/change/t/{records[1].pk}/").content.decode()

        assert "your result of at least 80 is reported" in page


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"completion_rule": "score", "pass_score": 80}, 200),
        ({"completion_rule": "score"}, 400),
        ({"pass_score": 80}, 400),
        ({"completion_rule": "guess"}, 400),
    ],
)
def test_the_rule_and_the_score_go_together(
    values: dict[str, Any], code: int, hr: Person, sign_in: SignIn
) -> None:
    activity = factories.make_activity()
    api = sign_in.api(hr)
    url = f"/change/api/v1/activities/{activity.pk}/"

    assert api.patch(url, values, format="json").status_code == code
    made = api.post("/change/api/v1/activities/", values | {"title": "x"}, format="json")
    assert made.status_code == (201 if code == 200 else code)
