"""A host's base template whose blocks have other names is reported, not silently left empty."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from change_tracker.core.checks import check_base_template

OURS = """{% extends ct_base %}
{% block main_content %}{% block ct_content %}{% endblock %}{% endblock %}"""


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    """A folder for templates that come before all others."""
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [tmp_path]
    with override_settings(TEMPLATES=templates):
        yield tmp_path


def test_a_base_with_our_block_is_fine(folder: Path) -> None:
    (folder / "base.html").write_text("<main>{% block content %}{% endblock %}</main>")

    assert check_base_template() == []


def test_a_block_further_up_is_fine(folder: Path) -> None:
    (folder / "base.html").write_text("{% extends 'shell.html' %}{% block x %}{% endblock %}")
    (folder / "shell.html").write_text("{% block content %}{% endblock %}")

    assert check_base_template() == []


def test_no_base_at_all_is_fine(folder: Path) -> None:
    assert check_base_template() == []


def test_a_base_without_our_block_is_reported_by_name(folder: Path) -> None:
    (folder / "base.html").write_text("<main>{% block main_content %}{% endblock %}</main>")

    (warning,) = check_base_template()

    assert warning.id == "change_tracker.W003"
    assert "base.html has no block “content”" in warning.msg


def test_a_template_of_the_host_that_fills_its_own_block_is_fine(folder: Path) -> None:
    (folder / "base.html").write_text("<main>{% block main_content %}{% endblock %}</main>")
    (folder / "change_tracker").mkdir()
    (folder / "change_tracker" / "base.html").write_text(OURS)

    assert check_base_template() == []


def test_a_wrapping_template_that_forgot_our_content_is_reported(folder: Path) -> None:
    (folder / "base.html").write_text("<main>{% block content %}{% endblock %}</main>")
    (folder / "change_tracker").mkdir()
    (folder / "change_tracker" / "base.html").write_text("{% extends ct_base %}")

    (warning,) = check_base_template()

    assert "ct_content" in warning.msg
