"""Settings that would break something later are named at the start, one by one."""

from typing import Any

import pytest
from django.test import override_settings

from change_tracker.core.checks import (
    check_dotted_names,
    check_keys,
    check_lists,
    check_working_window,
)


def ids(check: Any, **conf: Any) -> list[str]:
    """What the check says of these settings of ours."""
    with override_settings(CHANGE_TRACKER=conf):
        return [each.id.removeprefix("change_tracker.") for each in check()]


def test_a_key_that_is_misspelt_is_named() -> None:
    assert ids(check_keys, SITE_ULR="https://intranet.example") == ["E001"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({"WORKING_DAYS": ()}, {"WORKING_DAYS": (0,)}),
        ({"SEND_DAYS": (7,)}, {"SEND_DAYS": (6,)}),
        ({"SUMMARY_DAYS": (9,)}, {"SUMMARY_DAYS": ()}),
        ({"SEND_FROM_HOUR": 24}, {"SEND_FROM_HOUR": 23}),
        ({"SYNC_FROM_HOUR": 24}, {"SYNC_FROM_HOUR": 0}),
        ({"SYNC_FROM_HOUR": -1}, {"SYNC_FROM_HOUR": None}),
    ],
)
def test_days_and_hours_that_there_are_not_are_named(
    wrong: dict[str, Any], right: dict[str, Any]
) -> None:
    assert ids(check_working_window, **wrong) == ["E003"]
    assert ids(check_working_window, **right) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"ROLES": "intranet.acces.roles"},
        {"ROLES": "change_tracker.core.access.no_such_thing"},
        {"ROLES": "no_dots"},
        {"PEOPLE_SOURCE": "nope.Nope"},
        {"AUTHENTICATION_CLASSES": ("rest_framework.authentication.Token",)},
    ],
)
def test_a_dotted_name_that_leads_nowhere_is_named(wrong: dict[str, Any]) -> None:
    assert ids(check_dotted_names, **wrong) == ["E007"]


def test_dotted_names_that_lead_somewhere_are_fine() -> None:
    known = ("rest_framework.authentication.SessionAuthentication",)

    assert ids(check_dotted_names) == []
    assert ids(check_dotted_names, AUTHENTICATION_CLASSES=known) == []


@pytest.mark.parametrize("key", ["HR_EMAILS", "CHANNELS", "UPLOAD_TYPES", "AUTHENTICATION_CLASSES"])
def test_one_text_is_no_list_of_them(key: str) -> None:
    one = "rest_framework.authentication.SessionAuthentication"

    assert ids(check_lists, **{key: (one)}) == ["E008"]
    assert ids(check_lists, **{key: (one,)}) == []
    assert ids(check_lists, **{key: [one]}) == []
    assert ids(check_dotted_names, **{key: one}) == []


def test_settings_that_are_texts_are_fine() -> None:
    assert ids(check_lists, SITE_URL="https://intranet.example", FROM_EMAIL="a@b.example") == []
