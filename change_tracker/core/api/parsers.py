"""Bodies that are JSON, and what JSON can spell but nobody can store or answer."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser as UpstreamParser


class JSONParser(UpstreamParser):
    """What is nested too deep to be read, or has half a character in it, is no JSON for us."""

    strict = True

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body as data. Raises ParseError."""
        try:
            body = super().parse(stream, media_type, parser_context)
            # Half of a pair such as an emoji is made of: no database and no answer takes it.
            json.dumps(body, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deep.")) from error
        except UnicodeEncodeError as error:
            raise ParseError(_("The JSON has half a character in it, such as \\ud800.")) from error
        return body
