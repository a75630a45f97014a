"""A person whose every click and key is counted, and who knows no address but the first: the keystroke-level model.

Seconds an operation takes for somebody who knows what to do (Card, Moran and Newell, The Keystroke-Level Model for
User Performance Time with Interactive Systems, CACM 23(7), 1980). Reading and waiting are not in it.
"""

from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Browser, Locator

from tests.browser.person import Person

KEY, POINT, PRESS, HOME, THINK = 0.28, 1.10, 0.20, 0.40, 1.35


class Counted(Person):
    """Counts what hands do; a field that already holds what is wanted costs nothing."""

    shared: ClassVar[dict[str, dict[str, str]] | None] = {}

    def __init__(self, browser: Browser, address: str, language: str) -> None:
        super().__init__(browser, address, language)
        self.clicks = self.fields = 0
        self.seconds = 0.0
        self.path: list[str] = []

    def _clicked(self, times: int = 1) -> None:
        self.clicks += times
        self.seconds += THINK + times * (POINT + PRESS)

    def _typed(self, text: str) -> None:
        self.fields += 1
        self.seconds += THINK + POINT + PRESS + 2 * HOME + KEY * len(text)

    def look(self) -> None:
        super().look()
        self.path.append(self.heading())

    def follow(self, german: str, english: str, *, area: Locator | None = None) -> None:
        self._clicked()
        super().follow(german, english, area=area)

    def press(self, selector: str) -> None:
        self._clicked()
        super().press(selector)

    def fill(self, **values: str | bool) -> None:
        """As ever, but only where it changes something."""
        for name, value in values.items():
            field = self.page.locator(f"main [name='{name}']")
            kind = field.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
            if kind in ("radio", "checkbox"):
                box = (
                    field
                    if kind == "checkbox" and field.count() == 1
                    else field.and_(self.page.locator(f"[value='{value}']"))
                )
                if box.is_checked() == (value is not False):
                    continue
                self._clicked()
            elif kind == "select":
                if field.first.input_value() == str(value):
                    continue
                self._clicked(2)
            else:
                if field.first.input_value() == str(value):
                    continue
                self._typed(str(value))
            super().fill(**{name: value})

    def tick_only(self, name: str, value: str) -> None:
        """Of several boxes of one name exactly this one."""
        for box in self.page.locator(f"main input[type=checkbox][name='{name}']").all():
            if box.is_checked() != (box.get_attribute("value") == value):
                self._clicked()
                box.set_checked(box.get_attribute("value") == value)

    def hand_in(self, name: str, file: Path) -> None:
        """Choose a file: the button, the file in the dialogue, its "open"."""
        self._clicked(3)
        self.page.locator(f"main input[type=file][name='{name}']").set_input_files(file)

    def wait_for(self, selector: str, seconds: int = 90) -> None:
        """Read something else and reload now and then, until it is there; the person does nothing."""
        for _attempt in range(seconds):
            if self.page.locator(selector).count():
                break
            self.page.wait_for_timeout(1000)
            self.page.reload()
        self.look()
