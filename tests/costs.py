"""What a request costs in queries."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def cost(client: Any, url: str, query: dict[str, Any] | None = None) -> int:
    """Queries of one GET that succeeds; what is remembered of the caller is asked for before."""
    assert client.get(url, query or {}).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url, query or {})
    assert response.status_code == 200
    return len(queries)
