"""What playbooks add to the slices on their left."""

from change_tracker.initiatives.points import GO_LIVE_MOVED
from change_tracker.playbooks.sections import PLAYBOOKS
from change_tracker.playbooks.services.following import GO_LIVE_DATES
from change_tracker.resistance.points import CATALOGUE_SECTIONS


def register() -> None:
    """Fill the points; called once at start."""
    CATALOGUE_SECTIONS.register(PLAYBOOKS)
    GO_LIVE_MOVED.register(GO_LIVE_DATES)
