"""A host's base template in which a part of our pages is lost is reported, part by part."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core.checks import INFO, CheckMessage
from django.test import override_settings

from change_tracker.core.checks import check_base_exists, check_base_template

TITLE = "<title>{% block title %}{% endblock %}</title>"
PLAIN = TITLE + "<main>{% block content %}{% endblock %}</main>"
OTHER = TITLE + "<main>{% block main_content %}{% endblock %}</main>"
OURS = """{% extends ct_base %}{% load change_tracker %}
{% block title %}{% block ct_title %}{% endblock %}{% endblock %}
{% block main_content %}
{% change_tracker_css %}{% block ct_content %}{% endblock %}
{% endblock %}"""


class Folder:
    """Templates that come before all others."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, name: str, text: str) -> None:
        file = self.path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [tmp_path]
    with override_settings(TEMPLATES=templates):
        yield Folder(tmp_path)


def found(**conf: str) -> list[CheckMessage]:
    """What the check says with these settings of ours, in a process that has only begun."""
    with override_settings(CHANGE_TRACKER=conf, TEMPLATES=deepcopy(settings.TEMPLATES)):
        return check_base_template()


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [(each.id or "").removeprefix("change_tracker.") for each in messages]


def test_a_base_with_our_blocks_is_fine(folder: Folder) -> None:
    folder.put("base.html", PLAIN)

    assert found() == []


def test_a_block_further_up_is_fine(folder: Folder) -> None:
    folder.put("base.html", "{% extends 'shell.html' %}{% block x %}{% endblock %}")
    folder.put("shell.html", PLAIN)

    assert found() == []


def test_no_base_at_all_is_fine_whatever_the_blocks_are_called(folder: Folder) -> None:
    assert found() == []
    assert found(CONTENT_BLOCK="main", TITLE_BLOCK="name", HEAD_BLOCK="head") == []


def test_a_base_without_our_block_is_reported_with_the_blocks_that_it_has(folder: Folder) -> None:
    folder.put("base.html", OTHER)

    (warning,) = found()

    assert ids([warning]) == ["W003"]
    assert warning.msg == "In base.html our pages show nothing: it shows no block “content”."
    assert warning.hint == (
        "Blocks of base.html: main_content, title. "
        'Name one of them: CHANGE_TRACKER = {"CONTENT_BLOCK": "…"}.'
    )


def test_one_line_of_settings_puts_it_right(folder: Folder) -> None:
    folder.put("base.html", OTHER)

    assert found(CONTENT_BLOCK="main_content") == []


def test_every_part_that_is_lost_has_a_line_of_its_own(folder: Folder) -> None:
    folder.put("base.html", "<main>{% block main %}{% endblock %}</main>")

    assert ids(found()) == ["W003", "W020"]
    assert ids(found(HEAD_BLOCK="extra_head")) == ["W003", "W020", "W021"]
    assert ids(found(CONTENT_BLOCK="main", HEAD_BLOCK="extra_head")) == ["W020", "W021"]


def test_a_block_that_is_there_but_not_shown_is_noticed(folder: Folder) -> None:
    hidden = "<main>{% if request.is_staff_only %}{% block content %}{% endblock %}{% endif %}"
    folder.put("base.html", f"{TITLE}{hidden}</main>")

    assert ids(found()) == ["W003"]


def test_a_template_of_the_host_that_fills_its_own_block_is_fine(folder: Folder) -> None:
    folder.put("base.html", OTHER)
    folder.put("change_tracker/base.html", OURS)

    assert found() == []
    assert found(CONTENT_BLOCK="nonsense") == []


def test_a_wrapping_template_that_forgot_our_parts_is_reported(folder: Folder) -> None:
    folder.put("base.html", PLAIN)
    folder.put("change_tracker/base.html", "{% extends ct_base %}")

    messages = found()

    assert ids(messages) == ["W003", "W020"]
    assert "“ct_content”" in messages[0].msg
    assert "Your change_tracker/base.html has to fill one of them" in (messages[0].hint or "")


def test_a_wrapping_template_that_forgot_our_stylesheet_is_reported(folder: Folder) -> None:
    folder.put("base.html", OTHER)
    folder.put("change_tracker/base.html", OURS.replace("{% change_tracker_css %}", ""))

    assert ids(found()) == ["W021"]


def test_a_base_that_cannot_do_without_a_request_is_read_and_said_calmly(folder: Folder) -> None:
    folder.put("base.html", "{% include request.resolver_match.func.menu %}" + PLAIN)

    (message,) = found()

    assert message.level == INFO
    assert ids([message]) == ["I020"]
    assert message.msg.startswith("base.html cannot be rendered outside of a request (Template")


@pytest.mark.parametrize(
    ("base", "lost"),
    [(PLAIN, []), (OTHER, ["W003"])],
)
def test_a_stylesheet_that_was_not_collected_is_said_beside_what_is_lost(
    folder: Folder, base: str, lost: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("base.html", base)
    collected = ManifestStaticFilesStorage(location=folder.path, base_url="/static/")
    monkeypatch.setattr(staticfiles_storage, "_wrapped", collected)

    assert ids(found()) == [*lost, "W023"]


def test_a_base_that_was_only_read_is_reported_all_the_same(folder: Folder) -> None:
    folder.put("base.html", "{% include request.resolver_match.func.menu %}" + OTHER)

    assert ids(found()) == ["W003"]


def test_a_base_that_asks_who_is_there_can_be_rendered(folder: Folder) -> None:
    menu = (
        "{{ request.path }}{% if request.user.is_authenticated %}{{ user.x }}{% endif %}"
        "<form>{% csrf_token %}</form>"
    )
    folder.put("base.html", menu + PLAIN)

    assert found() == []


def test_a_base_that_is_named_but_nowhere_is_reported(folder: Folder) -> None:
    with override_settings(CHANGE_TRACKER={"BASE_TEMPLATE": "intranet/bose.html"}):
        (warning,) = check_base_exists()

    assert ids([warning]) == ["W022"]
    assert "intranet/bose.html" in warning.msg
    with override_settings(CHANGE_TRACKER={}):
        assert check_base_exists() == []
