"""What is built works where it is installed: nothing is missing, nothing is too much.

It is installed on hosts that are unlike ours, each in a process of its own.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from tests.contracts.source import PACKAGE, ROOT

HOST = Path(__file__).parent / "bare"

pytestmark = [pytest.mark.long, pytest.mark.exhaustive]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy without what tests and tools leave behind."""
    folder = tmp_path_factory.mktemp("build")
    source = folder / "source"
    source.mkdir()
    shutil.copytree(PACKAGE, source / "change_tracker", ignore=shutil.ignore_patterns("*.pyc"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=source)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of a fresh environment: the wheel, and the dependencies that are here anyway."""
    folder = tmp_path_factory.mktemp("host")
    venv.create(folder / "venv", symlinks=True, with_pip=False)
    python = folder / "venv" / "bin" / "python"
    site = Path(run([str(python), "-c", "import site; print(site.getsitepackages()[0])"]).strip())
    # A pure wheel is installed by unpacking it: no installer is needed, and none is everywhere.
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # Folders named in a .pth file bring packages, not the .pth files in them: so not our checkout.
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"])
    shutil.copytree(HOST, folder / "bare", ignore=shutil.ignore_patterns("__pycache__"))
    return python


def test_everything_that_is_not_code_is_in_the_wheel(wheel: Path) -> None:
    shipped = names(wheel)
    wanted = {
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }

    assert wanted - shipped == set()
    assert "change_tracker/py.typed" in shipped
    assert "change_tracker/core/personal_data.toml" in shipped
    assert [name for name in shipped if name.startswith("change_tracker/templates/")]
    assert [name for name in shipped if name.startswith("change_tracker/static/")]
    assert [name for name in shipped if name.endswith("customer-service.json")]


def test_every_translation_is_compiled() -> None:
    catalogues = list(PACKAGE.rglob("*.po"))

    assert [str(each) for each in catalogues if not each.with_suffix(".mo").exists()] == []


def test_nothing_but_the_package_is_in_the_wheel(wheel: Path) -> None:
    foreign = {
        name
        for name in names(wheel)
        if not name.startswith("change_tracker/") and ".dist-info/" not in name
    }

    assert foreign == set()
    assert [name for name in names(wheel) if "test" in name.split("/")[-1]] == []


def test_the_wheel_says_what_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        path = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = message_from_string(archive.read(path).decode())
    needs = metadata.get_all("Requires-Dist") or []

    assert metadata["Name"] == "django-change-tracker"
    assert metadata["Requires-Python"] == ">=3.11"
    assert "django>=5.2" in needs
    assert [each for each in needs if "<" in each.split(";")[0]] == []


def test_a_bare_project_runs_on_the_wheel_alone(installed: Path) -> None:
    where = run([str(installed), "-c", "import change_tracker; print(change_tracker.__file__)"])
    assert "site-packages" in where
    assert str(installed.parents[1]) in where

    host = installed.parents[2] / "bare"
    run([str(installed), "manage.py", "migrate", "-v0"], cwd=host, HOST_DATABASE="host.sqlite3")


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param("bare.settings", id="nothing set, no admin, UUID user without permissions"),
        pytest.param("bare.settings_opinionated", id="opinions on everything, UUID user"),
    ],
)
def test_the_probes_hold_on_the_wheel_with(installed: Path, settings: str) -> None:
    host = installed.parents[2] / "bare"

    run([str(installed), "-m", "pytest", "probes", f"--ds={settings}"], cwd=host)


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def run(command: list[str], cwd: Path | None = None, **environment: str) -> str:
    """The output of a command that has to succeed, away from our settings and our checkout."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    }
    done = subprocess.run(
        command,
        cwd=cwd or Path("/"),
        env=kept | {"PYTHONPATH": "probes", "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
