"""What has to hold on every host, whatever its settings say."""

import re
from io import StringIO
from pathlib import Path

import pytest
from conftest import address, own_names
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.checks import ERROR, run_checks
from django.core.management import call_command
from django.test import Client, override_settings

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def test_checks_find_no_error() -> None:
    assert [each for each in run_checks() if each.level >= ERROR] == []


def test_no_migration_is_missing_whatever_key_the_host_prefers() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


#: Open without signing in: to whoever holds a signed link or a secret, and to a monitor.
OPEN = {
    f"{method} {name}"
    for name in ("calendar-feed", "health", "mail-action", "mail-wishes")
    for method in METHODS
}


def test_strangers_get_nothing_at_any_address() -> None:
    stranger = Client()
    answers = {
        f"{method} {name}": stranger.generic(method, address(name, keys)).status_code
        for name, keys in own_names()
        for method in METHODS
    }

    assert len(answers) > 100
    assert {k for k, v in answers.items() if v == 404} <= OPEN, (
        "a word that nobody wrote opens none"
    )
    answers = {k: v for k, v in answers.items() if k not in OPEN}
    assert {k: v for k, v in answers.items() if v not in {302, 401, 405}} == {}
    assert {k: v for k, v in answers.items() if v == 302 and "api" in k} == {}


def test_strangers_are_sent_to_sign_in_by_pages_and_refused_by_the_api() -> None:
    page = Client().get(address("my-training"))
    api = Client().get(address("initiative-list"))

    assert page.status_code == 302
    assert api.status_code == 401
    assert api["Content-Type"] == "application/problem+json"


def test_lists_have_our_shape(browser: Client) -> None:
    response = browser.get(address("initiative-list"))

    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert set(body) == {"next", "previous", "results"}
    assert [row["title"] for row in body["results"]] == ["One desk"]


def test_errors_have_our_shape(browser: Client, person: Person) -> None:
    missing = browser.get(address("initiative-detail", ("pk",)).replace("/1/", "/4711/"))
    key = address("initiative-list")
    invalid = browser.post(key, {"go_live_on": "soon"}, content_type="application/json")

    assert missing.status_code == 404
    assert missing["Content-Type"] == "application/problem+json"
    assert missing.json()["code"] == "not_found"
    assert invalid.status_code == 400
    assert invalid.json()["code"] == "invalid"
    assert "title" in invalid.json()["errors"]


def test_a_change_works_and_its_author_is_named(browser: Client, person: Person) -> None:
    row = browser.get(address("initiative-list")).json()["results"][0]
    url = address("initiative-detail", ("pk",)).replace("/1/", f"/{row['id']}/")

    response = browser.patch(url, {"title": "One front door"}, content_type="application/json")

    assert response.status_code == 200
    assert AuditEvent.objects.latest("pk").actor_label == "sam-4711"
    assert AuditEvent.objects.latest("pk").actor_user_id == person.user_id


def test_a_refused_change_leaves_nothing_behind(browser: Client) -> None:
    row = browser.get(address("initiative-list")).json()["results"][0]
    url = address("initiative-move", ("pk",)).replace("/1/", f"/{row['id']}/")

    response = browser.post(url, {"to": "draft"}, content_type="application/json")

    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert not AuditEvent.objects.exists()


def test_pages_show_their_content(browser: Client, record: TrainingRecord) -> None:
    page = browser.get(address("my-training"))
    text = page.content.decode()

    assert page.status_code == 200
    assert "Read the guide" in text
    assert ("Intranet of the host" in text) == ("BASE_TEMPLATE" in own_settings())


def test_pages_need_nothing_inline(browser: Client, record: TrainingRecord) -> None:
    text = browser.get(address("my-training")).content.decode()

    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
    assert re.findall(r"(?:src|href)=[\"'](?:https?:)?//", text) == []


def test_completing_works_through_the_page(browser: Client, record: TrainingRecord) -> None:
    text = browser.get(address("my-training")).content.decode()
    targets = re.findall(rf'<form[^>]*action="([^"]*{record.pk}[^"]*)"', text)

    assert targets
    browser.post(targets[0], {})

    record.refresh_from_db()
    assert record.state == "completed"


def test_reminders_leave_without_celery(record: TrainingRecord) -> None:
    any_time = {"WORKING_DAYS": range(7), "SEND_FROM_HOUR": 0}

    with override_settings(CHANGE_TRACKER=own_settings() | any_time):
        call_command("send_reminders", "--once", stdout=StringIO())

    assert [message.to for message in mail.outbox] == [["sam@example.org"]]
    assert "Read the guide" in mail.outbox[0].body


def test_people_are_read_from_a_file_and_no_user_is_made(person: Person, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("external_id,name,email\n1,Sam,sam@example.org\n2,Kim,kim@example.org\n")

    call_command("import_people", str(roster), stdout=StringIO())

    kim = Person.objects.get(external_id="2")
    assert kim.user_id is None
    assert Person.objects.get(external_id="1").user_id == person.user_id


def test_our_tasks_are_registered_without_autodiscovery() -> None:
    from celery import current_app

    assert [name for name in current_app.tasks if name.startswith("change_tracker.")]


def test_the_schema_describes_our_endpoints(browser: Client) -> None:
    response = browser.get(address("schema"))

    assert response.status_code == 200
    assert b"/initiatives/" in response.content


def test_this_host_is_as_unlike_as_it_claims() -> None:
    assert settings.DEFAULT_AUTO_FIELD == "django.db.models.AutoField"
    assert not apps.is_installed("django.contrib.sites")


def own_settings() -> dict[str, object]:
    return getattr(settings, "CHANGE_TRACKER", {})
