"""Lists of the API, as the lead of an initiative pages through them."""

import json
from base64 import b64encode
from collections import defaultdict
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Exists, F, Min, OuterRef, Subquery
from django.utils import timezone
from rest_framework.test import APIRequestFactory, force_authenticate

from benchmarks.crowd import ITEMS, TODAY, enrol, make_crowd
from benchmarks.harness import Work
from change_tracker.core.api.views import BaseViewSet
from change_tracker.core.text import short_date
from change_tracker.training.api.enrolments import EnrolmentViewSet
from change_tracker.training.api.records import RecordViewSet
from change_tracker.training.models import (
    Enrolment,
    EnrolmentReason,
    ExtensionRequest,
    TrainingRecord,
)

PAGE = 50


class List(Work):
    """The first page of fifty, all of whose rows the caller reads in full."""

    against = ".values() and json"
    target = 1.5
    times = 10
    view: ClassVar[type[BaseViewSet]]
    user: AbstractBaseUser
    rows: int

    def load(self, size: int) -> None:
        crowd = make_crowd(size // ITEMS)
        enrol(
            crowd.rules[0],
            assigned_on=TODAY - timedelta(days=30),
            due_on=f"DATE '{TODAY}' - 10 + item.position * 5",
            due_rule="'fixed'",
        )
        assert crowd.lead.user is not None
        self.user = crowd.lead.user
        # A small list has a first and a last page, too.
        self.rows = min(PAGE, size // ITEMS // 2)

    def ours(self) -> Any:
        return self.page()

    def page(self, **query: str) -> Any:
        """One page as the endpoint answers it."""
        request = APIRequestFactory().get("/", {"page_size": str(self.rows), **query})
        force_authenticate(request, self.user)
        response: Any = self.view.as_view({"get": "list"})(request)
        return response.render().content

    def plain(self, answer: Any) -> object:
        found = json.loads(answer)
        return found["results"] if isinstance(found, dict) else found


class RecordList(List):
    name = "list-of-records"
    view = RecordViewSet

    def bare(self) -> Any:
        rows: Any = TrainingRecord.objects.visible_to(self.user).with_discretion(self.user)
        found = rows.order_by("-id").values(
            "is_known_in_full",
            "id",
            "enrolment",
            "item",
            "attempt",
            "person",
            "plan",
            "activity",
            "activity_version",
            "unit",
            "opens_on",
            "due_on",
            "due_rule",
            "due_days",
            "is_extended",
            "due_unit",
            "due_moved",
            "state",
            "completed_on",
            "expires_on",
            "completed_at",
            "completed_by",
            "left_on",
            "left_by",
            "left_reason",
            "score",
            "progress",
            "progress_label",
            "origin",
            "version",
            person_name=F("person__display_name"),
            title=F("activity__title"),
        )
        page = list(found[: self.rows])
        today = timezone.localdate()
        extended = ExtensionRequest.objects.filter(record__in=[row["id"] for row in page])
        granted = dict(extended.filter(state="granted").values_list("record", "answer"))
        for row in page:
            assert row.pop("is_known_in_full")
            row["standing"] = "late" if row["due_on"] < today else "open"
            row["due_words"] = f"due {short_date(row['due_on'], today)}"
            row["extended"] = granted.get(row["id"], "")
        return json.dumps(page, default=str)


class EnrolmentList(List):
    name = "list-of-enrolments"
    view = EnrolmentViewSet

    def bare(self) -> Any:
        rows: Any = Enrolment.objects.visible_to(self.user).with_discretion(self.user)
        records = TrainingRecord.objects.outstanding().filter(enrolment=OuterRef("pk"))
        first = records.order_by().values("enrolment").annotate(on=Min("due_on")).values("on")
        found = rows.order_by("-id").values(
            "is_known_in_full",
            "id",
            "person",
            "plan",
            "cycle",
            "assigned_on",
            "state",
            "version",
            person_name=F("person__display_name"),
            plan_title=F("plan__title"),
            due_on=Subquery(first),
            is_late=Exists(records.overdue(timezone.localdate())),
        )
        page = list(found[: self.rows])
        reasons = EnrolmentReason.objects.filter(enrolment__in=[row["id"] for row in page])
        groups: dict[int, list[str]] = defaultdict(list)
        left: dict[int, list[str]] = defaultdict(list)
        columns = ("enrolment", "ended_on", "plan_audience__audience__name")
        for enrolment, ended_on, name in reasons.values_list(*columns):
            (left if ended_on else groups)[enrolment].append(name)
        for row in page:
            assert row.pop("is_known_in_full")
            row["standing"] = "late" if row.pop("is_late") else "open"
            row["groups"], row["groups_left"] = groups[row["id"]], left[row["id"]]
        return json.dumps(page, default=str)


class LastPage(RecordList):
    """The last page of the records, measured against the first."""

    name = "last-page"
    against = "the first page"
    target = 1.2
    cursor: str

    def load(self, size: int) -> None:
        super().load(size)
        keys = TrainingRecord.objects.order_by("pk").values_list("pk", flat=True)
        position = urlencode({"p": keys[self.rows]})
        self.cursor = b64encode(position.encode()).decode()

    def ours(self) -> Any:
        return self.page(cursor=self.cursor)

    def bare(self) -> Any:
        return self.page()

    def plain(self, answer: Any) -> object:
        """Two pages hold different rows, but as many."""
        return len(json.loads(answer)["results"])
