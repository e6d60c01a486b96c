"""What the portal adds to the slices on its left."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.pages import TABS, Tab
from change_tracker.progress.queries import initiatives_with_progress_for


def my_training_tab(user: User) -> Tab | None:
    """My training, for everybody."""
    return Tab("my-training", _("My training"), reverse("change_tracker:my-training"))


def initiatives_tab(user: User) -> Tab | None:
    """Initiatives, for those who may read the figures of one; one query."""
    if not initiatives_with_progress_for(user).exists():
        return None
    return Tab("initiatives", _("Initiatives"), reverse("change_tracker:initiatives"))


def register() -> None:
    """Fill the points; called once at start."""
    TABS.register(my_training_tab)
    TABS.register(initiatives_tab)
