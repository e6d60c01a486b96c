"""What every endpoint does, whatever the host's REST framework settings say."""

from base64 import b64encode

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from change_tracker.core import audit
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db

API = "/change/api/v1"
PROBLEM = "application/problem+json"
URL = f"{API}/audit/"


def test_a_stranger_gets_a_problem_and_no_rows() -> None:
    response = APIClient().get(URL)

    assert response.status_code == 401
    assert response["Content-Type"] == PROBLEM
    assert response.json()["code"] == "not_authenticated"


def test_pages_are_keyset_pages_and_bounded(hr: Person, sign_in: SignIn) -> None:
    for number in range(5):
        audit.record(object_type="x", object_id=number, verb="created", actor=None, now=NOW)

    first = sign_in.api(hr).get(URL, {"page_size": 2}).json()
    second = sign_in.api(hr).get(first["next"]).json()

    assert [row["object_id"] for row in first["results"]] == ["4", "3"]
    assert [row["object_id"] for row in second["results"]] == ["2", "1"]


@pytest.mark.parametrize("cursor", ["p=abc", "p=", "p=1.5", "p=%00", "r=1&p=abc"])
def test_a_cursor_that_no_page_gave_is_none(cursor: str, hr: Person, sign_in: SignIn) -> None:
    audit.record(object_type="x", object_id=1, verb="created", actor=None, now=NOW)

    response = sign_in.api(hr).get(URL, {"cursor": b64encode(cursor.encode()).decode()})

    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)
    assert response.json()["code"] == "not_found"


def test_a_mistyped_filter_is_refused_by_name(hr: Person, sign_in: SignIn) -> None:
    response = sign_in.api(hr).get(URL, {"scoop": "initiative:1"})

    assert response.status_code == 400
    assert "scope" in response.json()["errors"]["scoop"][0]


@pytest.mark.parametrize("size", ["0", "-1", "x", "1.5", "null", "٣x", "9" * 5000])
def test_a_size_that_no_page_has_is_refused(size: str, hr: Person, sign_in: SignIn) -> None:
    response = sign_in.api(hr).get(URL, {"page_size": size})

    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["page_size"]


@pytest.mark.parametrize(
    "address", ["me/training/", "load/", "initiatives/{0}/progress/", "initiatives/{0}/gaps/"]
)
def test_a_mistyped_parameter_is_refused_by_name(
    address: str, lead: Person, sign_in: SignIn
) -> None:
    """It would be answered with the figures of another day."""
    initiative = factories.make_initiative(lead=lead)
    url = f"{API}/{address.format(initiative.pk)}"

    assert sign_in.api(lead).get(url).status_code == 200
    refused = sign_in.api(lead).get(url, {"onn": "2026-11-01"})
    assert refused.status_code == 400
    assert "Known" in refused.json()["errors"]["onn"][0]


def test_what_a_preview_is_asked_no_list_is(lead: Person, sign_in: SignIn) -> None:
    url = f"{API}/mail-words/"
    words = factories.make_words(factories.make_initiative(lead=lead))

    preview = sign_in.api(lead).get(f"{url}{words.pk}/preview/", {"occasion": "late"})
    listed = sign_in.api(lead).get(url, {"occasion": "late"})

    assert (preview.status_code, listed.status_code) == (200, 400)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**40])
def test_an_id_that_no_column_holds_is_refused(number: int, hr: Person, sign_in: SignIn) -> None:
    response = sign_in.api(hr).get(f"{API}/people/", {"manager": number})

    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)
    assert "manager" in response.json()["errors"]


@pytest.mark.parametrize(
    "body",
    ["[" * 100_000, '{"name": "\\ud83d"}', '{"source": "\\ud83d"}', '{"\\ud83d": 1}', "\xff"],
)
def test_what_json_can_spell_and_nobody_can_store_is_refused(
    body: str, hr: Person, sign_in: SignIn
) -> None:
    for address in ("holidays", "people-uploads"):
        response = sign_in.api(hr).post(
            f"{API}/{address}/", body.encode("latin-1"), content_type="application/json"
        )

        assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)
        assert response.json()["code"] == "parse_error"


@pytest.mark.parametrize("zone", ["America/Lima", "Asia/Tokyo"])
def test_the_calendar_may_be_asked_for_from_its_first_day_to_its_last(
    zone: str, hr: Person, sign_in: SignIn
) -> None:
    with timezone.override(zone):
        response = sign_in.api(hr).get(
            f"{API}/people-syncs/", {"ran_from": "0001-01-01", "ran_to": "9999-12-31"}
        )

    assert (response.status_code, response.json()["results"]) == (200, [])


def test_what_is_not_visible_does_not_exist(outsider: Person, sign_in: SignIn) -> None:
    event = audit.record(object_type="x", object_id=1, verb="created", actor=None, now=NOW)

    assert sign_in.api(outsider).get(f"{URL}{event.pk}/").status_code == 404


def test_the_schema_is_served_to_those_who_are_signed_in(outsider: Person, sign_in: SignIn) -> None:
    response = sign_in.api(outsider).get("/change/api/v1/schema/")

    assert response.status_code == 200
    assert APIClient().get("/change/api/v1/schema/").status_code == 401


@pytest.mark.parametrize("path", ["", "nowhere/", "people/12/nowhere/", "people/abc/"])
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_an_address_that_is_none_is_a_problem_as_well(
    method: str, path: str, hr: Person, sign_in: SignIn
) -> None:
    ask = getattr(sign_in.api(hr), method)

    response = ask(f"{API}/{path}")

    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)
    assert response.json()["code"] == "not_found"
    assert getattr(APIClient(), method)(f"{API}/{path}").status_code == 401


def test_a_forgotten_slash_is_added_first(hr: Person, sign_in: SignIn) -> None:
    response = sign_in.api(hr).get(f"{API}/people")

    assert (response.status_code, response["Location"]) == (301, f"{API}/people/")
