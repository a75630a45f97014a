"""A person in front of a browser. Every page that they open is checked in light and dark."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

HARMLESS = ("the server responded with a status of 422", "the server responded with a status of 404")

RUN_AXE = "options => axe.run(options).then(found => found.violations)"
# The scheme changes colours only; all other rules answer in dark what they answered in light.
VIOLATIONS = {"resultTypes": ["violations"]}
COLOURS = {**VIOLATIONS, "runOnly": ["color-contrast", "link-in-text-block"]}

PHONE, DESK = 390, 1280
CELLS = "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText))"
# What the page is made of: each element with all that it lies in, their classes and attributes, and whether it is
# empty. Texts and figures are left out: they make no other state.
PARTS = """() => {
  const shapes = new Map([[null, ""]]);
  for (const one of document.querySelectorAll("*")) {
    const names = [...one.attributes].map(({name, value}) =>
      /^(class|role|type|scope|lang)$/.test(name) ? `${name}=${value}` : name).sort();
    const empty = one.textContent.trim() ? "" : " empty";
    shapes.set(one, `${shapes.get(one.parentElement)}>${one.localName} ${names}${empty}`);
  }
  return [...new Set(shapes.values())].map(shape => shape.replace(/\\d+/g, "0"));
}"""
# The page itself must not scroll sideways, and what stands in a panel must not stick out of it.
TOO_WIDE = """() => {
  const found = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
  for (const panel of document.querySelectorAll(".panel")) {
    const edge = panel.getBoundingClientRect().right + 1;
    for (const part of panel.querySelectorAll("table, table *, dl, .act, .ci")) {
      if (part.closest(".scroll, .sr, .pop form, thead") || !part.getClientRects().length) continue;
      const stands = part.getBoundingClientRect().right;
      if (stands > edge) found.push(`${part.tagName} ${part.textContent.trim().slice(0, 40)}`);
    }
  }
  return found.slice(0, 3);
}"""


class Person:
    """Signs up or in, reads headings, fills in forms by the name of a field, and notes what axe and the console say."""

    widths: tuple[int, ...] = (PHONE, DESK)
    # By language: of which parts pages were made that axe has read, by kind and title; whoever opened them.
    read: ClassVar[dict[str, dict[str, set[str]]]] = {}
    # Looked at by anybody of this kind in this language, where several walk the same way.
    shared: ClassVar[dict[str, dict[str, str]] | None] = None

    def __init__(self, browser: Browser, address: str, language: str) -> None:
        locale = {"de": "de-DE", "en": "en-GB"}[language]
        self.context = browser.new_context(
            locale=locale, viewport={"width": DESK, "height": 900}, reduced_motion="reduce"
        )
        self.page: Page = self.context.new_page()
        self.address = address
        self.language = language
        self.findings: list[str] = []
        self.visited: dict[str, str] = {} if self.shared is None else self.shared.setdefault(language, {})
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.findings.append(f"script: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in HARMLESS):
            self.findings.append(f"console at {self.page.url}: {message.text}")

    def goto(self, path: str) -> None:
        """Open an address of this installation and look at it."""
        self.page.goto(self.address + path if path.startswith("/") else path)
        self.look()

    def look(self) -> None:
        """Check the present page with axe in light and dark, and whether it fits a phone; each kind of page once a
        state of its title; other figures in it are no other state.
        """
        self.page.wait_for_load_state()
        kind = re.sub(
            r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", self.page.url.removeprefix(self.address).split("?")[0]
        )
        key = f"{kind} {re.sub(r'[0-9][0-9.,]*', '0', self.heading())}"
        if key in self.visited:
            return
        self.visited[key] = kind
        language = self.page.locator("html").get_attribute("lang")
        if language != self.language:
            self.findings.append(f"{kind}: the page says it is in {language}")
        if self._has_new_parts(self._anywhere(key)):
            self._check(kind, "light", VIOLATIONS)
            self.page.emulate_media(color_scheme="dark")
            self._check(kind, "dark", COLOURS)
            self.page.emulate_media(color_scheme="light")
        for width in self.widths:
            self.measure(width, kind)

    def _has_new_parts(self, state: str) -> bool:
        """Whether something stands in the page that axe has not read in this state of it and this language.

        Several people open the same page; a second reading of the same parts would say the same.
        """
        parts = set(self.page.evaluate(PARTS))
        known = self.read.setdefault(self.language, {}).setdefault(state, set())
        new = not parts <= known
        known |= parts
        return new

    @staticmethod
    def _anywhere(key: str) -> str:
        """The same page of any company."""
        return re.sub(r"^/o/[^/]+/", "/o/*/", key)

    def measure(self, width: int, kind: str) -> None:
        """Make the window so wide and see whether everything fits."""
        self.page.set_viewport_size({"width": width, "height": 900})
        if wide := self.page.evaluate(TOO_WIDE):
            self.findings.append(f"{kind} is too wide at {width} px: {wide}")

    def _check(self, kind: str, scheme: str, options: dict[str, Any]) -> None:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        for violation in self.page.evaluate(RUN_AXE, options):
            self.findings.append(f"axe, {scheme}, {kind}: {self._said(violation)}")

    @staticmethod
    def _said(violation: dict[str, Any]) -> str:
        return f"{violation['id']}: " + "; ".join(node["html"][:140] for node in violation["nodes"][:3])

    def heading(self) -> str:
        """The page's h1, with single spaces."""
        return self.text(self.page.locator("h1").first)

    def word(self, german: str, english: str) -> str:
        """What a text reads in this person's language."""
        return german if self.language == "de" else english

    def follow(self, german: str, english: str, *, area: Locator | None = None) -> None:
        """Click the first link or button whose words begin like this, in the page or in a part of it."""
        self._named(german, english, area).click()
        self.look()

    def _named(self, german: str, english: str, area: Locator | None = None) -> Locator:
        name = self._beginning(german, english)
        within = area or self.page.get_by_role("main")
        return within.get_by_role("link", name=name).or_(within.get_by_role("button", name=name)).first

    def field(self, german: str, english: str, area: Locator | None = None) -> Locator:
        """The first field whose label begins like this."""
        label = self._beginning(german, english)
        return (area or self.page.get_by_role("main")).get_by_label(label).first

    def _beginning(self, german: str, english: str) -> re.Pattern[str]:
        """Matches a text that begins like this; figures and their units are held together by a no-break space."""
        return re.compile("^" + re.escape(self.word(german, english)).replace(r"\ ", r"\s+"))

    def text(self, area: Locator | None = None) -> str:
        """What stands in the page, or in a part of it, with single spaces."""
        return " ".join((area or self.page.get_by_role("main")).inner_text().split())

    def rows(self, area: Locator | None = None) -> list[list[str]]:
        """What stands in the rows of a table, cell by cell, without its header."""
        table = (area or self.page.get_by_role("main")).get_by_role("table").first
        return [[" ".join(cell.split()) for cell in row] for row in table.evaluate(CELLS)]

    def download(self, german: str, english: str) -> str:
        """Click what these words name and keep the file that comes; its text."""
        with self.page.expect_download() as started:
            self._named(german, english).click()
        return started.value.path().read_text(encoding="utf-8-sig")

    def panel(self, german: str, english: str) -> Locator:
        """The part of the page below this heading."""
        return self.page.get_by_role("region", name=self.word(german, english))

    def fill(self, **values: str | bool) -> None:
        """Fill in fields by name: text, select, radio or checkbox as they are."""
        for name, value in values.items():
            field = self.page.locator(f"main [name='{name}']")
            kind = field.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
            if kind == "select":
                field.first.select_option(str(value))
            elif kind == "radio":
                self.page.locator(f"main [name='{name}'][value='{value}']").check()
            elif kind == "checkbox":
                field.first.set_checked(bool(value))
            else:
                field.first.fill(str(value))

    def press(self, selector: str) -> None:
        """Click and look at what comes."""
        self.page.locator(selector).first.click()
        self.look()

    def submit(self, form: str = "main form[method=post]") -> None:
        """Send the form by its first button."""
        self.press(f"{form} button[type=submit]")

    @contextmanager
    def closing(self) -> Iterator["Person"]:
        """Close the browser's window afterwards; on the way out nothing may have been found."""
        try:
            yield self
        finally:
            self.context.close()
