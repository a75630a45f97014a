"""Every page of the sample company is opened: axe in light and dark; nothing scrolls sideways or leaves its panel."""

import html
import json
import re

import pytest
from playwright.sync_api import Browser, Error

from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sample")]

WIDTHS = (320, 390, 900, 1110, 1280)


def kind(path: str) -> str:
    """Pages that differ only in a record are one kind."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)", "*", path.split("?")[0])


def walk(me: Person, home: str) -> int:
    """Open all kinds of pages that can be reached by links, one address each, and look at them; how many there are."""
    seen, waiting, found = {kind(f"{home}/")}, [f"{home}/"], 0
    while waiting:
        path = waiting.pop()
        try:
            answer = me.page.goto(me.address + path)
        except Error as error:
            if "Download is starting" in error.message:
                continue
            raise
        assert answer is not None
        assert answer.ok, f"{path} answers {answer.status}"
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        found += 1
        for link in re.findall(rf'<a[^>]*href="({re.escape(home)}/[^"#]*)', answer.text()):
            if kind(link) not in seen:
                seen.add(kind(link))
                waiting.append(html.unescape(link))
        me.look()
    return found


@pytest.mark.parametrize(("who", "language"), [("Maren Petersen", "de"), ("Dr. Ute Behrens", "en")])
def test_every_page_of_the_sample_company(
    who: str, language: str, chromium: Browser, sample: tuple[str, str]
) -> None:
    address, told = sample
    signs = json.loads(told)
    email = next(person["e-mail"] for person in signs["people"] if person["name"] == who)
    me = Person(chromium, address, language)
    with me.closing():
        me.goto("/accounts/login/")
        me.fill(login=email, password=signs["password"])
        me.submit()
        home = me.page.url.removeprefix(address).rstrip("/")
        me.widths = WIDTHS
        assert walk(me, home) >= 20
        assert me.findings == []
