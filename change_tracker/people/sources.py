"""Where people come from: the host's own users, or whatever the setting PEOPLE_SOURCE names."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, ClassVar, Protocol

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from change_tracker.core.conf import get_conf, load
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.people.models import Person
from change_tracker.people.rules import known_language, known_timezone

logger = logging.getLogger("change_tracker")
Record = Mapping[str, Any]


class PeopleSource(Protocol):
    """What a host supplies: a class that is made without arguments.

    Values are text, dates or None; what they say is checked as an imported file is.
    """

    @property
    def name(self) -> str:
        """How runs of it are listed."""
        ...

    @property
    def is_complete(self) -> bool:
        """Whether it names everybody, so that whoever it does not name has left."""
        ...

    def people(self, today: date) -> Iterable[Record]:
        """One mapping for each person, with the columns of `import_people` as keys.

        `external_id` and `name` are needed. A key that any record has says all about its field;
        a key that none has says nothing, and what is stored stays.
        """
        ...

    def units(self) -> Iterable[Record]:
        """Units with `external_id`, `name` and `parent` (a key, empty at the top).

        People name theirs as `unit_id`. Empty, where people name units by `unit` alone.
        """
        ...


class HostUsers:
    """The users of the host that can sign in; a user's only group is their unit.

    It does not end people who have no login. Whoever cannot sign in any more has left.
    """

    name: ClassVar[str] = "users of the intranet"
    is_complete: ClassVar[bool] = False

    def __init__(self) -> None:
        self.model = get_user_model()
        self.email = self._field(self.model.get_email_field_name())
        self.has_groups = bool(self._field("groups"))

    def people(self, today: date) -> Iterator[Record]:
        """One record for each user; two queries, and one for the groups of two thousand."""
        persons = {
            user: (external_id, ends_on)
            for user, external_id, ends_on in Person.objects.exclude(user=None).values_list(
                "user", "external_id", "ends_on"
            )
        }
        users: Any = self.model._default_manager.order_by("pk")
        if self.has_groups:
            users = users.prefetch_related("groups")
        for user in users.iterator(chunk_size=2000):
            known = persons.get(user.pk)
            if known or user.is_active:
                yield self._record(user, known, today)

    def units(self) -> Iterable[Record]:
        """Groups are known by their names."""
        return ()

    def _record(self, user: Any, known: tuple[str, date | None] | None, today: date) -> Record:
        external_id, ends_on = known or (str(user.pk), None)
        record = {
            "external_id": external_id,
            "name": _name(user),
            "username": user.get_username(),
            "ends_on": _last_day(ends_on, today, is_active=user.is_active),
            "timezone": known_timezone(str(getattr(user, "timezone", "") or "")),
            "language": known_language(str(getattr(user, "language", "") or "")),
        }
        if self.email:
            record["email"] = getattr(user, self.email)
        if self.has_groups:
            groups = [str(group) for group in user.groups.all()]
            record["unit"] = groups[0] if len(groups) == 1 else ""
        return record

    def _field(self, name: str) -> str:
        try:
            field = self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return ""
        return name if isinstance(field, models.Field) else ""


def people_source() -> PeopleSource:
    """The source that the setting PEOPLE_SOURCE names. Raises SourceFailedError."""
    dotted = get_conf().people_source
    with in_the_hosts_code(dotted):
        source: PeopleSource = load(dotted)()
    return source


class SourceFailedError(ChangeTrackerError):
    """The host's own code ended with an error of its own."""

    code = "source_failed"


@contextmanager
def in_the_hosts_code(name: str) -> Iterator[None]:
    """Whatever goes wrong in the source of that name, as an error of ours: it stops a sync, and no
    tick.
    """
    try:
        yield
    except ChangeTrackerError:
        raise
    except Exception as error:
        logger.exception("The source of people “%s” failed.", name)
        # Its own words may hold the address and the password of a directory.
        raise SourceFailedError(
            _(
                "“%(source)s”, where people come from, could not be read (%(error)s). Nothing was "
                "applied; the log of the server says more."
            )
            % {"source": name, "error": type(error).__name__}
        ) from error


def _name(user: Any) -> str:
    full_name = getattr(user, "get_full_name", lambda: "")()
    return str(full_name or user.get_username())


def _last_day(stored: date | None, today: date, *, is_active: bool) -> date | None:
    """A last day to come stays; one that has passed holds as long as nobody can sign in."""
    has_passed = stored is not None and stored < today
    if is_active:
        return None if has_passed else stored
    return stored if has_passed else today - timedelta(days=1)
