"""What `make` runs before anything is installed: an environment in every way that a machine has."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from project import bootstrap


def test_a_group_brings_what_the_groups_in_it_ask_for() -> None:
    groups: dict[str, Any] = {
        "demo": ["whitenoise", {"include-group": "mail"}],
        "mail": ["aiosmtpd", {"include-group": "time"}],
        "time": ["time-machine"],
    }

    assert list(bootstrap.requirements(groups, "demo")) == [
        "whitenoise",
        "aiosmtpd",
        "time-machine",
    ]


@pytest.fixture
def _without_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine of somebody who has never heard of it."""
    found = [each for each in os.get_exec_path() if not (Path(each) / "uv").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(found))


@pytest.mark.usefixtures("_without_uv")
def test_without_uv_an_environment_is_made_all_the_same(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "pyvenv.cfg").write_text("home = /gone\n")  # its interpreter was removed

    bootstrap.make_environment(venv)

    code = "import sys; print(sys.prefix != sys.base_prefix)"
    told = subprocess.run([venv / "bin" / "python", "-c", code], capture_output=True, check=True)
    assert told.stdout == b"True\n"


@pytest.mark.usefixtures("_without_uv")
def test_where_no_way_works_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(SystemExit, match=r"install python3-venv .* or uv, then run make again"):
        bootstrap.make_environment(tmp_path / "venv")


def test_what_cannot_be_installed_ends_it(tmp_path: Path, capfd: Any) -> None:
    with pytest.raises(SystemExit, match="Not everything could be installed"):
        bootstrap.install(Path(sys.executable), ["--no-index", f"{tmp_path}/nothing-here.whl"])

    assert "nothing-here.whl" in capfd.readouterr().err
