"""A browser that is somebody already, for questions that are asked by the thousand."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client
from django.test.client import ClientHandler


class Handler(ClientHandler):
    """Says who is asking, where the host's middleware would look it up in a session."""

    def __init__(self, user: AbstractBaseUser | AnonymousUser) -> None:
        super().__init__(enforce_csrf_checks=False)
        self.user = user

    def get_response(self, request: HttpRequest) -> Any:
        request._cached_user = self.user  # type: ignore[attr-defined]
        return super().get_response(request)


class Browser(Client):
    """Signed in as `user` without a session. What Django remembers of the user, their permissions,
    it remembers from one question to the next; the tests of each slice sign in as people do.
    """

    def __init__(self, user: AbstractBaseUser | AnonymousUser) -> None:
        super().__init__(raise_request_exception=False)
        self.handler = Handler(user)
