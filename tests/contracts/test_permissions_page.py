"""docs/permissions.md says what the table says."""

from collections.abc import Iterator

from tests.contracts.documents import assert_up_to_date
from tests.contracts.routes import addresses
from tests.contracts.table import ENDPOINTS, PAGES, ROWS, SERVICES
from tests.contracts.table.rows import ByKind
from tests.contracts.table.shape import Endpoint, Page
from tests.contracts.world import IDENTITIES, SIGNED_IN

NAMES = [name for name in SIGNED_IN if name != "stranger"]
INTRODUCTION = """# Who may what

Generated from the table in `tests/contracts/table/`, against which the tests ask every address of
the API, every page and every address of the admin, as each of these: an employee in a group that
an initiative touches, a colleague in the same team, somebody of another team, the employee's
manager and the manager's manager (head), the lead of the initiative and the lead of another one,
its agent, coach, sponsor and viewer, HR (the permission `change_tracker.manage_people`) and a site
admin (superuser). Leads may open initiatives (`change_tracker.add_initiative`).

- What one may not see does not exist: 404, with the same body as for what was never there.
- What one may see but not do is refused: 403. Strangers get 401, or are sent to sign in by pages.
- In the admin the same rules hold, within Django's own permissions. A staff account with every
  permission of Django's and no role here sees nothing. Of what somebody may read a part of only the
  admin shows no more than the name, where one refers to it.

`main` is the initiative in which lead, agent, coach, sponsor and viewer work, `draft` the same
before it is published, `foreign` another one. Rows about people are called after their person.
R reads, U changes, D deletes (what was published or is in use answers 409), - sees nothing.
"""


def test_the_page_of_the_docs_is_up_to_date() -> None:
    assert_up_to_date("docs/permissions.md", "\n".join(_lines()) + "\n")


def test_every_identity_is_somewhere_in_the_table() -> None:
    known = {name for rows in ROWS.values() for some in rows.read.values() for name in some}

    assert known == set(NAMES)
    assert set(IDENTITIES) - known == {"anonymous", "stranger"}


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    yield "## Rows"
    for model, rows in ROWS.items():
        yield from ("", f"### {rows.title}", "")
        yield f"| {model} | {' | '.join(name.replace('_', ' ') for name in NAMES)} |"
        yield f"|---|{'---|' * len(NAMES)}"
        for kind in rows.read:
            cells = " | ".join(_cell(model, kind, name) for name in NAMES)
            yield f"| {kind} | {cells} |"
    yield from ("", "## Addresses of the API")
    for basename, endpoint in ENDPOINTS.items():
        yield from _endpoint(basename, endpoint)
    yield from ("", "## Other addresses of the API", "", *_pages(SERVICES))
    yield from ("", "## Pages", "", *_pages(PAGES))


def _cell(model: str, kind: str, name: str) -> str:
    rows = ROWS[model]
    letters = (
        ("R", name in rows.read[kind]),
        ("U", name in rows.changers(kind)),
        ("D", name in rows.deleters(kind)),
    )
    return " ".join(letter for letter, may in letters if may) or "-"


def _endpoint(basename: str, endpoint: Endpoint) -> Iterator[str]:
    url = addresses()[f"{basename}-list"].url().removeprefix("/change/")
    yield from ("", f"### `{url}`", "", f"Rows: {ROWS[endpoint.rows].title}.", "")
    yield f"- shows: {_words(endpoint.shows)}"
    for whom, brief in endpoint.brief.items():
        yield f"- to {whom.replace('_', ' ')} only: {_words(brief)}"
    if endpoint.takes:
        yield f"- takes: {_words(endpoint.takes)}"
    if endpoint.create:
        yield f"- create (POST): {_by(endpoint.create)}"
    for name, verb in endpoint.verbs.items():
        if verb.get:
            yield f"- GET {name}: {_by(verb.get)}"
        if verb.by:
            takes = f" (takes {_words(verb.takes)})" if verb.takes else ""
            yield f"- POST {name}{takes}: {_by(verb.by)}"


def _pages(pages: dict[str, Page]) -> Iterator[str]:
    for name, page in pages.items():
        address = addresses()[name]
        url = address.url(*("0" for _ in address.keys))
        for key in (page.key.split() if page.rows else address.keys) if address.keys else ():
            url = url.replace("/0/", f"/{{{key}}}/", 1)
        served = _by(page.by) if page.by else "everybody who is signed in"
        served = "whoever holds the address" if page.is_public else served
        led = f"; led to what they may read of it: {_by(page.led)}" if page.led else ""
        yield f"- `{url.removeprefix('/change/') or '/'}` {page.title}: {served}{led}"


def _by(by: ByKind) -> str:
    """Identities by kind, in the order of the columns; kinds with the same ones together."""
    kinds: dict[str, list[str]] = {}
    for kind, some in by.items():
        names = ", ".join(name.replace("_", " ") for name in NAMES if name in some) or "nobody"
        kinds.setdefault(names, []).append(kind)
    return "; ".join(
        f"{', '.join(them)}: {names}" if any(them) else names for names, them in kinds.items()
    )


def _words(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split())
