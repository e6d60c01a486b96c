"""Long work that the caller began: how far it is, what came of it, and running it again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from change_tracker.core.conf import get_conf
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.files import FilePage
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_again
from change_tracker.core.pages import PageMixin
from change_tracker.core.toasts import leave_toast

#: The browser asks again after so many seconds, as long as there is something to wait for.
REFRESH_SECONDS = 5
#: A job that has not begun by then waits for a worker that is not there.
PATIENCE = timedelta(minutes=3)
SHOWN_PROBLEMS = 100


class JobMixin(PageMixin):
    """A page about one job."""

    @cached_property
    def job(self) -> JobRun:
        """The job in the address."""
        jobs = JobRun.objects.visible_to(self.user)
        return get_object_or_404(jobs.select_related("owner"), pk=self.kwargs["pk"])


class JobPage(JobMixin):
    """How far a job is. Comes again by itself until it is done; `?still` stops that."""

    template_name = "change_tracker/job.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # a wider type
        """The page, with the order to come again."""
        response = super().get(request, *args, **kwargs)
        if self.job.is_open and "still" not in request.GET:
            response["Refresh"] = str(REFRESH_SECONDS)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`job`, its first `problems`, and whether it `waits_long`."""
        job = self.job
        waits = job.state == JobRun.State.QUEUED
        return super().get_context_data(
            job=job,
            problems=job.problems[:SHOWN_PROBLEMS],
            more=max(0, len(job.problems) - SHOWN_PROBLEMS),
            waits_long=waits and timezone.now() - job.queued_at > PATIENCE,
            is_still="still" in self.request.GET,
            is_own=job.is_of(self.user),
            **kwargs,
        )


class JobAgain(JobMixin):
    """Run a job again that broke off."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # a wider type
        """Back to the job."""
        self.refuse_others()
        return redirect("change_tracker:job", self.job.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Put it in the queue again; what stands in the way is said on its page."""
        self.refuse_others()
        try:
            run_again(self.job, actor=self.user, now=timezone.now())
        except ChangeTrackerError as refused:
            leave_toast(request, str(refused))
        return redirect("change_tracker:job", self.job.pk)

    def refuse_others(self) -> None:
        """Who reads it is not whoever began it: 403."""
        if not self.job.is_of(self.user):
            raise PermissionDenied


class JobFile(JobMixin, FilePage):
    """Note row by row, as a file."""

    def file_name(self) -> str:
        """Of this job."""
        return f"job-{self.job.pk}"

    def head(self) -> list[Any]:
        """Where, and what."""
        return [_("Row"), _("Where"), _("Note")]

    def lines(self) -> Iterator[list[Any]]:
        """Every problem that was kept."""
        return ([each["row"], each["field"], each["reason"]] for each in self.job.problems)


class JobsPage(PageMixin):
    """The caller's jobs, newest first."""

    template_name = "change_tracker/jobs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One `page` of `jobs`."""
        jobs = JobRun.objects.visible_to(self.user).filter(owner=self.user.pk).defer("problems")
        page = Paginator(jobs, get_conf().page_size).get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, jobs=page.object_list, **kwargs)
