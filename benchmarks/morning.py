"""Everybody is due on one morning, and several workers drain it: `python -m benchmarks.morning`.

Prints how many mails leave in a second, and fails where one is lost or comes twice.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path


def main() -> int:
    """0 where every mail arrived once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    import django

    django.setup()
    from benchmarks.__main__ import own_database, sizes

    parser = argparse.ArgumentParser(prog="benchmarks.morning", description=__doc__)
    parser.add_argument("--sizes", type=sizes, default=[10_000], help="mails (10000)")
    parser.add_argument("--workers", type=int, default=4, help="processes that send (4)")
    chosen = parser.parse_args()
    with own_database():
        wrong = sum(morning(size, chosen.workers) for size in chosen.sizes)
    return int(wrong > 0)


def morning(size: int, count: int) -> int:
    """Plan so many mails, and let `count` workers send them; how many are lost or came twice."""
    from benchmarks.crowd import ITEMS
    from benchmarks.rows import analyze, clear
    from benchmarks.sink import sink
    from benchmarks.tick import MassDay
    from benchmarks.workers import workers
    from change_tracker.reminders.models import Digest

    clear()
    due = MassDay()
    due.load(size * ITEMS)
    analyze()
    due.ours()
    owed = set(Digest.objects.values_list("message_id", flat=True))
    waiting = Digest.objects.filter(state__in=["pending", "claimed"])
    with tempfile.NamedTemporaryFile() as kept, sink(kept.name) as port:
        with workers(count, port=port, cap=0):
            began = time.monotonic()
            while waiting.exists():
                time.sleep(0.1)
            seconds = time.monotonic() - began
        arrived = Counter(Path(kept.name).read_text().splitlines())
    lost, repeated = len(owed - arrived.keys()), arrived.total() - len(arrived)
    print(
        f"{len(owed):,} mails by {count} workers in {seconds:.1f} s, {len(owed) / seconds:.0f} a "
        f"second; lost {lost}, repeated {repeated}"
    )
    return lost + repeated


if __name__ == "__main__":
    sys.exit(main())
