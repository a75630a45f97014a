"""Every page of the sample company is opened: axe in light and dark; nothing scrolls sideways or leaves its panel."""

import html
import json
import re

import pytest
from playwright.sync_api import Browser

from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sample")]

WIDTHS = (320, 390, 900, 1110, 1280)


def kind(path: str) -> str:
    """Pages that differ only in a record are one kind."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)", "*", path.split("?")[0])


def pages(me: Person, home: str) -> list[str]:
    """All kinds of pages that can be reached by links, one address each; files to download are no pages."""
    seen, waiting, found = {kind(f"{home}/")}, [f"{home}/"], []
    while waiting:
        path = waiting.pop()
        answer = me.context.request.get(me.address + path)
        assert answer.ok, f"{path} answers {answer.status}"
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        found.append(path)
        for link in re.findall(rf'<a[^>]*href="({re.escape(home)}/[^"#]*)', answer.text()):
            if kind(link) not in seen:
                seen.add(kind(link))
                waiting.append(html.unescape(link))
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
        addresses = pages(me, home)
        assert len(addresses) >= 20
        for path in addresses:
            me.goto(path)
            for width in WIDTHS:
                me.measure(width, kind(path))
        assert me.findings == []
