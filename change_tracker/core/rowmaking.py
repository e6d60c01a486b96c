"""Rows of a model from the columns of an answer, with the rows that they point to."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any


def maker_of(compiler: Any, alias: str) -> Callable[[Iterable[Sequence[Any]]], list[Any]]:
    """Rows of the model that `compiler` selects, as Django makes them: with `select_related` and
    with what was annotated.
    """
    make = _one_of(compiler.klass_info, compiler.select, alias)
    added = [*compiler.annotation_col_map.items()]

    def made(rows: Iterable[Sequence[Any]]) -> list[Any]:
        found = []
        for row in rows:
            one = make(row)
            for name, at in added:
                setattr(one, name, row[at])
            found.append(one)
        return found

    return made


def _one_of(info: Any, select: Sequence[Any], alias: str) -> Callable[[Sequence[Any]], Any]:
    """What makes one row of a model; None where there is none."""
    model, places = info["model"], info["select_fields"]
    first, end = places[0], places[-1] + 1
    names = [select[at][0].target.attname for at in places]
    key = names.index(model._meta.pk.attname)
    related = [
        (_one_of(other, select, alias), other["local_setter"], other["remote_setter"])
        for other in info.get("related_klass_infos", ())
    ]

    def make(row: Sequence[Any]) -> Any:
        values = row[first:end]
        if values[key] is None:
            return None
        one = model.from_db(alias, names, values)
        for make_other, set_here, set_there in related:
            other = make_other(row)
            set_here(one, other)
            if other is not None:
                set_there(other, one)
        return one

    return make
