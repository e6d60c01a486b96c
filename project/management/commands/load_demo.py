"""Fill the demonstration intranet."""

from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from project.tidewater import tell


class Command(BaseCommand):
    help = "Load the people and the changes of the demonstration intranet into an empty database."

    def handle(self, *args: Any, **options: Any) -> None:
        tell(timezone.localdate())
