"""The base of every HTML page: signed-in people only, inside the host's own template."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.template.loader import select_template
from django.utils import timezone
from django.views.generic.base import ContextMixin

from change_tracker.core.access import User
from change_tracker.core.conf import get_conf

OWN_SHELL = "change_tracker/shell.html"


class PageMixin(LoginRequiredMixin, ContextMixin):
    """Context for `change_tracker/base.html`, which extends `ct_base`."""

    request: HttpRequest
    #: Which tab is marked as the current one.
    tab = ""

    @property
    def user(self) -> User:
        """The caller."""
        return self.request.user

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`ct_base` is the host's template, or our own shell where the host has none."""
        base = select_template([get_conf().base_template, OWN_SHELL])
        context = {"ct_base": base, "ct_tab": self.tab, "today": timezone.localdate()}
        return super().get_context_data(**context | kwargs)

    def actor_and_time(self) -> dict[str, Any]:
        """The arguments that every service takes."""
        return {"actor": self.user, "now": timezone.now()}
