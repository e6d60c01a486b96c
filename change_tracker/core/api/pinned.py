"""The base of every API view: settings that no host changes, and beginning anew."""

from functools import partial
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from change_tracker.core.again import BusyError, again
from change_tracker.core.api.bodies import NothingSerializer, body_of, refuse_unknown
from change_tracker.core.api.describing import VerbSchema
from change_tracker.core.api.errors import exception_handler
from change_tracker.core.api.parsers import JSONParser
from change_tracker.core.conf import get_conf, load
from change_tracker.core.uploads import rewind


class PinnedView(APIView):
    """Everything that a host's REST framework settings could change, set here instead."""

    permission_classes = [IsAuthenticated]
    renderer_classes = [JSONRenderer]
    parser_classes = [JSONParser]
    throttle_classes = []
    content_negotiation_class = DefaultContentNegotiation
    metadata_class = None
    versioning_class = None
    schema = VerbSchema()

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Who the caller is: the setting AUTHENTICATION_CLASSES, else the host's classes."""
        dotted = get_conf().authentication_classes
        classes: list[Any] = list(api_settings.DEFAULT_AUTHENTICATION_CLASSES)
        if dotted is not None:
            classes = [load(each) for each in dotted]
        return [each() for each in classes]

    def get_exception_handler(self) -> Any:
        """Problem details, whatever the host does with errors."""
        return exception_handler

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before the verb: whether the caller may ask at all, and whether we know what is asked."""
        super().initial(request, *args, **kwargs)
        self.check_parameters(request)
        verb = getattr(self, getattr(self, "action", None) or "", None)
        if getattr(verb, "takes_nothing", False) and request.method not in SAFE_METHODS:
            body_of(NothingSerializer, request)

    @property
    def parameters(self) -> frozenset[str]:
        """What an address may be asked beside filters."""
        return frozenset()

    def check_parameters(self, request: Request) -> None:
        """400 for what is none; filters, where there are some, refuse it themselves."""
        if request.method in SAFE_METHODS and not getattr(self, "filter_backends", ()):
            refuse_unknown(request.query_params, self.parameters)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Begun anew where the database ended it for another one's sake."""
        try:
            return again(partial(super().dispatch, request, *args, **kwargs))
        except BusyError as busy:
            response = self.handle_exception(busy)
            return self.finalize_response(self.request, response, *args, **kwargs)

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """The one that was made before: it keeps what was sent, which can be read once only."""
        known: Any = self.request
        if not isinstance(known, Request):
            return super().initialize_request(request, *args, **kwargs)
        # Not `FILES`, which would read the body here, where nobody takes care of its errors.
        rewind(vars(known).get("_files"))
        return known


class NowhereView(PinnedView):
    """Any address under the API that is none: a problem document, not the host's page."""

    schema = None  # type: ignore[assignment]  # so it is left out of the document

    def check_parameters(self, request: Request) -> None:
        """404, whatever the method; before, 401 for whoever is not signed in."""
        raise NotFound
