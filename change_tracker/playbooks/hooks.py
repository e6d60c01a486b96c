"""What playbooks add to the slices on their left."""

from change_tracker.playbooks.sections import PLAYBOOKS
from change_tracker.resistance.points import CATALOGUE_SECTIONS


def register() -> None:
    """Fill the points; called once at start."""
    CATALOGUE_SECTIONS.register(PLAYBOOKS)
