"""The shared strings of a workbook; openpyxl makes objects of each, which takes far longer."""

from typing import IO, Any

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ITEM, TEXT, RUN = f"{MAIN}si", f"{MAIN}t", f"{MAIN}r"


def strings_of(stream: IO[bytes]) -> list[str]:
    """The texts in their order, without how they look and how they are pronounced."""
    from openpyxl.xml.functions import iterparse

    found: list[str] = []
    root: Any = None
    for event, node in iterparse(stream, ("start", "end")):
        if root is None:
            root = node
        elif event == "end" and node.tag == ITEM:
            found.append(_text(node))
            # Else all of them stay in memory, empty.
            root.clear()
    return found


def _text(item: Any) -> str:
    texts = [item.findtext(TEXT), *(run.findtext(TEXT) for run in item.findall(RUN))]
    # How Excel writes an underscore that could be read as the beginning of a code.
    return "".join(filter(None, texts)).replace("x005F_", "")
