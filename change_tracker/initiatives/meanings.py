"""What words of an initiative mean that are no states."""

from django.utils.translation import gettext_lazy as _

from change_tracker.core.meanings import explain_term


def register() -> None:
    """Explain them; called once at start."""
    explain_term(
        "go-live",
        _("Go-live"),
        _("The day from which the new way is the way. Plans count their days from it."),
    )
    explain_term(
        "reading",
        _("Reading"),
        _("What was measured on one day, to see how far an objective is."),
    )
