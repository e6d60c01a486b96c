"""The demonstration intranet as a program on the network sees it."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from rest_framework.authtoken.models import Token

from change_tracker.people.models import Person


@dataclass(frozen=True)
class Api:
    """The API over HTTP, signed in with a token."""

    address: str
    token: str

    def get(self, path: str) -> Any:
        """The body of a 200."""
        return self._call("GET", path, None, {200})

    def post(self, path: str, **body: Any) -> Any:
        """The body of a 200 or 201."""
        return self._call("POST", path, body, {200, 201})

    def _call(self, method: str, path: str, body: Any, wanted: set[int]) -> Any:
        request = Request(  # noqa: S310  a server of this test
            f"{self.address}/change/api/v1/{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Token {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urlopen(request, timeout=20) as answer:  # noqa: S310
                status, text = answer.status, answer.read()
        except HTTPError as error:
            status, text = error.code, error.read()
        assert status in wanted, f"{method} {path} {body}: {status} {text.decode()}"
        return json.loads(text)


def api_of(address: str, person: Person) -> Api:
    """The API as `person`."""
    assert person.user is not None
    return Api(address, Token.objects.create(user=person.user).key)
