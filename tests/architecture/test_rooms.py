"""Rooms keep their order where import-linter cannot see it: relations between tables and names of addresses."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import PROTECT

from pilotwerk.core.models import TenantModel

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pilotwerk"
LEVEL = {room: level for level, room in enumerate(settings.ROOMS)}

NAMES = re.compile(
    r"""(?:\{%\s*(?:org_)?url\s+|reverse\(\s*|reverse_lazy\(\s*|redirect\(\s*|\.url\(\s*)["'](\w+):\w+["']"""
)


def test_the_settings_name_the_rooms_in_the_order_that_the_linter_enforces() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [layer for layer in contracts[0]["layers"] if not layer.startswith("(") and "|" not in layer]
    assert list(reversed(layers)) == settings.ROOMS


def relations() -> Iterator[tuple[str, str, str]]:
    """Table, table that it points to, and the room of the latter, for all tables of rooms."""
    for model in apps.get_models():
        for field in model._meta.get_fields() if model._meta.app_label in LEVEL else []:
            target = field.related_model
            if field.concrete and isinstance(target, type) and target._meta.app_label in LEVEL:
                yield model._meta.label, target._meta.label, target._meta.app_label


def test_tables_point_only_to_their_own_room_or_lower_ones() -> None:
    found = list(relations())
    assert found
    wrong = [
        f"{table} -> {target}"
        for table, target, room in found
        if LEVEL[room] > LEVEL[table.split(".", maxsplit=1)[0]]
    ]
    assert wrong == []


def test_an_organisation_can_be_deleted_because_no_relation_protects_a_row() -> None:
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in LEVEL
        for field in model._meta.get_fields()
        if getattr(getattr(field, "remote_field", None), "on_delete", None) is PROTECT
    ]
    assert wrong == []


def test_every_table_of_a_room_belongs_to_an_organisation_or_says_why_not() -> None:
    without = {
        "core.Job",  # its organisation may be none: work of the installation
        "accounts.User",  # a person may belong to several
        "accounts.Organisation",  # the tenant itself
    }
    wrong = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in LEVEL
        and model._meta.app_label != "audit"  # lies below accounts: stores the organisation as a plain value
        and not issubclass(model, TenantModel)
        and model._meta.label not in without
    ]
    assert wrong == []


@pytest.mark.parametrize("room", settings.ROOMS)
def test_a_room_names_addresses_only_of_itself_or_lower_rooms(room: str) -> None:
    wrong = []
    for path in [*(SOURCE / room).rglob("*.py"), *(SOURCE / room).rglob("*.html")]:
        if "tests" in path.parts:
            continue
        for match in NAMES.finditer(path.read_text(encoding="utf-8")):
            named = match.group(1)
            if named in LEVEL and LEVEL[named] > LEVEL[room]:
                wrong.append(f"{path.relative_to(SOURCE)}: {match.group(0)}")
    assert wrong == []


def test_the_base_page_names_no_room_above_web() -> None:
    names = set(NAMES.findall((SOURCE / "web/templates/web/base.html").read_text(encoding="utf-8")))
    assert all(LEVEL[name] <= LEVEL["web"] for name in names if name in LEVEL)


def test_every_rooms_pages_and_forms_are_private_to_it() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    protected = {module for contract in contracts for module in contract.get("protected_modules", [])}
    missing = [
        f"pilotwerk.{room}.{name}"
        for room in set(settings.ROOMS) - {"web"}
        for name in ("views", "forms", "api")
        if (SOURCE / room / f"{name}.py").exists() or (SOURCE / room / name).is_dir()
        if f"pilotwerk.{room}.{name}" not in protected
    ]
    assert missing == []
