"""What is asked of a page inside the browser."""

from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def script(name: str) -> str:
    """The source of one of our looks at a page: a function for `evaluate`."""
    return (HERE / f"{name}.js").read_text("utf-8")
