"""What a browser sends of the forms of a page that nobody touched."""

from html.parser import HTMLParser

Sent = dict[str, list[str]]
#: Controls of which only what is ticked is sent, and those that are sent when they are pressed.
TICKED = {"checkbox", "radio"}
PRESSED = {"submit", "button", "reset", "image", "file"}


class Forms(HTMLParser):
    """`found`: the forms of a page that lead back to it, each as names and what they send."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Sent] = []
        self._leads_away = False
        # What is read: a text, or a list with whether each of its options is chosen.
        self._name: str | None = None
        self._text = ""
        self._options: dict[str, bool] = {}
        self._is_many = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append({})
            self._leads_away = "action" in of
        elif tag == "input":
            self._input(of)
        elif tag in {"textarea", "select"}:
            self._name, self._is_many, self._text = of.get("name"), "multiple" in of, ""
            self._options.clear()
        elif tag == "option":
            self._options[of.get("value", "")] = "selected" in of

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._add(self._name, self._text.removeprefix("\n"))
        elif tag == "select":
            chosen = [value for value, is_chosen in self._options.items() if is_chosen]
            for value in chosen or ([] if self._is_many else [*self._options][:1]):
                self._add(self._name, value)

    def _input(self, of: dict[str, str]) -> None:
        kind = of.get("type", "text")
        if kind not in PRESSED and (kind not in TICKED or "checked" in of):
            self._add(of.get("name"), of.get("value", "on" if kind in TICKED else ""))

    def _add(self, name: str | None, value: str) -> None:
        if name and self.found and not self._leads_away:
            self.found[-1].setdefault(name, []).append(value)
