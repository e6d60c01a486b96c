"""Make a virtual environment ready for `make`: with uv where there is one, else with pip.

Run by the Makefile with any Python, before anything is installed: standard library only.
"""

import argparse
import importlib.util
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


def has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def answers(python: Path, code: str) -> bool:
    """Whether `python` is there and runs `code` without an error."""
    if not python.exists():
        return False
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0


def creator(venv: Path) -> list[str]:
    """The command that makes a virtual environment here, or the end with what to install."""
    if uv := shutil.which("uv"):
        return [uv, "venv", "--quiet", "--python", sys.executable, str(venv)]
    python = [sys.executable, "-m"]
    if has("venv") and has("ensurepip"):
        return [*python, "venv", str(venv)]
    if has("virtualenv"):
        return [*python, "virtualenv", "--quiet", str(venv)]
    if has("venv") and has("pip"):
        return [*python, "venv", "--without-pip", str(venv)]
    raise SystemExit(
        f"{sys.executable} can make no virtual environment: install python3-venv (Debian, Ubuntu:"
        " apt install python3-venv) or uv, then run make again."
    )


def installer(python: Path) -> list[str]:
    """The command that installs into the environment of `python`."""
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--python", str(python)]
    quiet = ["install", "--quiet", "--disable-pip-version-check"]
    if answers(python, "import pip"):
        return [str(python), "-m", "pip", *quiet]
    if has("pip"):
        return [sys.executable, "-m", "pip", "--python", str(python), *quiet]
    raise SystemExit(f"Neither uv nor pip can install into {python.parent.parent}.")


def run(command: list[str]) -> None:
    if status := subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SystemExit(f"Stopped: {' '.join(command[:4])} … ended with status {status}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("venv", type=Path)
    parser.add_argument("groups", nargs="+", metavar="group")
    arguments = parser.parse_args()
    venv: Path = arguments.venv.absolute()
    python = venv / "bin" / "python"
    if not answers(python, "pass"):
        if (venv / "pyvenv.cfg").exists():
            shutil.rmtree(venv)  # its interpreter is gone: nothing in it can be used
        print(f"Making {arguments.venv} with Python {sys.version.split()[0]}", flush=True)
        run(creator(venv))
    print(f"Installing what pyproject.toml asks for: {', '.join(arguments.groups)}", flush=True)
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        line
        for group in arguments.groups
        for line in requirements(known["dependency-groups"], group)
    ]
    run([*installer(python), "--editable", ".", *wanted])


if __name__ == "__main__":
    main()
