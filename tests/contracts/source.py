"""The package's own source, read as text and as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "change_tracker"
EDGES = ("api", "views", "tasks", "admin", "feeds", "urls")


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file; `name` is its path from the root of the repository."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def is_edge(self) -> bool:
        """Whether it parses and answers, so that it may read the clock and must not hold rules."""
        parts = Path(self.name).with_suffix("").parts
        is_admin = parts[-1].endswith("admin")
        return is_admin or any(part in EDGES for part in parts) or "management" in parts

    def lines(self) -> int:
        return len(self.text.splitlines())

    def at(self, node: ast.AST) -> str:
        """Where a finding is, as editors open it."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}"


@cache
def sources(folder: Path = PACKAGE) -> tuple[Source, ...]:
    """Every module under `folder` but migrations."""
    return tuple(
        Source(path, str(path.relative_to(ROOT)), text := path.read_text(), ast.parse(text))
        for path in sorted(folder.rglob("*.py"))
        if "migrations" not in path.parts
    )


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of names; calls and subscripts in the chain are left out."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return node.id if isinstance(node, ast.Name) else ""


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
