"""Applying playbooks, taking their next version, and saving them."""

from change_tracker.playbooks.services.applying import Applied, Taking, apply_playbook
from change_tracker.playbooks.services.lines import change_line, remove_line
from change_tracker.playbooks.services.proposing import Line, Outcome, Proposal, propose
from change_tracker.playbooks.services.saving import AsBefore, save_playbook, worth_saving

__all__ = [
    "Applied",
    "AsBefore",
    "Line",
    "Outcome",
    "Proposal",
    "Taking",
    "apply_playbook",
    "change_line",
    "propose",
    "remove_line",
    "save_playbook",
    "worth_saving",
]
