"""Headers for every answer, and one page for every refusal."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from pilotwerk.core.errors import PilotwerkError

# Scripts and styles only from here. 'wasm-unsafe-eval' lets the process map's Graphviz run; style attributes carry the
# lengths of bars in server-rendered charts.
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class ContentSecurityPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class UploadLimitMiddleware:
    """What is announced as larger than an upload may be is answered before a byte of it is read or kept.

    A server hands on no more than was announced, so nothing larger reaches the disk by another way either.
    """

    ROOM_FOR_OTHER_FIELDS = 5 * 1024 * 1024

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        limit = settings.PILOTWERK_UPLOAD_MAX_BYTES
        if not announced.isdigit() or int(announced) <= limit + self.ROOM_FOR_OTHER_FIELDS:
            return self.get_response(request)
        reason = _("The file is larger than %(limit)s MB.") % {"limit": limit // (1024 * 1024)}
        return render(request, "web/refused.html", {"reason": reason, "back": ""}, status=413)


class RefusalMiddleware:
    """A refusal that no view caught becomes a page that says what happened and that nothing was changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, PilotwerkError):
            return None
        back = request.headers.get("Referer", "")
        same_host = back.startswith(f"{request.scheme}://{request.get_host()}/")
        context = {"reason": str(error), "back": back if same_host else ""}
        return render(request, "web/refused.html", context, status=422)
