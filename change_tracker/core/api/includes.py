"""`?include=`: the neighbours of a record beside it, bounded and as far as the caller may read."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.neighbours import Relation, neighbours, relations_of

PARAMETER = "include"


class IncludeMixin:
    """GET of lists and details takes the names of relations, joined by commas.

    Each row then has `included`: by name how many neighbours there are, and the newest of them.
    One query for each name, however many rows there are.
    """

    model: ClassVar[type[models.Model]]

    @property
    def parameters(self: Any) -> frozenset[str]:
        """What lists and details take beside filters; a list as a file has no neighbours."""
        return frozenset({PARAMETER} if self.action in {"list", "retrieve"} else ())

    def list(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of rows, with what is asked for beside them."""
        asked = self.asked_relations()
        response: Response = super().list(request, *args, **kwargs)  # type: ignore[misc]  # a mixin
        self.include(response.data["results"], asked)
        return response

    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One row, with what is asked for beside it."""
        asked = self.asked_relations()
        response: Response = super().retrieve(request, *args, **kwargs)  # type: ignore[misc]  # a mixin
        self.include([response.data], asked)
        return response

    def asked_relations(self: Any) -> Sequence[Relation]:
        """The relations that the address names; 400 says which there are."""
        known = relations_of(self.model)
        given = self.request.query_params.get(PARAMETER, "").split(",")
        names = list(dict.fromkeys(each.strip() for each in given if each.strip()))
        if set(names) - set(known):
            words = _("There is no such neighbour. Known: %(known)s.")
            raise ValidationError({PARAMETER: [words % {"known": ", ".join(known)}]})
        return [known[each] for each in names]

    def include(self: Any, rows: Sequence[dict[str, Any]], asked: Sequence[Relation]) -> None:
        """Add `included` to what is answered of each of `rows`."""
        keys = [row["id"] for row in rows]
        for relation in asked:
            near = neighbours(relation, self.request.user, keys)
            for row in rows:
                found = near[row["id"]]
                answer = {"total": found.total, "rows": found.rows}
                row.setdefault("included", {})[relation.name] = answer
