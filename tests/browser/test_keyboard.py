"""A clerk works through the day's cases with the keyboard alone, and hears what happened to each of them."""

import re
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Company, Staged
from tests.browser.keyboard import AtKeyboard

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("office")]

# Fifty in German; in English as many as it takes to meet every kind of decision.
CASES = {"de": 50, "en": 20}
REPLY = "Guten Tag,\n\nwir melden uns noch heute bei Ihnen.\n\nFreundliche Grüße"
KEYS = ("f", "Enter", "b", "Esc", "a", "z", "u", "j", "k", "?")


def clerk(chromium: Browser, company: Company, language: str) -> AtKeyboard:
    """Signed in, and led to the approvals by the navigation."""
    me = AtKeyboard(chromium, company.address, language)
    me.sign_in(company.email)
    me.to(me.page.locator("nav.side a[href$='/pilots/queue/']"))
    me.go("Enter")
    assert me.heading() == me.word("Freigaben", "Approvals")
    me.look()
    return me


@pytest.mark.parametrize("language", ["de", "en"])
def test_fifty_requests_without_a_mouse(language: str, chromium: Browser, staged: Staged) -> None:
    company = staged("support", CASES["de"] + 20, f"Nordwind {language}")
    me = clerk(chromium, company, language)
    with me.closing():
        read_the_keys(me)
        together = approve_several_together(me)
        steps = {3: edit, 5: reject, 7: skip, 9: take_back_and_approve, 11: put_back, 13: close}
        for number in range(CASES[language] - together):
            steps.get(number % 15, approve)(me)
        me.look()
        assert me.findings == []


@pytest.mark.parametrize(
    ("kind", "language"), [("leads", "de"), ("stock", "de"), ("leads", "en"), ("stock", "en")]
)
def test_leads_and_orders_without_a_mouse(
    kind: str, language: str, chromium: Browser, staged: Staged
) -> None:
    company = staged(kind, 6, f"Ostwind {kind} {language}")
    me = clerk(chromium, company, language)
    with me.closing():
        read_the_keys(me)
        approve(me)
        skip(me)
        {"leads": another_day, "stock": another_quantity}[kind](me)
        take_back_and_approve(me)
        reject(me)
        assert me.findings == []


def label(me: AtKeyboard) -> str:
    """The number of the open case."""
    return str(re.findall(r"V-\d+", me.page.locator(".casehead .small").inner_text())[0])


def next_case(me: AtKeyboard, before: str, german: str, english: str) -> None:
    """It was said what happened, another case is open, and the focus waits at it."""
    assert me.page.locator(".errors").count() == 0, me.page.locator(".errors").inner_text()
    heard = me.said()
    assert before in heard
    assert me.word(german, english) in heard
    assert label(me) != before
    assert me.page.evaluate("document.activeElement.id") == "vorgang"
    me.held()


def read_the_keys(me: AtKeyboard) -> None:
    """`?` opens the list of the keys, and closes it again; the focus goes in and comes back."""
    me.page.keyboard.press("?")
    me.held()
    shown = me.page.locator("details.keys[open]")
    assert [key for key in KEYS if key not in shown.locator("kbd").all_inner_texts()] == []
    assert me.word("freigeben und senden", "approve and send") in me.text(shown)
    assert me.page.evaluate("document.activeElement.closest('details.keys') !== null")
    me.look_at_open("the list of the keys")
    me.key("Escape")
    assert shown.count() == 0


def fill_the_places(me: AtKeyboard) -> None:
    """`b` selects the first place that is still to be filled; typing fills it, Esc leads back to the case."""
    draft = me.page.locator("#entwurf")
    me.key("b")
    if not draft.input_value().strip():
        me.write(REPLY)
    me.key("Escape")
    for _place in range(draft.input_value().count("[")):
        me.key("b")
        me.write("20. Januar")
        me.key("Escape")
    assert me.page.evaluate("document.activeElement.id") == "vorgang"


def by_hand(me: AtKeyboard) -> bool:
    return me.page.locator("form#decision[action$='/answer/']").count() == 1


def approve(me: AtKeyboard) -> None:
    """As it is, or with its places filled."""
    before = label(me)
    fill_the_places(me)
    me.go("f")
    next_case(me, before, "freigegeben", "approved")


def edit(me: AtKeyboard) -> None:
    """A sentence more; what is changed is shown and told before it goes out."""
    before = label(me)
    fill_the_places(me)
    me.key("b", "ControlOrMeta+End")
    me.write("\n\nMit bestem Gruß, Kai Winter")
    if not by_hand(me):
        me.page.locator("#changes ins").first.wait_for()
    me.key("Escape")
    me.go("Enter")
    next_case(me, before, "freigegeben", "approved")


