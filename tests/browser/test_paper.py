"""What is printed: the sponsor's page is one sheet."""

import re

import pytest

from tests.browser.window import DESK, Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SHEET = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_the_paper_for_a_steering_group_is_one_sheet(language: str, window: Window) -> None:
    paper = window.open("sponsor", language, DESK).pdf(format="A4")

    assert len(SHEET.findall(paper)) == 1
