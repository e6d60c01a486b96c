"""Measure our work side by side with the least that a database would need for it."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESULTS = Path(__file__).parents[1] / ".bench" / "figures.json"


def main() -> None:
    """Print the table, and write it as JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    import django

    django.setup()
    from benchmarks.figures import table, with_growth, write
    from benchmarks.harness import measure
    from benchmarks.subjects import WORKS, left_out

    chosen = arguments(list(WORKS))
    names = chosen.work or list(WORKS)
    figures = []
    with own_database():
        for name in names:
            for size in sorted(chosen.sizes):
                print(f"{name}, {size:,}:", end=" ", flush=True)
                figures.append(measure(WORKS[name](), size, chosen.rounds))
                print(f"{figures[-1].ratio:.2f}")
    grown = with_growth(figures)
    print(table(grown))
    if not chosen.work:
        print(*left_out(), sep="\n")
    write(grown, chosen.json)
    print(f"Written to {chosen.json}")


def arguments(names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("work", nargs="*", metavar="work", help=f"all, or of: {', '.join(names)}")
    parser.add_argument(
        "--sizes", type=sizes, default=[10_000, 100_000], help="records (10000,100000)"
    )
    parser.add_argument("--rounds", type=int, default=5, help="of which the median counts (5)")
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the figures go")
    chosen = parser.parse_args()
    if unknown := set(chosen.work) - set(names):
        parser.error(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(names)}.")
    return chosen


def sizes(text: str) -> list[int]:
    """`10000,100000` as numbers."""
    return [int(each) for each in text.split(",")]


@contextmanager
def own_database() -> Iterator[None]:
    """A database that is there for the run only; its name begins with `test_`, as Django's do."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
