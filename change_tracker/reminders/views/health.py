"""Whether reminders run, for whatever watches the intranet."""

from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from change_tracker.core.access import roles_of
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.health import health


@method_decorator([login_not_required, never_cache], name="dispatch")
class HealthView(View):
    """200 while mail leaves, else 503; figures for HR and site admins, a word for everybody."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """JSON. Five queries."""
        found = health(now=database_now())
        said: dict[str, Any] = {"status": "ok" if found.is_well else "failing"}
        user = getattr(request, "user", None)
        roles = roles_of(user) if user is not None else None
        if roles and (roles.site_admin or roles.manages_people):
            said |= asdict(found) | {"problems": found.problems()}
        return JsonResponse(said, status=200 if found.is_well else 503)
