"""All addresses. Pages inside an organisation begin with /o/<slug>/; each room has a part of its own there."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

from pilotwerk.accounts.views import start
from pilotwerk.core.permissions import PUBLIC, requires
from pilotwerk.journey.views import overview
from pilotwerk.project import metrics

# Rooms whose addresses do not all begin with /o/<slug>/<room>/ bring whole addresses themselves.
WHOLE = {"accounts", "journey"}


def _room_urls() -> list[object]:
    found: list[object] = []
    for room in settings.ROOMS:
        module = f"pilotwerk.{room}.urls"
        if find_spec(module) is None:
            continue
        prefix = "" if room in WHOLE else f"o/<slug:organisation>/{room}/"
        found.append(path(prefix, include(import_module(module))))
    return found


urlpatterns = [
    path("", start, name="start"),
    path("metrics", metrics.show, name="metrics"),
    path("language/", requires(PUBLIC)(set_language), name="set_language"),
    path("accounts/", include("allauth.urls")),
    # Rooms below journey lead home by this name and need not know who shows it.
    path("o/<slug:organisation>/", overview, name="home"),
    *_room_urls(),
]
