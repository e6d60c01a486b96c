"""The start page of the demonstration, and its second brand."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import factories
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("amira", first_name="Amira"))
    return client


def test_the_start_page_is_for_those_who_signed_in(browser: Client) -> None:
    assert Client().get("/")["Location"] == "/login/?next=/"
    assert "Welcome, Amira" in browser.get("/").content.decode()


def test_another_brand_is_one_stylesheet_more_until_one_goes_back(browser: Client) -> None:
    assert "harbour.css" not in browser.get("/change/").content.decode()

    answer = browser.post("/brand/", {"brand": "harbour"}, HTTP_REFERER="http://testserver/change/")

    assert answer["Location"] == "http://testserver/change/"
    assert "harbour.css" in browser.get("/change/").content.decode()
    browser.post("/brand/", {"brand": ""})
    assert "harbour.css" not in browser.get("/change/").content.decode()


def test_nobody_is_led_elsewhere_by_it(browser: Client) -> None:
    answer = browser.post("/brand/", {"brand": "x"}, HTTP_REFERER="https://evil.example/")

    assert answer["Location"] == "/"
    assert "brand" not in browser.cookies or not browser.cookies["brand"].value


def test_a_brand_is_a_handful_of_lines() -> None:
    from django.contrib.staticfiles import finders

    path = finders.find("project/harbour.css")
    assert isinstance(path, str)
    with open(path) as file:
        assert len([line for line in file if ":" in line]) <= 12


def test_what_one_may_not_do_is_said_inside_the_intranet(sign_in: SignIn) -> None:
    sponsor = factories.make_person("Tom Reyes", login=factories.make_user("tom"))
    factories.make_initiative(slug="door", sponsor=sponsor)

    response = sign_in.page(sponsor).get("/change/i/door/setup/edit/")

    assert response.status_code == 403
    html = response.content.decode()
    assert "Not for you to do" in html
    assert "To your start page" in html
