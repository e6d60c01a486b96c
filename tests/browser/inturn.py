"""Requests that come at once are answered one after the other."""

from collections.abc import Callable
from threading import Lock

from django.http import HttpRequest, HttpResponse


class InTurn:
    """Middleware: a database in memory has one connection, and all threads of the server share it.

    Two of them at once would each be in the transaction of the other, as no two are on any database
    that people use; who is first is asked there, by the tests marked `races`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._turn = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with self._turn:
            return self.get_response(request)
