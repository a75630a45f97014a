"""How deadlines, periods and spans are said on the pages of a pilot."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.pilots.wording import period_said
from pilotwerk.web.templatetags.pw import clock_time, short_date

register = template.Library()


@register.filter
def deadline(value: datetime, now: datetime) -> str:
    """The time when it is today, else the day; said as such when it has passed."""
    if value < now:
        return _("overdue")
    same_day = timezone.localtime(value).date() == timezone.localtime(now).date()
    return _("by %(when)s") % {"when": clock_time(value) if same_day else short_date(value)}


@register.filter
def period(value: str) -> str:
    """A day ("2026-11-26") or a month ("2026-11") as people write it."""
    return period_said(value)


@register.filter
def span(seconds: int) -> str:
    """So many seconds in the largest unit that they fill without a rest: 3600 is one hour, 90 are 90 seconds."""
    if seconds and seconds % 3600 == 0:
        return ngettext("%(count)s hour", "%(count)s hours", seconds // 3600) % {"count": seconds // 3600}
    if seconds and seconds % 60 == 0:
        return ngettext("%(count)s minute", "%(count)s minutes", seconds // 60) % {"count": seconds // 60}
    return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}


@register.filter
def css_percent(share: float) -> str:
    """A share 0..1 as a length for a bar; always with a point, whatever the language."""
    return f"{share * 100:.1f}%"
