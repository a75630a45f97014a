"""What every room has in common when the program starts."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import module_has_submodule

# Imported at start where a room has them, in this order: names of rights, names of audit actions, and what
# the room hands to others (navigation, bar, gate checks, job handlers).
START_MODULES = ("permissions", "actions", "registers")


class Room(AppConfig):
    """Base of all rooms: imports the room's start modules, so that none of them is forgotten."""

    default_auto_field = "django.db.models.BigAutoField"
    # Django takes the one configuration in apps.py that is not marked False: the room's own, not this base.
    default = False

    def __init_subclass__(cls) -> None:
        cls.default = True

    def ready(self) -> None:
        for name in START_MODULES:
            if self.module is not None and module_has_submodule(self.module, name):
                import_module(f"{self.name}.{name}")
