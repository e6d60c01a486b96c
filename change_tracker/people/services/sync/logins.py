"""Linking people to users that the host already has; creates none, takes none away."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem
from change_tracker.people.services.sync.roster import Roster
from change_tracker.people.services.sync.stored import Outlook

BATCH = 1000


def link_users(roster: Roster, outlook: Outlook) -> list[Problem]:
    """Set `user` in `outlook` for those who will work here; returns what could not be done.

    By the username that the roster gives, else, for people without a link, by an e-mail address
    that one person and one user have. A user who is somebody else's stays theirs. Two queries
    and one for a thousand usernames.
    """
    taken = outlook.users()
    problems = list(_by_username(roster, outlook, taken))
    _by_email(roster, outlook, taken)
    return problems


def _by_username(roster: Roster, outlook: Outlook, taken: dict[Any, str]) -> Iterator[Problem]:
    names = roster.said.get("username", ())
    named = [
        (number, key, username)
        for number, key, username in zip(roster.numbers, roster.keys, names, strict=False)
        if username and outlook.is_here(key)
    ]
    counts = Counter(username for _number, _key, username in named)
    users = _users_named(list(counts))
    for number, key, username in named:
        user = users.get(username)
        if user is not None and outlook.user(key) == user:
            continue
        reason = _refusal(username, user, counts, taken)
        if reason is not None:
            yield Problem(number, "username", reason)
            continue
        taken.pop(outlook.user(key), None)
        outlook.edit(key)["user"], taken[user] = user, key


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


def _by_email(roster: Roster, outlook: Outlook, taken: dict[Any, str]) -> None:
    names = roster.said.get("username") or [""] * len(roster)
    unnamed = [key for key, username in zip(roster.keys, names, strict=True) if not username]
    candidates = list(outlook.unlinked(unnamed))
    users = _users_by_email() if candidates else {}
    if not users:
        return
    sharing = Counter(email.casefold() for email in outlook.emails())
    for key, address in candidates:
        email = address.casefold()
        found = users.get(email, [])
        if sharing[email] == 1 and len(found) == 1 and found[0] not in taken:
            outlook.edit(key)["user"], taken[found[0]] = found[0], key


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
