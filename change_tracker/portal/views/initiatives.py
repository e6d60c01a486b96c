"""The list of initiatives."""

from typing import Any

from django.core.paginator import Paginator

from change_tracker.core.conf import get_conf
from change_tracker.core.pages import PageMixin
from change_tracker.progress.queries import initiatives_with_progress_for


class InitiativesPage(PageMixin):
    """Initiatives whose progress the caller may read."""

    template_name = "change_tracker/initiatives.html"
    tab = "initiatives"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`page`: newest first."""
        rows = initiatives_with_progress_for(self.user).order_by("-pk")
        page = Paginator(rows, get_conf().page_size).get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, **kwargs)
