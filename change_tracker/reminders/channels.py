"""The ways by which people are reached: e-mail, the inbox here, and what a host adds.

A channel says where it reaches somebody, and hands over one message at a time. When that fails it
raises ChannelError, which knows whether trying again can help. The outbox does the rest: who, when,
how often, and the log.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.conf import get_conf, load
from change_tracker.reminders.models import Attempt, MailPreference
from change_tracker.reminders.outcomes import Delivery, let_end
from change_tracker.reminders.transport import Postman

if TYPE_CHECKING:
    from change_tracker.reminders.recipients import Recipient

log = logging.getLogger(__name__)
Outcome = Attempt.Outcome
EMAIL, INBOX = "email", "inbox"


class ChannelError(Exception):
    """A message did not get through.

    `permanent`: trying again cannot help. `unknown`: it may have got through, nobody can tell; it
    is tried once more. Else it is tried again later. `detail` stands in the log: it names nobody.
    """

    def __init__(
        self,
        detail: str,
        *,
        permanent: bool = False,
        unknown: bool = False,
        code: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail, self.code = detail, code
        self.permanent, self.unknown = permanent, unknown

    @property
    def delivery(self) -> Delivery:
        """The same, as the log keeps it."""
        outcome = Outcome.REFUSED if self.permanent else Outcome.DEFERRED
        return Delivery(Outcome.UNKNOWN if self.unknown else outcome, self.code, self.detail)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to one person at `to.address`.

    `mail` is what it says: `subject`, `body` (text, complete) and HTML. Its Message-ID stays the
    same when it is tried again.
    """

    to: "Recipient"
    mail: EmailMultiAlternatives


class Channel(Protocol):
    """One way to reach people. The setting CHANNELS names the classes; they are made without
    arguments. Whoever subclasses this one writes `name`, `label`, `address_of` and `send`.
    """

    #: What is stored; never changes.
    name: ClassVar[str]
    #: What people choose.
    label: ClassVar[str | Promise]

    def address_of(self, to: "Recipient") -> str:
        """Where it reaches `to`, whose `address` is the e-mail address; empty: nowhere.

        Without a query: it is asked for a thousand people at once. What it raises counts as empty.
        """

    def open(self) -> None:
        """Make ready for a batch. What this raises stops the drain before anything is claimed."""

    def send(self, parcel: Parcel) -> None:
        """Hand it over, within MAIL_DEADLINE_SECONDS; raises ChannelError."""

    def close(self) -> None:
        """The batch is over."""


class EmailChannel(Channel):
    """Django's mail: EMAIL_* settings, or MAILERS from Django 6.1 on."""

    name = EMAIL
    label = _("by e-mail")

    def address_of(self, to: "Recipient") -> str:
        """Their own e-mail address."""
        return to.address

    def open(self) -> None:
        """Raises Django's error when no mailer is configured."""
        self._postman = Postman(deadline_seconds=get_conf().mail_deadline_seconds)

    def send(self, parcel: Parcel) -> None:
        """Over one connection that is kept for the batch."""
        delivery = self._postman.deliver(parcel.mail)
        if delivery.outcome != Outcome.SENT:
            raise ChannelError(
                delivery.detail,
                code=delivery.code,
                permanent=delivery.outcome == Outcome.REFUSED,
                unknown=delivery.outcome == Outcome.UNKNOWN,
            )

    def close(self) -> None:
        """Say goodbye to the server."""
        self._postman.hang_up()


class InboxChannel(Channel):
    """Nothing but the inbox on our pages, which holds what went by any other way as well."""

    name = INBOX
    label = _("only in the inbox here")

    def address_of(self, to: "Recipient") -> str:
        """Whoever can sign in has one."""
        return INBOX if to.person.user_id is not None else ""

    def send(self, parcel: Parcel) -> None:
        """It is there as soon as it is written down that it was sent."""


def configured() -> list[Channel]:
    """Every channel of this site, the usual one first."""
    return [load(dotted)() for dotted in get_conf().channels]


def choices(*, has_login: bool = True) -> list[tuple[str, Any]]:
    """Name and label of each, for people to choose; the inbox alone for those who can open it."""
    ways = [(each.name, each.label) for each in configured()]
    return ways if has_login else [each for each in ways if each[0] != INBOX]


def route(
    to: "Recipient", wishes: MailPreference | None, channels: Iterable[Channel]
) -> tuple[str, str]:
    """By which channel `to` is reached, and where: as wished, else the first that reaches them.

    The inbox alone only for those who wish it: nobody counts as reminded who has to come and look.
    """
    wished = wishes.channel if wishes else ""
    order = sorted(channels, key=lambda each: each.name != wished)
    for each in order:
        if each.name != INBOX or wished == INBOX:
            address = _address(each, to)
            if address:
                return each.name, address
    return "", ""


def _address(channel: Channel, to: "Recipient") -> str:
    """Where `channel` reaches `to`; nowhere where it stumbles over them, which is in the log."""
    try:
        return channel.address_of(to)
    except DatabaseError:
        raise
    except Exception as error:
        let_end(error)
        log.exception("“%s” could not say where it reaches person %s.", channel.name, to.person.pk)
        return ""


class Couriers:
    """The channels of one drain, open. A context manager."""

    def __init__(self) -> None:
        self._channels = {each.name: each for each in configured()}

    def __enter__(self) -> "Couriers":
        for each in self._channels.values():
            each.open()
        return self

    def __exit__(self, *error: object) -> None:
        for each in self._channels.values():
            each.close()

    def deliver(self, parcel: Parcel) -> Delivery:
        """Hand `parcel` over; every failure comes back as an outcome."""
        try:
            self._channels[parcel.to.channel].send(parcel)
        except ChannelError as error:
            return error.delivery
        return Delivery(Outcome.SENT)
