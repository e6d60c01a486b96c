"""What an entry of the table of endpoints says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from tests.contracts.table.rows import ByKind
from tests.contracts.world import World

Body = Callable[[World, str], dict[str, Any]]


def files(name: str, title: str, **page: Any) -> "dict[str, Page]":
    """The two addresses under which a list is a file."""
    return {
        f"{name}-{form}": Page(title=f"{title} as {form.upper()}", **page)
        for form in ("csv", "xlsx")
    }


def nothing(world: World, kind: str) -> dict[str, Any]:
    """The body of a verb that needs none."""
    return {}


def fixed(**values: Any) -> Body:
    """The same body for every row."""
    return lambda world, kind: values


def in_initiative(**values: Any) -> Body:
    """A body that names the initiative of the kind; the library belongs to none."""

    def body(world: World, kind: str) -> dict[str, Any]:
        where = {} if kind == "library" else {"initiative": world.key("Initiative", kind)}
        return where | values

    return body


@dataclass(frozen=True, kw_only=True)
class Verb:
    """A named action: who may POST and who may GET it, what it takes, and the codes that show
    that it was permitted; a body that is valid where that is cheap.
    """

    by: ByKind = field(default_factory=dict)
    get: ByKind = field(default_factory=dict)
    codes: frozenset[int] = frozenset({200})
    body: Body = nothing
    takes: str = ""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A resource of the API: `rows` of rows.py and what may be done with them.

    `create` says by kind who may create (409: the row is there already, or came too late; 400: a
    file is missing, which bodies here cannot hold).
    `brief` lists what some identities get instead of `shows`; "who: kinds" narrows it to kinds.
    `not_in_files` of what it shows is worked out for a page at once, and no column of a file.
    """

    rows: str
    shows: str
    not_in_files: str = ""
    takes: str = ""
    create: ByKind = field(default_factory=dict)
    create_codes: frozenset[int] = frozenset({201, 409})
    body: Body = nothing
    brief: dict[str, str] = field(default_factory=dict)
    verbs: dict[str, Verb] = field(default_factory=dict)
    change_codes: frozenset[int] = frozenset({200})
    delete_codes: frozenset[int] = frozenset({204, 409})


@dataclass(frozen=True, kw_only=True)
class Page:
    """An address that is no resource: about `rows` (`key` is in the address), or the caller.

    The codes show that it was permitted; `refused` see the row, but may not do this (403), and
    `led` are sent to a page with what they may read of it (302).
    Anonymous callers of pages are sent to sign in, unless the address itself permits what it is for
    (`is_public`); `args` are the values in it where it is about no row. A key such as
    "initiative.slug pk" is of two parts, each a path from the row.
    """

    title: str
    rows: str = ""
    key: str = "pk"
    by: ByKind = field(default_factory=dict)
    get: frozenset[int] = frozenset({200})
    post: frozenset[int] = frozenset()
    refused: ByKind = field(default_factory=dict)
    led: ByKind = field(default_factory=dict)
    args: Callable[[World], list[Any]] | None = None
    is_public: bool = False

    def keys_of(self, row: Any) -> list[Any]:
        """The values in the address of `row`."""
        return [attrgetter(each)(row) for each in self.key.split()]
