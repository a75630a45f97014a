"""One way to answer with a page."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    form: BaseForm | None = None,
) -> HttpResponse:
    """Render a template; a bound form with errors answers 422 and is in the context as `form`."""
    context = dict(context or {})
    if form is not None:
        context.setdefault("form", form)
    status = 422 if form is not None and form.is_bound and not form.is_valid() else 200
    return render(request, template, context, status=status)
