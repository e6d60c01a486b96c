"""No page is forgotten by the tests in the browser."""

import pytest
import time_machine
from django.urls import resolve

from tests.browser.pages import NO_PAGES, PAGES
from tests.browser.scene import MOMENT, make_scene
from tests.contracts.routes import addresses


@pytest.mark.django_db
def test_every_page_is_looked_at_in_the_browser() -> None:
    with time_machine.travel(MOMENT, tick=False):
        scene = make_scene()
    looked_at = {
        resolve(shown.address(scene).partition("?")[0]).url_name for shown in PAGES.values()
    }
    pages = {name for name, address in addresses().items() if not address.is_api}

    assert pages - looked_at == NO_PAGES
