"""Make a virtual environment ready for `make`: with uv where there is one, else with pip.

Run by the Makefile with any Python, before anything is installed: standard library only.
"""

import argparse
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def requirements(groups: dict[str, Any], name: str) -> Iterator[str]:
    """The requirements of a dependency group, the groups that it includes among them.

    Read here, not by `pip install --group`, which the pip that Python 3.11 brings does not know.
    """
    for entry in groups[name]:
        if isinstance(entry, str):
            yield entry
        else:
            yield from requirements(groups, entry["include-group"])


def succeeds(command: list[str | Path], *, quiet: bool = False) -> bool:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=quiet, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def make_environment(venv: Path) -> None:
    """Try every way that there is on fresh machines; Debian's Python alone has none of them."""
    python = sys.executable
    ways: list[list[str | Path]] = [
        ["uv", "venv", "--quiet", "--python", python, venv],
        [python, "-m", "venv", venv],
        [python, "-m", "virtualenv", "--quiet", venv],
    ]
    if succeeds([python, "-m", "pip", "--version"], quiet=True):
        ways.append([python, "-m", "venv", "--without-pip", venv])
    for way in ways:
        if (venv / "pyvenv.cfg").exists():
            shutil.rmtree(venv)  # half made, or its interpreter is gone
        if succeeds(way, quiet=True):
            return
    raise SystemExit(
        f"{python} can make no virtual environment: install python3-venv (Debian, Ubuntu:"
        " apt install python3-venv) or uv, then run make again."
    )


def install(python: Path, wanted: list[str]) -> None:
    pip = ["install", "-qq", "--disable-pip-version-check"]  # errors only
    ways: list[list[str | Path]] = []
    if shutil.which("uv"):
        ways.append(["uv", "pip", "install", "--quiet", "--python", python])
    if succeeds([python, "-m", "pip", "--version"], quiet=True):
        ways.append([python, "-m", "pip", *pip])
    else:
        ways.append([sys.executable, "-m", "pip", "--python", python, *pip])
    if not any(succeeds([*way, "--editable", ".", *wanted]) for way in ways):
        raise SystemExit("Not everything could be installed: the reason stands above.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("venv", type=Path)
    parser.add_argument("groups", nargs="+", metavar="group")
    arguments = parser.parse_args()
    venv: Path = arguments.venv.absolute()
    python = venv / "bin" / "python"
    if not succeeds([python, "-c", "pass"], quiet=True):
        print(f"Making {arguments.venv} with Python {sys.version.split()[0]}", flush=True)
        make_environment(venv)
    print(f"Installing what pyproject.toml asks for: {', '.join(arguments.groups)}", flush=True)
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    install(python, [line for name in arguments.groups for line in requirements(groups, name)])


if __name__ == "__main__":
    main()
