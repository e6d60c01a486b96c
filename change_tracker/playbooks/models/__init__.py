"""The models of this slice."""

from change_tracker.playbooks.models.templates import Playbook, PlaybookAction, PlaybookItem
from change_tracker.playbooks.models.uses import PlaybookStep, PlaybookUse

__all__ = ["Playbook", "PlaybookAction", "PlaybookItem", "PlaybookStep", "PlaybookUse"]
