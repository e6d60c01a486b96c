"""Linking people to users that the host already has; creates none, takes none away."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem
from change_tracker.people.services.sync.roster import PersonRecord, Roster

BATCH = 1000


def link_users(
    roster: Roster, targets: Mapping[str, dict[str, Any]], linkable: set[str]
) -> list[Problem]:
    """Set `user` in the targets of `linkable` people; returns what could not be done.

    By the username that the roster gives, else, for people without a link, by an e-mail address
    that one person and one user have. A user who is somebody else's stays theirs. Two queries
    and one for a thousand usernames.
    """
    taken = {
        values["user"]: external_id
        for external_id, values in targets.items()
        if values["user"] is not None
    }
    records = [record for record in roster.records if record.external_id in linkable]
    problems = list(_by_username(records, targets, taken))
    _by_email(records, targets, taken)
    return problems


def _by_username(
    records: list[PersonRecord], targets: Mapping[str, dict[str, Any]], taken: dict[Any, str]
) -> Iterator[Problem]:
    named = [record for record in records if record.said.get("username")]
    counts = Counter(record.said["username"] for record in named)
    users = _users_named(list(counts))
    for record in named:
        username, values = record.said["username"], targets[record.external_id]
        user = users.get(username)
        if user is not None and values["user"] == user:
            continue
        reason = _refusal(username, user, counts, taken)
        if reason is not None:
            yield Problem(record.row, "username", reason)
            continue
        taken.pop(values["user"], None)
        values["user"], taken[user] = user, record.external_id


def _refusal(
    username: str, user: Any, counts: Counter[str], taken: Mapping[Any, str]
) -> str | None:
    facts = {"username": username, "person": taken.get(user, "")}
    if user is None:
        return _("There is no user “%(username)s”; not linked.") % facts
    if user in taken:
        return _("“%(username)s” is already the login of “%(person)s”; not linked.") % facts
    if counts[username] > 1:
        return _("More than one row names “%(username)s”; not linked.") % facts
    return None


def _by_email(
    records: list[PersonRecord], targets: Mapping[str, dict[str, Any]], taken: dict[Any, str]
) -> None:
    candidates = [
        record
        for record in records
        if not record.said.get("username")
        and targets[record.external_id]["user"] is None
        and targets[record.external_id]["email"]
    ]
    if not candidates:
        return
    sharing = Counter(values["email"].casefold() for values in targets.values())
    users = _users_by_email()
    for record in candidates:
        email = targets[record.external_id]["email"].casefold()
        found = users.get(email, [])
        if sharing[email] == 1 and len(found) == 1 and found[0] not in taken:
            targets[record.external_id]["user"] = found[0]
            taken[found[0]] = record.external_id


def _users_named(usernames: list[str]) -> dict[str, Any]:
    model = get_user_model()
    field = model.USERNAME_FIELD
    found: dict[str, Any] = {}
    for start in range(0, len(usernames), BATCH):
        batch = model._default_manager.filter(**{f"{field}__in": usernames[start : start + BATCH]})
        found.update(batch.values_list(field, "pk"))
    return found


def _users_by_email() -> dict[str, list[Any]]:
    """Users by their address in lower case; none where the host's users have no address."""
    model = get_user_model()
    field = model.get_email_field_name()
    try:
        model._meta.get_field(field)
    except FieldDoesNotExist:
        return {}
    found: dict[str, list[Any]] = {}
    for email, pk in model._default_manager.values_list(field, "pk"):
        if email:
            found.setdefault(email.casefold(), []).append(pk)
    return found
