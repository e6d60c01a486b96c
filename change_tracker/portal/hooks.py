"""What the portal adds to the slices on its left."""

from typing import Any

from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User, key_of, roles_of
from change_tracker.core.ids import Ids
from change_tracker.core.pages import TABS, Tab
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.progress.queries import initiatives_with_progress_for
from change_tracker.training.models import ExternalLearning
from change_tracker.voice.models import FeedbackItem
from change_tracker.voice.queries import to_speak_about


class MyTrainingTab(Tab):
    """My training, for everybody."""

    name = "my-training"
    label = _("My training")
    url_name = "change_tracker:my-training"


class InitiativesTab(Tab):
    """Initiatives, for those who may open one or read the figures of one."""

    name = "initiatives"
    label = _("Initiatives")
    url_name = "change_tracker:initiatives"

    def shown_where(self, user: User) -> Exists | None:
        """Whether there is one, or the caller may open one."""
        if Initiative.objects.all().may_create(user, {}):
            return None
        return Exists(initiatives_with_progress_for(user))


class TeamTab(Tab):
    """My team, for those to whom somebody reports."""

    name = "team"
    label = _("My team")
    url_name = "change_tracker:team"

    def shown_where(self, user: User) -> Exists:
        """Whether somebody does."""
        return Exists(Person.objects.team_of(user))


class SayTab(Tab):
    """Have your say, for those whom an initiative touches, and for those who said something."""

    name = "say"
    label = _("Have your say")
    url_name = "change_tracker:say"

    def shown_where(self, user: User) -> Exists:
        """Whether there is something to speak about, or was."""
        said = FeedbackItem.objects.visible_to(user).filter(raised_by__user_id=key_of(user))
        ahead, behind = Ids(to_speak_about(user)), said.ids("initiative")
        rows = Initiative.objects.published()
        return Exists(rows.filter(Q(pk__in=ahead) | Q(pk__in=behind)))


class PeopleTab(Tab):
    """People, for those who manage them."""

    name = "people"
    label = _("People")
    url_name = "change_tracker:people"

    def is_for(self, user: User) -> bool:
        """Whether they do."""
        return roles_of(user).manages_people


class ElsewhereTab(Tab):
    """What people learnt elsewhere, for those who manage people, while something waits."""

    name = "elsewhere"
    label = _("Learnt elsewhere")
    url_name = "change_tracker:elsewhere-waiting"

    def is_for(self, user: User) -> bool:
        """Whether they do."""
        return roles_of(user).manages_people

    def shown_where(self, user: User) -> Exists:
        """Whether something of others waits."""
        mine: Any = ExternalLearning.objects.changeable_by(user)
        return Exists(mine.waiting())


MY_TRAINING_TAB = MyTrainingTab()
INITIATIVES_TAB = InitiativesTab()
TEAM_TAB = TeamTab()
SAY_TAB = SayTab()
PEOPLE_TAB = PeopleTab()
ELSEWHERE_TAB = ElsewhereTab()


def register() -> None:
    """Fill the points; called once at start."""
    TABS.register(MY_TRAINING_TAB)
    TABS.register(INITIATIVES_TAB)
    TABS.register(TEAM_TAB)
    TABS.register(SAY_TAB)
    TABS.register(PEOPLE_TAB)
    TABS.register(ELSEWHERE_TAB)
