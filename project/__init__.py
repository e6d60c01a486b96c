"""A host like yours, for trying Change Tracker and for its tests."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
# Everything that a demonstration leaves behind: database, broker, logs.
DEMO_DIR = Path(os.environ.get("DEMO_DIR") or BASE_DIR / ".demo").resolve()
