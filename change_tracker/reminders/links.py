"""Signed links in mails: for one person, one thing, one verb and one version of it, for a time.

Whoever holds a link may do that one thing; it opens no session. Opening it shows a page, pressing
the button there does it: mail scanners open every link.
"""

from dataclasses import astuple, dataclass
from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from change_tracker.core.conf import get_conf
from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord

#: Of a link of its own kind nothing else can be made.
SALT = "change_tracker.mail"
VALID_DAYS = 30
MORE_TIME, ELSEWHERE, QUIET, WISHES = "more-time", "elsewhere", "quiet", "wishes"


@dataclass(frozen=True, slots=True)
class MailLink:
    """What a link is good for; `object_id` and `version` are 0 where it is about the person."""

    person_id: int
    verb: str
    object_id: int
    version: int
    last_on: str


class ExpiredLinkError(Exception):
    """Ours, and too old; `link` is what it was good for."""

    def __init__(self, link: MailLink) -> None:
        super().__init__(link.last_on)
        self.link = link


def signed(person: Person, verb: str, today: date, record: TrainingRecord | None = None) -> str:
    """The signed words for the address; the same on one day for the same thing."""
    subject = (0, 0) if record is None else (record.pk, record.due_revision)
    last_on = (today + timedelta(days=VALID_DAYS)).isoformat()
    link = MailLink(person.pk, verb, *subject, last_on)
    return signing.Signer(salt=SALT).sign_object(list(astuple(link)))


def read_link(words: str, today: date) -> MailLink:
    """What `words` are good for.

    Raises signing.BadSignature for what is not ours, and ExpiredLinkError.
    """
    link = MailLink(*signing.Signer(salt=SALT).unsign_object(words))
    if date.fromisoformat(link.last_on) < today:
        raise ExpiredLinkError(link)
    return link


def address(person: Person, verb: str, today: date, record: TrainingRecord | None = None) -> str:
    """The absolute address; empty where SITE_URL is not set."""
    site = get_conf().site_url.rstrip("/")
    name = "mail-wishes" if verb == WISHES else "mail-action"
    words = signed(person, verb, today, record)
    return f"{site}{reverse(f'change_tracker:{name}', args=[words])}" if site else ""


def verbs_for(person: Person, record: TrainingRecord, today: date) -> list[tuple[str, Any]]:
    """Address and words of what a mail lets `person` do about one item, without signing in.

    None for those without a login: nothing is written in the name of nobody.
    """
    if person.user_id is None or not get_conf().site_url:
        return []
    verbs = [(ELSEWHERE, _("Done elsewhere"))]
    if record.due_on is not None:
        verbs.insert(0, (MORE_TIME, _("Ask for more time")))
    return [(address(person, verb, today, record), words) for verb, words in verbs]


def person_of(link: MailLink, today: date) -> Person | None:
    """Whose it is, with the login; None once they have left. Where the login is locked a link does
    nothing in its name but stop the mails.
    """
    people = Person.objects.active(today).select_related("user")
    person = people.filter(pk=link.person_id).first()
    is_locked = person is not None and person.user is not None and not person.user.is_active
    return None if is_locked and link.verb != WISHES else person


def record_of(link: MailLink, person: Person) -> TrainingRecord | None:
    """What it is about, as that person may see it; None when it is no longer theirs."""
    if person.user is None:
        return None
    mine: Any = TrainingRecord.objects.visible_to(person.user)
    rows = mine.own(person.user).select_related("activity", "plan__initiative", "person")
    found: TrainingRecord | None = rows.filter(pk=link.object_id).first()
    return found
