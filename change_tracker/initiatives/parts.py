"""What each part in an initiative is, in words."""

from django.utils.functional import Promise
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from change_tracker.initiatives.models import Role

PARTS: dict[Role, str | Promise] = {
    Role.SPONSOR: _("backs it, and is asked for what only they can do"),
    Role.LEAD: _("plans it, and may change everything in it"),
    Role.CHANGE_AGENT: _("hears what people say, and does some of the actions"),
    Role.COACH: _("trains people, signs off, and sees who is late"),
    Role.VIEWER: _("reads how it stands, and changes nothing"),
}


def explained(role: Role) -> Promise:
    """Its name, and what it is."""
    return format_lazy("{}: {}", capfirst(role.label), PARTS[role])
