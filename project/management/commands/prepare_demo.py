"""The data of the demonstration intranet: tables, people, and who can sign in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Create or update the demonstration's tables, load its data if there is none."
    requires_system_checks = []  # they are for `make check`; here they only cost seconds

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="forget all data first")

    def handle(self, *args: Any, reset: bool, **options: Any) -> None:
        from project.demo_data import LOGINS

        if reset and connection.vendor == "sqlite":
            delete_sqlite_files()
        if not is_up_to_date():
            self.stdout.write("Making the tables …")
            call_command("migrate", verbosity=0)
        if reset and connection.vendor != "sqlite":
            call_command("flush", interactive=False, verbosity=0)
        if not get_user_model().objects.exists():
            self.stdout.write("Loading people and initiatives …")
            with transaction.atomic():  # interrupted: nothing is there, and the next start loads it
                call_command("load_demo")
        self.stdout.write("\n  Sign in as (name / password)")
        width = max(len(role) for role, _, _ in LOGINS)
        for role, name, password in LOGINS:
            self.stdout.write(f"    {role:<{width}}  {name} / {password}")


def delete_sqlite_files() -> None:
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{connection.settings_dict['NAME']}{suffix}").unlink(missing_ok=True)


def is_up_to_date() -> bool:
    """Whether every migration is applied; quicker to ask than to run `migrate` for nothing."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
