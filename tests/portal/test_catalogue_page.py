"""Everything of the catalogue is reachable in the product, each with its chapter."""

from html import unescape

import pytest

from change_tracker.people.models import Person
from change_tracker.resistance.services.catalogue import load_catalogue
from change_tracker.resistance.services.packs import read_pack
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db
CATALOGUE = "/change/catalogue/"
SECTIONS = {"categories": 4, "sources": 15, "strategies": 29, "techniques": 24, "activity_kinds": 8}


def test_every_entry_of_the_pack_is_on_the_page_with_its_chapter(
    lead: Person, employee: Person, sign_in: SignIn
) -> None:
    content = read_pack()
    load_catalogue(content, actor=None, now=NOW)
    factories.make_initiative(lead=lead)

    text = unescape(words(sign_in.page(lead).get(CATALOGUE)))

    assert {name: len(content[name]) for name in SECTIONS} == SECTIONS
    for section in SECTIONS:
        for entry in content[section]:
            assert entry["label"] in text
            # What no chapter says is marked as proposed.
            assert entry["provenance"] or entry["basis"] == "proposed"
            for each in entry["provenance"]:
                assert f"“{each['phrase']}” ({each['title']})" in text
    for source in content["sources"]:
        for sign in source["signs"].splitlines():
            assert sign in text
    assert "Nothing of the catalogue" in words(sign_in.page(employee).get(CATALOGUE))


def test_a_document_is_called_by_its_title_and_leads_where_it_can_be_read(
    lead: Person, sign_in: SignIn
) -> None:
    factories.make_initiative(lead=lead)
    for number, origin in enumerate(
        ({}, {"title": "A talk"}, {"title": "A book", "url": "https://example.org/book"})
    ):
        said = {"doc": f"00{number}_73fee7a53505248e.txt", "phrase": "Ask first"}
        factories.make_strategy(provenance=[said | origin])

    response = sign_in.page(lead).get(CATALOGUE)

    text = unescape(words(response))
    assert "“Ask first” (000)" in text
    assert "“Ask first” (A talk)" in text
    assert '(<a href="https://example.org/book">A book</a>)' in response.content.decode()
