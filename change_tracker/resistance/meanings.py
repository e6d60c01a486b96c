"""What words of the register mean that are no states."""

from django.utils.translation import gettext_lazy as _

from change_tracker.core.meanings import explain_choices, explain_term
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.catalogue import ReadinessStage

Origin = ResistanceSource.Origin


def register() -> None:
    """Explain them; called once at start."""
    explain_choices(
        "stage",
        ReadinessStage,
        {
            ReadinessStage.AWARENESS: _("They do not know why it is done."),
            ReadinessStage.WILLINGNESS: _("They know why, and do not want it yet."),
            ReadinessStage.KNOWLEDGE: _("They want it, and do not know how."),
            ReadinessStage.ABILITY: _("They know how, and cannot do it in their daily work yet."),
            ReadinessStage.REINFORCEMENT: _("They do it, and nothing yet keeps them at it."),
        },
    )
    explain_choices(
        "origin",
        Origin,
        {
            Origin.ANTICIPATED: _("It is expected; nobody has heard it yet."),
            Origin.OBSERVED: _("It was heard or seen."),
        },
    )
    explain_term(
        "target",
        _("Target"),
        _("The level down to which it shall come; from there on it can be resolved."),
    )
