"""Every address of the admin, as those who may open it and as those who may not.

HR and a clerk have every permission of Django's on our models, so what is left is our doorway.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.urls import reverse
from rest_framework.test import APIRequestFactory

from change_tracker.initiatives.models import AffectedGroup
from tests import factories
from tests.contracts.browser import Browser
from tests.contracts.routes import admin_models
from tests.contracts.table import ROWS
from tests.contracts.table.rows import NOBODY
from tests.contracts.test_models import BEHIND_A_PARENT
from tests.contracts.world import IDENTITIES, RANDOM_KEY, World, staff

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive]

STAFF = ("clerk", "hr", "site_admin")
OUTSIDE = [name for name in IDENTITIES if name not in STAFF]
#: What Django answers when a row is not in the queryset of the admin class.
ABSENT = 302


@pytest.fixture
def clients(world: World) -> dict[str, Browser]:
    """Everybody's browser; the clerk has the permissions of Django's, and no role of ours."""
    world.users["clerk"] = factories.make_user("clerk")
    staff(world.users["clerk"])
    return {name: Browser(world.users[name]) for name in (*IDENTITIES, "clerk")}


@pytest.fixture(params=sorted(set(admin_models()) - set(BEHIND_A_PARENT)))
def model(request: pytest.FixtureRequest) -> str:
    """The name of each model in the admin."""
    return str(request.param)


def test_every_model_in_the_admin_is_in_the_table() -> None:
    assert set(admin_models()) - set(ROWS) <= {"Heartbeat"}


def test_outside_the_staff_nobody_comes_in(
    world: World, clients: dict[str, Browser], model: str
) -> None:
    key = next(iter(world.rows[model].values())).pk
    lines = [
        f"{method} {url} as {identity}: {response.status_code}"
        for url in (url_of(model, "changelist"), url_of(model, "add"), url_of(model, "change", key))
        for method in ("get", "post")
        for identity in OUTSIDE
        if (response := getattr(clients[identity], method)(url)).status_code != 302
        or "/login/" not in response["Location"]
    ]

    assert not lines, "\n".join(lines)


def test_lists_hold_what_is_visible(world: World, clients: dict[str, Browser], model: str) -> None:
    lines = []
    for identity in STAFF:
        response = clients[identity].get(url_of(model, "changelist"))
        assert response.status_code == 200, (identity, response.content[:200])
        found = {row.pk for row in response.context["cl"].result_list}
        expected = {
            row.pk for kind, row in world.rows[model].items() if sees(model, kind, identity)
        }
        ours = {row.pk for row in world.rows[model].values()}
        if found & ours != expected:
            lines.append(f"{model} of {identity}: {found & ours}, the table says {expected}")

    assert not lines, "\n".join(lines)


def test_rows_are_read_changed_and_deleted_by_those_who_may(
    world: World, clients: dict[str, Browser], model: str
) -> None:
    lines = [
        line
        for identity in STAFF
        for kind in _unlike_kinds(model, identity)
        for line in _mismatches(clients[identity], model, identity, kind, world.rows[model][kind])
    ]

    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("identity", STAFF)
def test_a_row_that_never_was_is_absent(
    clients: dict[str, Browser], model: str, identity: str
) -> None:
    urls = [url_of(model, name, RANDOM_KEY) for name in ("change", "delete", "history")]

    codes = [clients[identity].get(url).status_code for url in urls]

    assert codes[0] == codes[2] == ABSENT
    assert codes[1] in (ABSENT, 403)


def test_the_search_behind_reference_fields_starts_from_the_doorway(
    clients: dict[str, Browser], model: str
) -> None:
    for name in admin_models()[model].autocomplete_fields:
        values = {"app_label": "change_tracker", "model_name": model.lower(), "field_name": name}
        response = clients["clerk"].get(reverse("admin:autocomplete"), values)

        assert response.status_code in (200, 403), (name, response.content[:200])
        if response.status_code == 200:
            assert response.json()["results"] == [], name


#: Who reads a part of a row only, by the API and on pages, and what of it they must not read.
BRIEF = [
    ("manager", "TrainingRecord", "employee"),
    ("manager", "Enrolment", "employee"),
    ("employee", "AffectedGroup", "main"),
    ("employee", "MitigationAction", "main"),
    ("employee", "Audience", "main"),
    ("lead", "Person", "employee"),
]


@pytest.mark.parametrize(("identity", "model", "kind"), BRIEF)
def test_who_reads_a_brief_form_elsewhere_is_shown_no_row(
    world: World, identity: str, model: str, kind: str
) -> None:
    row = world.rows[model][kind]
    rows: Any = type(row)._default_manager.all()
    browser = viewing(world, identity)
    assert rows.visible_to(world.users[identity]).filter(pk=row.pk).exists()

    listed = browser.get(url_of(model, "changelist")).context["cl"].result_list
    codes = [browser.get(url_of(model, name, row.pk)).status_code for name in ("change", "history")]

    assert row.pk not in {each.pk for each in listed}
    assert codes == [ABSENT, ABSENT]


@pytest.mark.parametrize(
    ("identity", "model", "kind"),
    [
        ("lead", "TrainingRecord", "employee"),
        ("employee", "TrainingRecord", "employee"),
        ("viewer", "AffectedGroup", "main"),
        ("viewer", "MitigationAction", "main"),
        ("lead", "Audience", "main"),
        ("manager", "Person", "employee"),
    ],
)
def test_who_reads_all_of_a_row_reads_it_in_the_admin(
    world: World, identity: str, model: str, kind: str
) -> None:
    row = world.rows[model][kind]

    response = viewing(world, identity).get(url_of(model, "change", row.pk))

    assert response.status_code == 200


@pytest.mark.parametrize(("identity", "is_told"), [("employee", False), ("viewer", True)])
def test_how_a_group_is_judged_is_not_beneath_its_initiative_either(
    world: World, identity: str, is_told: bool
) -> None:
    AffectedGroup.objects.update(message="They dial by hand.")
    url = url_of("Initiative", "change", world.key("Initiative", "main"))

    page = viewing(world, identity).get(url)

    assert page.status_code == 200
    assert ("They dial by hand." in page.content.decode()) is is_told


def test_a_reference_field_finds_by_name_who_is_known_by_name_only(world: World) -> None:
    person = world.people["employee"]
    type(person).objects.filter(pk=person.pk).update(display_name="Zoe Quist", email="q@z.test")

    found = {
        (identity, term): [int(each["id"]) for each in search(world, identity, term)]
        for identity in ("lead", "hr")
        for term in ("zoe", "q@z.test")
    }

    assert found == {
        ("lead", "zoe"): [person.pk],
        ("lead", "q@z.test"): [],
        ("hr", "zoe"): [person.pk],
        ("hr", "q@z.test"): [person.pk],
    }


def search(world: World, identity: str, term: str) -> list[dict[str, str]]:
    names = {"app_label": "change_tracker", "model_name": "initiativemember"}
    values = {**names, "field_name": "person", "term": term}
    answer = viewing(world, identity).get(reverse("admin:autocomplete"), values)
    found: list[dict[str, str]] = answer.json()["results"]
    return found


def viewing(world: World, identity: str) -> Browser:
    """The browser of somebody whom Django lets look at everything of ours, and change nothing."""
    user = world.users[identity]
    ours = Permission.objects.filter(content_type__app_label="change_tracker")
    user.user_permissions.add(*ours.filter(codename__startswith="view_"))
    User.objects.filter(pk=user.pk).update(is_staff=True)
    return Browser(User.objects.get(pk=user.pk))


def url_of(model: str, name: str, *key: object) -> str:
    return reverse(f"admin:change_tracker_{model.lower()}_{name}", args=key)


def sees(model: str, kind: str, identity: str) -> bool:
    return identity in ROWS[model].read[kind]


def _unlike_kinds(model: str, identity: str) -> list[str]:
    """One kind for each combination of rights; the lists have shown every kind."""
    kinds = {
        (
            sees(model, kind, identity),
            identity in ROWS[model].changers(kind),
            identity in ROWS[model].deleters(kind),
        ): kind
        for kind in ROWS[model].read
    }
    return list(kinds.values())


def _mismatches(client: Browser, model: str, identity: str, kind: str, row: Any) -> Iterator[str]:
    visible = sees(model, kind, identity)
    changes = identity in _changers(model, kind)
    deletes = identity in _deleters(model, kind)
    # Django asks for the permission to write before it looks for the row.
    expected = {
        ("get", "change"): {200} if visible else {ABSENT},
        ("get", "history"): {200} if visible else {ABSENT},
        ("post", "change"): ({200, 302} if changes else {403}) if visible else {ABSENT, 403},
        ("get", "delete"): ({200} if deletes else {403}) if visible else {ABSENT, 403},
        ("post", "delete"): ({302, 200} if deletes else {403}) if visible else {ABSENT, 403},
    }
    for (method, name), codes in expected.items():
        with transaction.atomic():
            data = {"post": "yes"} if name == "delete" else {}
            response = getattr(client, method)(url_of(model, name, row.pk), data)
            is_there = type(row)._default_manager.filter(pk=row.pk).exists()
            transaction.set_rollback(True)
        if response.status_code not in codes or (not is_there and not deletes):
            said = f"{response.status_code}{'' if is_there else ' and it is gone'}"
            yield f"{method} {name} {model} {kind} as {identity}: {said}, expected {codes}"


def _is_read_only(model: str, verb: str) -> bool:
    """Whether nobody at all does it in the admin: services do, from the API."""
    request = APIRequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True)
    return not getattr(admin_models()[model], f"has_{verb}_permission")(request)


def _changers(model: str, kind: str) -> frozenset[str]:
    return NOBODY if _is_read_only(model, "change") else ROWS[model].changers(kind)


def _deleters(model: str, kind: str) -> frozenset[str]:
    return NOBODY if _is_read_only(model, "delete") else ROWS[model].deleters(kind)
