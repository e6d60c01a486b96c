"""The demonstration intranet speaks English or German, as one chooses, without a script."""

import pytest
from django.test import Client

from tests.conftest import SignIn
from tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db

LOGIN = "/login/?next=/change/"


def test_a_button_leads_to_the_other_language_and_back_to_the_page() -> None:
    browser = Client()
    page = browser.get(LOGIN).content.decode()
    assert 'value="de" lang="de">Deutsch</button>' in _one_space(page)
    assert 'value="/login/?next=/change/"' in page

    answer = browser.post("/language/", {"language": "de", "next": LOGIN})

    assert answer.headers["Location"] == LOGIN
    page = browser.get(LOGIN).content.decode()
    assert '<html lang="de"' in page
    assert "Zum Hauptinhalt springen" in page
    assert 'value="en" lang="en">English</button>' in _one_space(page)


def _one_space(page: str) -> str:
    return " ".join(page.split())


def test_the_choice_outranks_the_browser_and_outlives_signing_in(sign_in: SignIn) -> None:
    browser = sign_in.page(make_person("Noor Ali", login=make_user("noor")))
    browser.post("/language/", {"language": "de", "next": "/"})

    page = browser.get("/change/", headers={"Accept-Language": "en"}).content.decode()

    assert "Für Sie ist nichts offen" in page


def test_the_mailbox_writes_dates_in_german() -> None:
    page = Client().get("/mailbox/", headers={"Accept-Language": "de"}).content.decode()

    assert "Noch keine E-Mail." in page
    assert "Als Nächstes:" in page
