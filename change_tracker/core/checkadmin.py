"""What something in the admin would do, before it does it: the same steps as on our pages."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from change_tracker.core.jobs.models import JobRun

#: The name under which the digest of what was shown comes back.
DIGEST = "ct-digest"
#: What is made anew for each page.
OWN = {DIGEST, "csrfmiddlewaretoken"}


class CheckFirst(Exception):  # noqa: N818  no error: a page to look at
    """Nothing is done before somebody has seen `lines`; `digest` tells that from anything else."""

    def __init__(self, title: str, lines: Sequence[str], digest: str) -> None:
        super().__init__(title)
        self.title, self.lines, self.digest = title, lines, digest

    def as_page(self, admin: Any, request: HttpRequest) -> TemplateResponse:
        """What was sent once more, with the digest of what it would do."""
        sent = [(name, values) for name, values in request.POST.lists() if name not in OWN]
        context = {
            **admin.admin_site.each_context(request),
            "opts": admin.model._meta,
            "title": self.title,
            "lines": self.lines,
            "sent": [(name, value) for name, values in sent for value in values],
            "digest_name": DIGEST,
            "digest": self.digest,
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/change_tracker/check_first.html", context)


def job_line(job: JobRun, words: str) -> str:
    """`words` as a link to where `job` says how far it is."""
    address = reverse("change_tracker:job", args=[job.pk])
    return format_html('<a href="{}">{}</a>', address, words)


def was_shown(request: HttpRequest, digest: str) -> bool:
    """Whether what would be done is what the page showed."""
    return request.POST.get(DIGEST) == digest
