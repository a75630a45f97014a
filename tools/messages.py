"""Translations without gettext on the machine: extract, check and compile with Babel.

python tools/messages.py update [ROOM ...]   extract texts, keep what is translated, mark what is new
python tools/messages.py check               fail on a missing, fuzzy or outdated German text
python tools/messages.py compile             write the .mo files
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parents[1] / "src" / "pilotwerk"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def rooms() -> list[Path]:
    """All rooms that have texts of their own."""
    return sorted(path.parent for path in SOURCE.glob("*/apps.py"))


def _templatize(path: Path) -> bytes:
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    from django.utils.translation.template import templatize

    python = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    # What surrounded the texts is blanked out but still indented; Babel's tokeniser wants none.
    return "\n".join(line.strip() for line in python.splitlines()).encode()


def texts(room: Path) -> Catalog:
    """The texts of a room's Python files and templates."""
    catalog = Catalog(project="Pilotwerk", header_comment="# German texts of Pilotwerk.")
    for path in sorted([*room.rglob("*.py"), *room.glob("templates/**/*.html")]):
        if {"migrations", "tests"} & set(path.relative_to(room).parts):
            continue
        source = path.read_bytes() if path.suffix == ".py" else _templatize(path)
        for _line, message, _comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
            place = [(str(path.relative_to(SOURCE)), None)]
            catalog.add(message, context=context, locations=place)  # type: ignore[arg-type]
    return catalog


def _path(room: Path) -> Path:
    return room / "locale" / "de" / "LC_MESSAGES" / "django.po"


def _read(room: Path) -> Catalog:
    path = _path(room)
    if not path.exists():
        return Catalog(locale="de", project="Pilotwerk")
    with path.open("rb") as handle:
        return read_po(handle, locale="de")


def update(room: Path) -> None:
    """Bring a room's .po file up to its texts. Nothing is guessed from similar texts."""
    found = texts(room)
    if not len(found) and not _path(room).exists():
        return
    old = _read(room)
    new = Catalog(
        locale="de", project="Pilotwerk", header_comment="# German texts of Pilotwerk.", fuzzy=False
    )
    for message in found:
        if not message.id:
            continue
        known = old.get(message.id, message.context)
        new.add(
            message.id,
            known.string if known and not known.fuzzy else None,
            locations=message.locations,
            flags=message.flags,
            context=message.context,
        )
    _path(room).parent.mkdir(parents=True, exist_ok=True)
    with _path(room).open("wb") as handle:
        write_po(handle, new, omit_header=False, include_lineno=False, sort_output=True, width=110)
    _drop_dates(_path(room))


def _drop_dates(path: Path) -> None:
    """Dates in the header would make every run a change."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date'))]
    path.write_text("".join(kept), encoding="utf-8")


def problems(room: Path) -> Iterator[str]:
    """What is missing, fuzzy, left over or has other placeholders than the English text."""
    wanted, have = texts(room), _read(room)
    for message in wanted:
        if not message.id:
            continue
        known = have.get(message.id, message.context)
        strings = (
            () if known is None else known.string if isinstance(known.string, tuple) else (known.string,)
        )
        if not strings or not all(strings):
            yield f"missing: {message.id!r}"
        elif known is not None and known.fuzzy:
            yield f"fuzzy: {message.id!r}"
        elif known is not None:
            yield from (f"{error}: {message.id!r}" for error in known.check(have))
    wanted_ids = {(message.id, message.context) for message in wanted}
    for message in have:
        if message.id and (message.id, message.context) not in wanted_ids:
            yield f"no longer used: {message.id!r}"


def conflicts() -> Iterator[str]:
    """The same English text with different German ones: at run time only one would win. Use pgettext for one."""
    seen: dict[tuple[str, str | None], tuple[str, object]] = {}
    for room in rooms():
        for message in _read(room):
            if not message.id:
                continue
            key = (str(message.id), message.context)
            where, string = seen.setdefault(key, (room.name, message.string))
            if string != message.string:
                yield f"{room.name}: {message.id!r} is {message.string!r}, but {string!r} in {where}"


def compile_all() -> None:
    """Write a .mo file beside each .po file that is newer than it."""
    for room in rooms():
        source, target = _path(room), _path(room).with_suffix(".mo")
        if source.exists() and not (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            with target.open("wb") as handle:
                write_mo(handle, _read(room))


def main(arguments: list[str]) -> int:
    verb, names = (arguments or ["check"])[0], arguments[1:]
    chosen = [room for room in rooms() if not names or room.name in names]
    if verb == "update":
        for room in chosen:
            update(room)
    elif verb == "compile":
        compile_all()
    elif verb == "check":
        found = [f"{room.name}: {problem}" for room in chosen for problem in problems(room)]
        found += list(conflicts())
        print("\n".join(found) or f"German texts complete in {len(chosen)} rooms")
        return 1 if found else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
