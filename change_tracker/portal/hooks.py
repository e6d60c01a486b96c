"""What the portal adds to the slices on its left."""

from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.pages import TABS, Tab
from change_tracker.progress.queries import initiatives_with_progress_for


class MyTrainingTab(Tab):
    """My training, for everybody."""

    name = "my-training"
    label = _("My training")
    url_name = "change_tracker:my-training"


class InitiativesTab(Tab):
    """Initiatives, for those who may read the figures of one."""

    name = "initiatives"
    label = _("Initiatives")
    url_name = "change_tracker:initiatives"

    def is_for(self, user: User) -> bool:
        """One query."""
        return initiatives_with_progress_for(user).exists()


MY_TRAINING_TAB = MyTrainingTab()
INITIATIVES_TAB = InitiativesTab()


def register() -> None:
    """Fill the points; called once at start."""
    TABS.register(MY_TRAINING_TAB)
    TABS.register(INITIATIVES_TAB)
