"""A person without a mouse: keys only, and after each of them it is asked where the focus is."""

from typing import Any, ClassVar, NoReturn

from playwright.sync_api import Browser, Locator

from tests.browser.person import VIOLATIONS, Person
from tests.browser.steps import PASSWORD

# Whatever points, clicks or touches is told on the console and ends the test.
NO_POINTER = """for (const kind of ["pointerdown", "mousedown", "touchstart"])
  addEventListener(kind, () => console.error("a pointer was used"), true);"""
# The focus is on something that is seen: not on the page as such, not hidden, not below what sticks to an edge.
LOST = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "nothing has the focus";
  const box = at.getBoundingClientRect();
  if (!at.getClientRects().length) return `the focus is on something hidden: ${at.outerHTML.slice(0, 90)}`;
  const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 20), 1), innerWidth - 2);
  const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
  const over = document.elementFromPoint(x, y);
  if (box.bottom < 0 || box.top > innerHeight) return `the focus is out of sight: ${at.outerHTML.slice(0, 90)}`;
  const label = [...(at.labels || [])].some((one) => one.contains(over));
  if (over && !at.contains(over) && !over.contains(at) && !label)
    return `the focus is covered: ${at.outerHTML.slice(0, 90)} by ${over.outerHTML.slice(0, 60)}`;
  return "";
}"""


class AtKeyboard(Person):
    """Presses keys. What was decided is read from the region that a screen reader reads out."""

    shared: ClassVar[dict[str, dict[str, str]] | None] = {}

    def __init__(self, browser: Browser, address: str, language: str) -> None:
        super().__init__(browser, address, language)
        self.context.add_init_script(NO_POINTER)

    def _by_mouse(self, *_args: Any, **_more: Any) -> NoReturn:
        raise AssertionError("this person has no mouse")

    press = follow = fill = submit = _by_mouse

    def held(self) -> None:
        """The focus is somewhere, and can be seen."""
        lost = self.page.evaluate(LOST)
        assert not lost, f"{lost} at {self.page.url}"

    def key(self, *names: str) -> None:
        """Press keys that stay on the page."""
        for name in names:
            self.page.keyboard.press(name)
        self.held()

    def go(self, name: str) -> None:
        """Press a key that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(name)
        self.page.wait_for_load_state()

    def write(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.held()

    def to(self, wanted: Locator, key: str = "Tab") -> None:
        """Go on with Tab until the focus is there; whoever starts at the top of a page starts outside of it."""
        for _step in range(120):
            if wanted.evaluate("e => e === document.activeElement"):
                return self.held()
            self.page.keyboard.press(key)
        raise AssertionError(f"{wanted} is not reached by {key}")

    def named(self, role: Any, german: str, english: str) -> Locator:
        """The first element of this role whose name begins like this."""
        return self.page.get_by_role("main").get_by_role(role, name=self._beginning(german, english)).first

    def said(self) -> str:
        """What a screen reader reads out after the last step."""
        self.page.locator("#said:not(:empty)").wait_for(state="attached", timeout=20_000)
        return " ".join(self.page.locator("#said").inner_text().split())

    def look_at_open(self, what: str) -> None:
        """Check the page with something open on it, once."""
        if what not in self.visited:
            self.visited[what] = what
            self._check(what, "light", VIOLATIONS)

    def sign_in(self, email: str) -> None:
        self.page.goto(f"{self.address}/accounts/login/")
        self.to(self.page.locator("[name=login]"))
        self.write(email)
        self.to(self.page.locator("[name=password]"))
        self.write(PASSWORD)
        self.go("Enter")
