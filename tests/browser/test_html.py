"""The HTML validator, vnu, on every page in our own shell."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.browser.pages import with_each
from tests.browser.window import Window
from tests.selection import VALIDATOR

#: Browsers forget what a table is when it is laid out as blocks, as ours are on a phone; the roles
#: say it again. The validator finds them superfluous.
WANTED = "The “role” attribute must not be used on a “t"

pytestmark = [pytest.mark.browser, pytest.mark.validator, pytest.mark.long, pytest.mark.django_db]


@pytest.mark.parametrize("host", ["shell"], indirect=True)
def test_the_validator_finds_no_error(host: str, window: Window, tmp_path: Path) -> None:
    for language, name in with_each(("en", "ar")):
        source = window.source(name, language)
        (tmp_path / f"{name}, {language}.html").write_text(source, "utf-8")

    # The made-up language is none that vnu could guess.
    options = [
        "--errors-only",
        "--no-langdetect",
        "--format",
        "json",
        "--stdout",
        "--exit-zero-always",
    ]
    command = ["java", "-jar", str(VALIDATOR), *options, *map(str, sorted(tmp_path.iterdir()))]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)

    everything = json.loads(said.stdout)["messages"]
    messages = [each for each in everything if not each["message"].startswith(WANTED)]
    assert not messages, "\n".join(
        f"{Path(each['url']).stem}: {each['message']} {each.get('extract', '')}"
        for each in messages
    )
