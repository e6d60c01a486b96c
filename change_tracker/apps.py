"""How Django finds and starts Change Tracker."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChangeTrackerConfig(AppConfig):
    name = "change_tracker"
    verbose_name = _("Change Tracker")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the effects between slices, the checks and the tasks."""
        from importlib import import_module

        slices = (
            *("people", "initiatives", "resistance", "mitigation", "spreadsheets"),
            *("training", "playbooks", "voice", "reminders", "portal"),
        )
        for slice_name in slices:
            import_module(f"change_tracker.{slice_name}.hooks").register()
        import_module("change_tracker.core.checks")
        import_module("change_tracker.reminders.checks")
        # Some hosts autodiscover a fixed list of modules; so ours are imported here.
        import_module("change_tracker.tasks")
