"""What moving an initiative does, said beforehand."""

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.people.models import AudienceMember


def people_learn_of_it(row: Initiative) -> str | None:
    """Once published, the groups that it touches see why, what changes for them, and when."""
    if row.state != Initiative.State.DRAFT:
        return None
    groups = row.affected_groups.values("audience")
    people = AudienceMember.objects.open().filter(audience__in=groups)
    number = people.values("person").distinct().count()
    if not number:
        return gettext("Nobody is in its groups today. Whoever joins one later will see it.")
    return ngettext(
        "%(number)s person in its groups will see why it is done, what changes for them and when.",
        "%(number)s people in its groups will see why it is done, what changes for them and when.",
        number,
    ) % {"number": number}


def managers_learn_of_it(row: Initiative) -> Promise | None:
    """Once published, whoever leads people can read about it."""
    if row.state != Initiative.State.DRAFT:
        return None
    return _("Everybody who leads people can read about it. What you hear stays with the team.")


def it_is_kept_up(row: Initiative) -> Promise:
    """Work goes on after go-live, or once more after the end."""
    if row.state == Initiative.State.CLOSED:
        return _("Work can begin in it again, and people are reminded of what is open.")
    return _("Actions, training and mails go on. From then on, it can be closed.")


def nothing_new_begins(row: Initiative) -> Promise:
    """What has ended is kept, and takes nothing new."""
    return _("Nothing new can begin in it. What is recorded stays readable.")


def nobody_learns_of_it(row: Initiative) -> Promise | None:
    """What was never published does not become known by its end."""
    if row.state != Initiative.State.DRAFT:
        return None
    return _("It was never published: only the people who prepared it can read it.")


def there_is_no_way_back(row: Initiative) -> Promise | None:
    """Some ends are final, as the table of moves says."""
    if INITIATIVE.targets(Initiative.State.CANCELLED):
        return None
    return _("A cancelled initiative cannot be taken up again. To wait, put it on hold instead.")


def register() -> None:
    """Tell the table of moves."""
    INITIATIVE.foresee("active", people_learn_of_it)
    INITIATIVE.foresee("active", managers_learn_of_it)
    INITIATIVE.foresee("sustaining", it_is_kept_up)
    INITIATIVE.foresee("closed", nothing_new_begins)
    INITIATIVE.foresee("cancelled", nothing_new_begins)
    INITIATIVE.foresee("cancelled", nobody_learns_of_it)
    INITIATIVE.foresee("cancelled", there_is_no_way_back)
