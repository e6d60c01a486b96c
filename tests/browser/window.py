"""A browser window that knows who is signed in and keeps what the browser complained about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from tests.browser.accessibility import source
from tests.browser.pages import PAGES
from tests.browser.scene import Scene

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Response

LISTEN = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`Refused by ${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
});
"""
PHONE, DESK = (390, 844), (1280, 900)


class Window:
    """One window of the browser: no cookies but those of who is signed in.

    It is used again by test after test, since to open one takes longer than to look at a page;
    `cleared` takes back what the last test did to it.
    """

    def __init__(self, browser: Browser, scene: Scene, address: str) -> None:
        self.browser, self.scene, self.address = browser, scene, address
        self.complaints: list[str] = []
        self._pages: dict[str, Page] = {}
        self._used: set[str] = set()
        self._shown: Any = None

    def open(self, name: str, language: str = "en", size: tuple[int, int] = PHONE) -> Page:
        """The page of that name, in the state that it is listed for."""
        shown = PAGES[name]
        page = self.sign_in(shown.user, language, size)
        page.goto(self.address + shown.address(self.scene))
        if shown.press:
            shown.press(page, self.scene)
        assert page.evaluate("document.documentElement.lang") == language
        return page

    def sign_in(self, user: str, language: str = "en", size: tuple[int, int] = PHONE) -> Page:
        """An empty page for somebody who is signed in."""
        width, height = size
        page = self._page(language)
        page.set_viewport_size({"width": width, "height": height})
        cookie: Any = {"name": "sessionid", "value": self.scene.cookies[user], "url": self.address}
        page.context.clear_cookies()
        page.context.add_cookies([cookie])
        return page

    def cleared(self) -> Self:
        """The same window as if it had just been opened."""
        for language in self._used:
            self._pages[language].emulate_media(
                color_scheme="light", media="null", forced_colors="null"
            )
        self._used.clear()
        self.complaints.clear()
        return self

    def _page(self, language: str) -> Page:
        self._used.add(language)
        if language not in self._pages:
            context = self.browser.new_context(
                locale=language, reduced_motion="reduce", color_scheme="light", has_touch=True
            )
            context.add_init_script(LISTEN)
            context.add_init_script(source())
            page = self._pages[language] = context.new_page()
            page.on("console", self._on_console)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("response", self._on_response)
        return self._pages[language]

    def _on_console(self, message: ConsoleMessage) -> None:
        # A form that is refused is answered with 400 or 409, a link of the past with 410; it
        # reports that, too.
        wanted = any(f"status of {code}" in message.text for code in (400, 409, 410))
        icon = message.location.get("url", "").endswith("/favicon.ico")
        if message.type in {"error", "warning"} and not (wanted or icon):
            self.complaints.append(message.text)

    def _on_response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._shown = response
            if response.status not in {200, 302, 400, 409, 410}:
                self.complaints.append(f"{response.status} {response.url}")

    def source(self, name: str, language: str = "en") -> str:
        """The HTML of a page as it is sent; in the window where something is pressed first."""
        shown = PAGES[name]
        if shown.press:
            self.open(name, language)
            return str(self._shown.text())
        page = self.sign_in(shown.user, language)
        address = self.address + shown.address(self.scene)
        answer = page.context.request.get(address, headers={"Accept-Language": language})
        if answer.status not in {200, 410}:  # a link of the past has a page as well
            self.complaints.append(f"{answer.status} {answer.url}")
        html = str(answer.text())
        assert f'lang="{language}"' in html
        return html