def reject(me: AtKeyboard) -> None:
    """With a reason and a word about it; then the same case is answered by hand."""
    before = label(me)
    if not by_hand(me):
        me.key("a")
        me.look_at_open("the reasons to reject")
        me.key("Space", "ArrowDown")
        me.to(me.page.locator("#reject-text"))
        me.write("Das ist hier anders.")
        me.to(me.named("button", "Ablehnen, von Hand erledigen", "Reject, do it by hand"))
        me.go("Enter")
        assert me.word("abgelehnt", "rejected") in me.said()
        assert label(me) == before
        me.held()
    me.key("b", "ControlOrMeta+a")
    me.write(REPLY)
    me.key("Escape")
    me.go("f")
    next_case(me, before, "freigegeben", "approved")


def skip(me: AtKeyboard) -> None:
    """On to the next one, back, on again; that one is approved, and the first one is still there."""
    first = label(me)
    me.go("j")
    second = label(me)
    assert second != first
    me.held()
    me.go("k")
    assert label(me) == first
    me.go("j")
    assert label(me) == second
    fill_the_places(me)
    me.go("f")
    assert second in me.said()
    assert me.page.locator("nav.list", has_text=first).count() == 1


def take_back_and_approve(me: AtKeyboard) -> None:
    """Approved, taken back, approved for good."""
    before = label(me)
    approve(me)
    me.go("u")
    assert before in me.said()
    assert label(me) == before
    me.held()
    me.go("f")
    next_case(me, before, "freigegeben", "approved")


def put_back(me: AtKeyboard) -> None:
    """Until tomorrow, as it is proposed."""
    before = label(me)
    me.key("z")
    me.look_at_open("put back")
    me.go("Enter")
    next_case(me, before, "zurückgestellt", "put back")


def close(me: AtKeyboard) -> None:
    """Settled elsewhere: no key for it, but Tab leads there."""
    before = label(me)
    me.to(me.page.locator(".actions details.pop > summary").last)
    me.key("Enter")
    me.to(me.page.locator(".actions details.pop[open] input[type=radio]").first)
    me.key("Space")
    me.to(me.page.locator(".actions details.pop[open] button"))
    me.go("Enter")
    next_case(me, before, "abgeschlossen", "closed")


def approve_several_together(me: AtKeyboard) -> int:
    """Two of one category: chosen with the space bar, read once more in full, approved; how many."""
    me.to(me.named("link", "Mehrere einer Kategorie", "Approve several of one category"))
    me.go("Enter")
    me.look()
    boxes = me.page.locator("main input[type=checkbox][name=item]")
    for at in range(2):
        assert not boxes.nth(at).is_checked(), "nothing is chosen beforehand"
        me.to(boxes.nth(at))
        me.key("Space")
    me.to(me.named("button", "Auswahl zeigen", "Show what was chosen"))
    me.go("Enter")
    me.look()
    me.to(me.named("button", "2 Vorgänge freigeben", "Approve and send 2"))
    me.go("Enter")
    assert me.word("2 Vorgänge sind freigegeben", "2 cases are approved") in me.said()
    me.held()
    return 2


def another_day(me: AtKeyboard) -> None:
    """The next follow-up on another day, typed into the date field."""
    before, year = label(me), datetime.now(UTC).year + 1
    # Number of day and month are the same, so that their order in the field does not matter.
    day = next(day for day in (date(year, n, n) for n in (2, 3, 4, 6, 7)) if day.weekday() < 5)
    field = me.page.locator("#next-date")
    me.to(field)
    me.page.keyboard.type(f"{day:%d%m%Y}")
    assert field.input_value() == day.isoformat()
    me.key("Escape")
    fill_the_places(me)
    me.go("f")
    next_case(me, before, "freigegeben", "approved")


def another_quantity(me: AtKeyboard) -> None:
    """What makes no sense is refused with the reason, and the focus is at the reason; then it is put right."""
    before = label(me)
    field = me.page.locator("[name=line-0-quantity]")
    me.to(field)
    me.key("ControlOrMeta+a")
    me.page.keyboard.type("7")
    me.key("Escape")
    me.go("f")
    errors = me.page.locator(".errors[role=alert]")
    assert me.word("Packungen", "packs") in me.text(errors)
    assert errors.evaluate("e => e === document.activeElement")
    me.held()
    me.to(me.page.locator("[name=line-0-quantity]"))
    me.key("ControlOrMeta+a")
    me.page.keyboard.type("40")
    me.key("Escape")
    me.go("f")
    next_case(me, before, "freigegeben", "approved")
