"""Index: Django looks for admin classes here; each slice owns its own."""

from importlib import import_module

for _module in (
    "core.auditadmin",
    "core.jobs.admin",
    "people.admin",
    "people.groupadmin",
    "initiatives.admin",
    "resistance.admin",
    "resistance.catalogueadmin",
    "mitigation.admin",
    "playbooks.admin",
    "training.admin",
    "training.requestadmin",
    "training.sessionadmin",
    "reminders.admin",
):
    import_module(f"change_tracker.{_module}")
