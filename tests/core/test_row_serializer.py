"""A row as data is what REST framework makes of it."""

from typing import Any

import pytest
from rest_framework import serializers

from change_tracker.core.api.serializers import RowSerializer
from change_tracker.people.models import Person
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


SHOWN = ["id", "display_name", "unit", "unit_name", "boss", "starts_on", "said"]


class Fields(serializers.Serializer[Any]):
    unit_name = serializers.CharField(source="unit.name", read_only=True)
    boss = serializers.CharField(source="manager.display_name", read_only=True)
    said = serializers.SerializerMethodField()

    def get_said(self, row: Person) -> str:
        return f"{row.display_name} to {self.context['reader']}"


class OurSerializer(Fields, RowSerializer[Person]):
    class Meta:
        model = Person
        fields = SHOWN


class TheirSerializer(Fields, serializers.ModelSerializer[Person]):
    class Meta:
        model = Person
        fields = SHOWN


def test_it_is_what_rest_framework_makes_of_it_also_where_a_row_on_the_way_is_missing() -> None:
    boss = factories.make_person(unit=factories.make_unit(), starts_on=TODAY)
    people = [boss, factories.make_person(manager=boss)]

    for reader in ("ada", "ben"):
        ours = OurSerializer(people, many=True, context={"reader": reader}).data
        theirs = TheirSerializer(people, many=True, context={"reader": reader}).data
        assert ours == theirs

    assert "boss" not in ours[0]
    assert "unit_name" not in ours[1]
    assert ours[1]["boss"] == boss.display_name
    assert ours[0]["said"].endswith("to ben")
