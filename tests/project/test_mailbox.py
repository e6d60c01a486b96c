"""What the demonstration would have sent can be found, read and not run."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from project.mailbox import MailboxBackend
from project.models import Mail

pytestmark = pytest.mark.django_db


def send(to: str, subject: str = "1 late: Größe", html: str = "") -> Mail:
    message = EmailMultiAlternatives(
        subject, "Hallo, schöne Grüße", to=[to], headers={"List-Unsubscribe": "<mailto:x@y.z>"}
    )
    if html:
        message.attach_alternative(html, "text/html")
    assert MailboxBackend().send_messages([message]) == 1
    return Mail.objects.latest("pk")


@pytest.fixture
def browser() -> Client:
    return Client()


def test_a_mail_is_kept_as_it_would_have_left() -> None:
    mail = send("amira@example.org", html="<p>Grüße</p>")
    assert mail.subject == "1 late: Größe"
    assert mail.recipients == "amira@example.org"
    assert mail.text.strip() == "Hallo, schöne Grüße"
    assert mail.html.strip() == "<p>Grüße</p>"
    assert ("List-Unsubscribe", "<mailto:x@y.z>") in mail.headers
    assert dict(mail.headers)["Subject"] == "1 late: Größe"


def test_mail_is_found_by_its_recipient(browser: Client) -> None:
    send("amira@example.org", "for Amira")
    send("dan@example.org", "for Dan")
    page = browser.get("/mailbox/?q=AMIRA").content.decode()
    assert "for Amira" in page
    assert "for Dan" not in page


def test_mail_is_found_by_words_of_recipient_and_subject(browser: Client) -> None:
    send("amira@example.org", "1 late for the depot")
    send("amira@example.org", "2 trainings for the depot")
    page = browser.get("/mailbox/?q=late+amira").content.decode()
    assert "1 late for the depot" in page
    assert "2 trainings" not in page


def test_the_newest_mail_comes_first(browser: Client) -> None:
    send("amira@example.org", "the first")
    send("amira@example.org", "the second")
    page = browser.get("/mailbox/").content.decode()
    assert page.index("the second") < page.index("the first")


def test_an_empty_mailbox_says_so(browser: Client) -> None:
    assert "No mail yet" in browser.get("/mailbox/").content.decode()
    assert "No mail with “nobody”" in browser.get("/mailbox/?q=nobody").content.decode()


def test_a_page_shows_text_headers_and_a_frame_without_scripts(browser: Client) -> None:
    mail = send("amira@example.org", html="<script>alert(1)</script>")
    page = browser.get(mail.get_absolute_url()).content.decode()
    assert "Hallo, schöne Grüße" in page
    assert "List-Unsubscribe" in page
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page
    assert "<script>alert(1)" not in page


def test_the_html_part_may_style_itself_and_nothing_else(browser: Client) -> None:
    mail = send("amira@example.org", html="<html><head></head><body>Hallo</body></html>")
    answer = browser.get(f"{mail.get_absolute_url()}html/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "allow-scripts" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in answer.content.decode()


def test_a_mail_that_is_not_there_is_not_found(browser: Client) -> None:
    assert browser.get("/mailbox/1/").status_code == 404
