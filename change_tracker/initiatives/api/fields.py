"""Fields that rows of an initiative share."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from change_tracker.core.api.fields import VisibleField
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import people_to_assign, people_to_name
from change_tracker.people.models import Person


class ColleagueField(VisibleField):
    """A person by id: whom the caller sees, or who works with them on an initiative."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Person, **options)

    def get_queryset(self) -> Any:
        """The people to choose from, for this caller."""
        return people_to_assign(self.context["request"].user)


class AnyoneHereField(VisibleField):
    """A person by id: everyone who works here today; for naming the members of an initiative."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Person, **options)

    def get_queryset(self) -> Any:
        """The people to choose from."""
        return people_to_name(timezone.localdate())


class PartSerializer(serializers.ModelSerializer[Any]):
    """A row that stays in the initiative in which it was created."""

    initiative = VisibleField(Initiative)

    def validate_initiative(self, initiative: Initiative) -> Initiative:
        """Refuse to move an existing row elsewhere: its rights would move with it."""
        row: Any = self.instance
        if isinstance(row, models.Model) and row.initiative_id != initiative.pk:  # type: ignore[attr-defined]  # every part has one
            raise serializers.ValidationError(
                _("It belongs to another initiative and stays there.")
            )
        return initiative
