"""The clock of the outbox: that of the database, which every worker shares."""

from change_tracker.core.clock import Clock, database_now

__all__ = ["Clock", "database_now"]
