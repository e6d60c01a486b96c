"""The README's walk through the API, typed as it stands there."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord
from project import BASE_DIR
from tests import factories

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

#: What curl may not do in silence: an answer that is no success goes to a file.
WATCHED = """set -u
curl() { command curl --fail-with-body "$@" || echo "$@" >>refused; }
"""


def walk() -> str:
    """The commands, in the order in which they stand."""
    text = (BASE_DIR / "README.md").read_text("utf-8")
    found = re.search(r"## Walk through it with curl.*?```sh\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1]


def sign_up(name: str, **values: Any) -> Person:
    """Somebody with the login that the demonstration gives them."""
    user = factories.make_user(name.split(maxsplit=1)[0].lower(), *values.pop("permissions", ()))
    user.set_password("demo")
    user.save(update_fields=["password"])
    return factories.make_person(name, login=user, **values)


def test_every_command_of_the_readme_is_answered(live_server: LiveServer, tmp_path: Path) -> None:
    call_command("load_catalogue", verbosity=0)
    repairs = factories.make_unit("Repairs")
    lead = sign_up("Priya Nair", permissions=["add_initiative"])
    amira = sign_up("Amira Hassan", unit=repairs)
    factories.make_person("Tom Reyes")
    factories.make_audience(amira, unit=repairs, name="Repairs", created_by=lead.user)

    script = WATCHED + walk().replace("http://127.0.0.1:8000", live_server.url)
    subprocess.run(["bash", "-c", script], cwd=tmp_path, check=True, capture_output=True)

    refused = tmp_path / "refused"
    assert not refused.exists(), refused.read_text()
    assert Initiative.objects.get().state == "active"
    record = TrainingRecord.objects.get()
    assert (record.enrolment.person, record.state) == (amira, "completed")
