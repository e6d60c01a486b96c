"""Asking every address as everybody, and saying where the answer is not what the table says."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from rest_framework.test import APIClient

from tests.contracts.routes import METHODS, Address, addresses
from tests.contracts.table import ENDPOINTS, ROWS
from tests.contracts.table.rows import ByKind
from tests.contracts.table.shape import Endpoint, Verb
from tests.contracts.world import IDENTITIES, NOWHERE, World

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
REFUSED_CREATION = frozenset({400, 403})


@dataclass(frozen=True, slots=True)
class Case:
    """One request: who asks what of which row, and the codes that the table permits."""

    identity: str
    method: str
    address: Address
    kind: str
    expected: frozenset[int]
    body: dict[str, Any]


def of_endpoint(basename: str) -> Iterator[Address]:
    """The addresses of one resource: its list, its detail and its verbs."""
    endpoint = ENDPOINTS[basename]
    for name in ("list", "detail", *endpoint.verbs):
        if address := addresses().get(f"{basename}-{name}"):
            yield address


def cases(world: World, basename: str) -> Iterator[Case]:
    """Every identity by address by method by kind of row of one resource.

    Of writes that the table answers alike, one kind stands for all: which rows an identity may
    write is asked of every kind in test_doorway, at a hundredth of the price.
    """
    endpoint = ENDPOINTS[basename]
    for address in of_endpoint(basename):
        for identity in IDENTITIES:
            for method in METHODS:
                yield from _cases(world, endpoint, address, identity, method)


def _cases(
    world: World, endpoint: Endpoint, address: Address, identity: str, method: str
) -> Iterator[Case]:
    action = address.actions.get(method, "")
    if action and _verb(endpoint, address):
        action = method
    answered = set()
    for kind in _kinds(endpoint, address, action, identity):
        expected = _expected(endpoint, address, action, identity, kind)
        if address.keys and action != "retrieve" and expected in answered:
            continue
        answered.add(expected)
        body = endpoint.body if action == "create" else None
        if verb := _verb(endpoint, address):
            body = verb.body
        yield Case(
            identity=identity,
            method=method,
            address=address,
            kind=kind,
            expected=expected,
            body=body(world, kind) if body and action and kind not in NOWHERE else {},
        )


def _kinds(endpoint: Endpoint, address: Address, action: str, identity: str) -> list[str]:
    if address.keys:
        kinds = [*ROWS[endpoint.rows].read, *NOWHERE]
        # Strangers and unknown methods are refused before any row is looked for.
        if not action or identity == "anonymous":
            return [kinds[0], kinds[-1]]
        return kinds if action == "retrieve" else [each for each in kinds if each != "deleted"]
    if action == "create":
        return list(endpoint.create)
    return [""]


def _verb(endpoint: Endpoint, address: Address) -> Verb | None:
    return endpoint.verbs.get(address.name.removeprefix(f"{basename_of(address)}-"))


def _expected(
    endpoint: Endpoint, address: Address, action: str, identity: str, kind: str
) -> frozenset[int]:
    if identity == "anonymous":
        return frozenset({401})
    if not action:
        return frozenset({405})
    if action == "list":
        return frozenset({200})
    if action == "create":
        permitted = identity in endpoint.create[kind]
        return endpoint.create_codes if permitted else REFUSED_CREATION
    if identity not in ROWS[endpoint.rows].read.get(kind, ()):
        return frozenset({404})
    return _on_a_visible_row(endpoint, action, _verb(endpoint, address), identity, kind)


def _on_a_visible_row(
    endpoint: Endpoint, action: str, verb: Verb | None, identity: str, kind: str
) -> frozenset[int]:
    rows = ROWS[endpoint.rows]
    whole = frozenset({400}) if action == "update" else frozenset()
    permitted: dict[str, tuple[ByKind, frozenset[int]]] = {
        "retrieve": (rows.read, frozenset({200})),
        "update": (rows.change, endpoint.change_codes | whole),
        "partial_update": (rows.change, endpoint.change_codes),
        "destroy": (rows.delete, endpoint.delete_codes),
        # 204 where there is nothing to say, such as an example that nobody has.
        "GET": (verb.get, frozenset({200, 204})) if verb else ({}, frozenset()),
        "POST": (verb.by, verb.codes) if verb else ({}, frozenset()),
    }
    by, codes = permitted[action]
    return codes if identity in by.get(kind, ()) else frozenset({403})


class Asking:
    """Sends the requests; whatever one of them writes is taken back."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients = {name: self._client(name) for name in IDENTITIES}
        self.absent: dict[tuple[str, str, str], bytes] = {}

    def ask(self, case: Case) -> Any:
        key = [self.world.key(_model(case.address), case.kind)] if case.address.keys else []
        send = getattr(self.clients[case.identity], case.method.lower())
        url = case.address.url(*key)
        if case.method not in WRITES:
            return send(url)
        with transaction.atomic():
            response = send(url, case.body, format="json")
            transaction.set_rollback(True)
        return response

    def mismatches(self, found: Iterator[Case]) -> list[str]:
        """What was answered otherwise, one line each."""
        lines = []
        for case in found:
            response = self.ask(case)
            if response.status_code not in case.expected:
                lines.append(_line(case, response))
            elif response.status_code == 404 and response.content != self._absent(case):
                lines.append(f"{_line(case, response)}: an absent row is answered otherwise")
        return lines

    def _absent(self, case: Case) -> bytes:
        """What the same caller is told about a row that never was."""
        what = (case.identity, case.method, case.address.name)
        if what not in self.absent:
            body: bytes = self.ask(replace(case, kind="random", body={})).content
            self.absent[what] = body
        return self.absent[what]

    def _client(self, identity: str) -> APIClient:
        client = APIClient(raise_request_exception=False)
        if identity != "anonymous":
            client.force_authenticate(self.world.users[identity])
        return client


def basename_of(address: Address) -> str:
    return max((name for name in ENDPOINTS if address.name.startswith(f"{name}-")), key=len)


def _model(address: Address) -> str:
    return ENDPOINTS[basename_of(address)].rows


def _line(case: Case, response: HttpResponse) -> str:
    expected = "/".join(str(code) for code in sorted(case.expected))
    what = f"{case.method} {case.address.name} {case.kind or '-'} as {case.identity}"
    said = response.content[:160].decode(errors="replace")
    return f"{what}: {response.status_code}, the table says {expected}. {said}"
