"""Keyset pages: the last page costs as much as the first, and nobody counts the rows."""

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.fields import IntegerField
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from change_tracker.core.conf import get_conf


class KeysetPagination(CursorPagination):
    """Newest first. `?cursor=` comes from `next` and `previous`; `?page_size=` is bounded."""

    ordering = "-id"
    page_size_query_param = "page_size"

    def get_page_size(self, request: Request) -> int:
        """PAGE_SIZE, or as many as are asked for, at most MAX_PAGE_SIZE; 400 for what is no number
        of rows.
        """
        conf = get_conf()
        asked = request.query_params.get(self.page_size_query_param)
        if not asked:
            return conf.page_size
        try:
            size: int = IntegerField(min_value=1).run_validation(asked)
        except ValidationError as error:
            raise ValidationError({self.page_size_query_param: error.detail}) from None
        return min(size, conf.max_page_size)

    def decode_cursor(self, request: Request) -> Any:
        """The cursor; where it points to is a key, whatever an address says it is."""
        cursor: Any = super().decode_cursor(request)
        try:
            int(0 if cursor is None or cursor.position is None else cursor.position)
        except ValueError:
            raise NotFound(self.invalid_cursor_message) from None
        return cursor
