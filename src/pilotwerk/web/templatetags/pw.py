"""Tags and filters for all rooms: addresses inside an organisation; numbers, dates, money as people read them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pilotwerk.core.permissions import by_name
from pilotwerk.core.results import CannotTell

register = template.Library()

NBSP = "\u00a0"
MINUS = "\u2212"


@register.simple_tag(takes_context=True)
def org_url(context: dict[str, Any], view: str, *args: Any) -> str:
    """The address of a page in the present organisation: `{% org_url "room:page" %}`."""
    return str(context["request"].organisation.url(view, *args))


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], right_name: str) -> bool:
    """Whether the present member has a right: `{% may "people.edit" as may_edit %}`."""
    membership = context["request"].membership
    return bool(membership and membership.may(by_name(right_name)))


@register.filter
def number(value: Any, digits: int = 0) -> str:
    """A figure with thousands separators, a real minus sign and `digits` decimals: 1.234,5 or 1,234.5."""
    if value is None or isinstance(value, CannotTell):
        return _("open")
    text = formats.number_format(
        round(Decimal(str(value)), digits), decimal_pos=digits, use_l10n=True, force_grouping=True
    )
    return text.replace("-", MINUS)


@register.filter
def percent(value: Any, digits: int = 0) -> str:
    """A share 0..1 as percent, with the no-break space that German asks for."""
    if value is None or isinstance(value, CannotTell):
        return _("open")
    gap = "" if _is_english() else NBSP
    return f"{number(Decimal(str(value)) * 100, digits)}{gap}%"


@register.filter
def euro(value: Any, digits: int = 0) -> str:
    """An amount in euro: 1.480 € or €1,480."""
    if value is None or isinstance(value, CannotTell):
        return _("open")
    text = number(value, digits)
    if _is_english():
        return f"{MINUS}€{text[1:]}" if text.startswith(MINUS) else f"€{text}"
    return f"{text}{NBSP}€"


@register.filter
def signed(text: str) -> str:
    """A formatted figure with a plus sign where it is not negative: +895 €."""
    return text if text.startswith((MINUS, "+")) else f"+{text}"


@register.filter
def long_date(value: date | datetime | None) -> str:
    """Mittwoch, 9. Dezember 2026 / Wednesday, 9 December 2026."""
    if value is None:
        return _("open")
    return formats.date_format(_local(value), "l, j F Y" if _is_english() else "l, j. F Y")


@register.filter
def short_date(value: date | datetime | None) -> str:
    """09.12.2026 / 9 December 2026."""
    if value is None:
        return _("open")
    return formats.date_format(_local(value), "j F Y" if _is_english() else "d.m.Y")


@register.filter
def clock_time(value: datetime | None) -> str:
    """10:05 Uhr / 10:05."""
    if value is None:
        return _("open")
    text = formats.date_format(_local(value), "H:i")
    return text if _is_english() else f"{text}{NBSP}Uhr"


@register.filter
def moment(value: datetime | None) -> str:
    """09.12.2026, 10:05 Uhr / 9 December 2026, 10:05."""
    return _("open") if value is None else f"{short_date(value)}, {clock_time(value)}"


@register.filter
def long_moment(value: datetime | None) -> str:
    """Dienstag, 17. November 2026, 10:05 Uhr."""
    return _("open") if value is None else f"{long_date(value)}, {clock_time(value)}"


@register.filter
def duration_days(value: Any) -> str:
    """Days as people say them: minutes under an hour, hours under two days, then days."""
    if value is None or isinstance(value, CannotTell):
        return _("open")
    days = float(value)
    if days < 1 / 24:
        return _("%(number)s min") % {"number": number(days * 1440, 0)}
    if days < 2:
        return _("%(number)s h") % {"number": number(days * 24, 1)}
    return _("%(number)s days") % {"number": number(days, 1)}


@register.simple_tag
def state(kind: str, word: str) -> SafeString:
    """A state chip: word, shape and colour. `kind` is ok, open, warn, bad, sure or plain."""
    return format_html('<span class="st {}">{}</span>', kind, word)


def _is_english() -> bool:
    return (get_language() or "de").startswith("en")


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
