"""The same probes on hosts that are unlike ours, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.source import ROOT

HOST = Path(__file__).parent / "bare"

pytestmark = pytest.mark.xdist_group("hosts")


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param("bare.settings", id="nothing set, no admin, UUID user without permissions"),
        pytest.param("bare.settings_opinionated", id="opinions on everything, UUID user"),
    ],
)
def test_the_probes_hold_on_a_host_with(settings: str) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "DATABASE", "REDIS", "DJANGO", "COV"))
    }
    environment |= {"PYTHONPATH": os.pathsep.join((str(ROOT), "probes")), "DEMO_DIR": os.devnull}

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "probes", f"--ds={settings}"],
        cwd=HOST,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
