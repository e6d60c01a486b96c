"""Keyset pages: the last page costs as much as the first, and nobody counts the rows."""

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.fields import IntegerField
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from change_tracker.core.conf import get_conf


class KeysetPagination(CursorPagination):
    """Newest first. `?cursor=` comes from `next` and `previous`; `?page_size=` is bounded."""

    ordering = "-id"
    page_size_query_param = "page_size"

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """Read the bounds from our own settings, at the time of the call."""
        conf = get_conf()
        self.page_size, self.max_page_size = conf.page_size, conf.max_page_size
        return super().paginate_queryset(queryset, request, view)

    def get_page_size(self, request: Request) -> int:
        """As many as are asked for, at most MAX_PAGE_SIZE; 400 for what is no number of rows."""
        size, most = self.page_size or 0, self.max_page_size or 0
        if asked := request.query_params.get(self.page_size_query_param, ""):
            try:
                size = IntegerField(min_value=1).run_validation(asked)
            except ValidationError as error:
                raise ValidationError({self.page_size_query_param: error.detail}) from None
        return min(size, most)

    def decode_cursor(self, request: Request) -> Any:
        """The cursor; where it points to is a key, whatever an address says it is."""
        cursor: Any = super().decode_cursor(request)
        try:
            int(0 if cursor is None or cursor.position is None else cursor.position)
        except ValueError:
            raise NotFound(self.invalid_cursor_message) from None
        return cursor
