"""Reading pages: what a person sees of them, and what they cost."""

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

MY_TRAINING = "/change/"
INITIATIVES = "/change/initiatives/"
TEAM = "/change/team/"
#: Tables that the host's own sign-in reads on every request.
TAB = re.compile(r"\btab_\d")
HOST_TABLES = ("django_session", "auth_user", "auth_permission", "auth_group", "django_content")


def item_url(pk: int, verb: str = "") -> str:
    return f"/change/t/{pk}/{f'{verb}/' if verb else ''}"


def overview_url(slug: str) -> str:
    return f"/change/i/{slug}/"


def about_url(slug: str) -> str:
    return f"/change/i/{slug}/about/"


def progress_url(slug: str) -> str:
    return f"/change/i/{slug}/progress/"


def main_of(response: Any) -> str:
    """The HTML of a page without what the host has around it."""
    html: str = response.content.decode()
    return html.partition("<main")[2].partition("</main>")[0]


def words(response: Any) -> str:
    """The text of a page, its white space folded."""
    assert response.status_code in {200, 409}, response.status_code
    main = main_of(response)
    return " ".join(strip_tags(main).replace("&quot;", '"').split()).replace("&#x27;", "'")


def title(response: Any) -> str:
    found = re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)
    return " ".join(found[1].split()) if found else ""


def queries(client: Client, url: str) -> list[str]:
    """The queries of one GET, without those of the host's own sign-in and that of our tabs.

    Which tabs there are is asked once on every page, see `tabs_for`.
    """
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    sqls = [each["sql"] for each in captured.captured_queries]
    return [sql for sql in sqls if _first_table(sql) and not _is_of_the_frame(sql)]


def _first_table(sql: str) -> str:
    found = re.search(r"\bFROM .(\w+)", sql)
    return found[1] if found else ""


def _is_of_the_frame(sql: str) -> bool:
    return _first_table(sql).startswith(HOST_TABLES) or bool(TAB.search(sql))
