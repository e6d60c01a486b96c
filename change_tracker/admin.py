"""Index: Django looks for admin classes here; each slice owns its own."""

from importlib import import_module

for _slice in (
    "core",
    "people",
    "initiatives",
    "resistance",
    "mitigation",
    "training",
    "reminders",
):
    import_module(f"change_tracker.{_slice}.admin")
