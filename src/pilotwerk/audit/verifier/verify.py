#!/usr/bin/env python3
"""Checks a Pilotwerk audit export without Pilotwerk.

    python verify.py DIR [--checkpoint FILE]... [--key FILE]

Needs Python 3.11 and the package `cryptography`, nothing else. DIR is an unpacked export. FILE is a
checkpoint (or the public key) that was kept elsewhere, on another machine or in an e-mail. Exit code 0: all
fits, 1: something does not.

Prüft einen Export des Prüfpfads ohne Pilotwerk. Aufruf wie oben. Rückgabewert 0: alles passt, 1: nicht.

How it works. Each line of entries.jsonl, without its line feed, is one leaf of a Merkle tree (RFC 9162,
section 2.1). A checkpoint (C2SP tlog-checkpoint in a C2SP signed note, Ed25519) states how many entries there
are and the root of their tree. The program computes the tree again from the lines and compares it with every
checkpoint on its way. MANIFEST, a signed note too, states the SHA-256 of every file. Pilotwerk itself checks
with this file, so both always agree.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"  # the C2SP algorithm number that goes into a key's id
MANIFEST_HEAD = "pilotwerk-export/v1"
FINDINGS_SHOWN = 20


# --- What is reported ---------------------------------------------------------------------------------------

SENTENCES: dict[str, tuple[str, str]] = {  # code: (German, English)
    "file_missing": ("{name} fehlt oder ist nicht lesbar.", "{name} is missing or unreadable."),
    "file_changed": ("{name} wurde verändert.", "{name} was changed."),
    "file_extra": ("{name} gehört nicht zum Export.", "{name} is not part of the export."),
    "line_unreadable": ("{name}: Zeile {line} ist nicht lesbar.", "{name}: line {line} cannot be read."),
    "key_unreadable": (
        "Der öffentliche Schlüssel ist nicht lesbar oder verändert.",
        "The public key cannot be read or was changed.",
    ),
    "key_other": (
        "Der Schlüssel des Exports ist ein anderer als der, den Sie aufbewahrt haben.",
        "The key of the export is not the one that you kept.",
    ),
    "signature": (
        "{name}: Die Signatur stimmt nicht. Inhalt verändert oder mit einem fremden Schlüssel signiert.",
        "{name}: the signature is wrong. The content was changed, or signed with another key.",
    ),
    "checkpoint_foreign": (
        "{name}: Das ist kein Prüfpunkt dieses Prüfpfads.",
        "{name}: this is no checkpoint of this audit trail.",
    ),
    "checkpoint_none": ("Kein einziger Prüfpunkt ist gültig.", "Not a single checkpoint is valid."),
    "manifest_foreign": (
        "MANIFEST gehört nicht zu diesem Prüfpfad.",
        "MANIFEST does not belong to this audit trail.",
    ),
    "entry_unreadable": ("Eintrag {number} ist nicht lesbar.", "Entry {number} cannot be read."),
    "entry_order": (
        "An Stelle {number} steht Eintrag {found}: Einträge fehlen, sind vertauscht oder sind fremd.",
        "Entry {found} stands at place {number}: entries are missing, swapped or foreign.",
    ),
    "row_differs": (  # in the database only
        "Eintrag {number}: Die Suchfelder der Datenbank weichen vom Eintrag ab.",
        "Entry {number}: the database's columns for searching differ from the entry.",
    ),
    "head_differs": (  # in the database only
        "Die Datenbank nennt {size} Einträge mit einer anderen Wurzel als die {found} vorhandenen.",
        "The database states {size} entries with another root than the {found} that are there.",
    ),
    "text_differs": (
        "Eintrag {number}: Der Klartext „{key}“ passt nicht zum Eintrag.",
        "Entry {number}: the clear text “{key}” does not fit the entry.",
    ),
    "text_orphan": (
        "Zu Eintrag {number} gibt es Klartexte, aber keinen Eintrag.",
        "There are clear texts for entry {number}, but no such entry.",
    ),
    "end_missing": (
        "{name}: Bezeugt sind {size} Einträge, vorhanden sind nur {found}. Das Ende fehlt.",
        "{name}: {size} entries were attested, only {found} are there. The end is missing.",
    ),
    "root_differs": (
        "{name}: Die Einträge 1 bis {size} sind nicht die am {time} bezeugten. Die Abweichung liegt "
        "nach Eintrag {covered}.",
        "{name}: entries 1 to {size} are not those that were attested at {time}. The difference lies after "
        "entry {covered}.",
    ),
    "intact": (
        "Unversehrt: Die Einträge 1 bis {covered} sind vollständig und unverändert.",
        "Intact: entries 1 to {covered} are complete and unchanged.",
    ),
    "unattested": (
        "In sich stimmig, aber noch nicht bezeugt: Es gibt noch keinen Prüfpunkt.",
        "Consistent in itself, but not attested yet: there is no checkpoint so far.",
    ),
    "broken": (
        "Nicht in Ordnung. Abweichungen: {count}.",
        "Not in order. Differences: {count}.",
    ),
    "checked": (
        "Geprüft: {entries} Einträge, {checkpoints} Prüfpunkte (davon {held} außerhalb aufbewahrt), "
        "{clear_texts} Klartexte. Gelöschte Angaben zu Personen: {erased}.",
        "Checked: {entries} entries, {checkpoints} checkpoints ({held} of them kept elsewhere), "
        "{clear_texts} clear texts. Erased personal details: {erased}.",
    ),
    "proven": (
        "Bewiesen ist: Ohne den Schlüssel hat niemand bis Eintrag {covered} (bezeugt am {covered_at}) etwas "
        "geändert, entfernt, vertauscht oder eingefügt.",
        "Proven: nobody without the key has changed, removed, swapped or inserted anything up to entry "
        "{covered} (attested at {covered_at}).",
    ),
    "held": (
        "Auch wer den Server betreibt, kann bis Eintrag {held_covered} nichts unbemerkt geändert haben: "
        "Dieser Prüfpunkt lag außerhalb. Änderungen danach sind nicht nachweisbar.",
        "Up to entry {held_covered} not even the operator of the server can have changed anything unnoticed: "
        "that checkpoint was kept elsewhere. Changes after it cannot be detected.",
    ),
    "not_held": (
        "Nicht bewiesen ist, dass der Betreiber des Servers nichts geändert hat: Er hat den Schlüssel. Dafür "
        "brauchen Sie einen Prüfpunkt, der außerhalb aufbewahrt wurde (--checkpoint DATEI). Änderungen nach "
        "dem letzten außerhalb aufbewahrten Prüfpunkt sind nicht nachweisbar.",
        "Not proven is that the operator of the server changed nothing: they hold the key. For that you need "
        "a checkpoint that was kept elsewhere (--checkpoint FILE). Changes after the last checkpoint kept "
        "elsewhere cannot be detected.",
    ),
    "tail": (
        "Noch nicht bezeugt: {tail} Einträge nach dem letzten Prüfpunkt.",
        "Not attested yet: {tail} entries after the last checkpoint.",
    ),
    "fingerprint": (
        "Schlüssel (SHA-256, Anfang): {fingerprint}",
        "Key (SHA-256, beginning): {fingerprint}",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One sentence of SENTENCES with its values; `sequence` is the entry where it shows, counted from 1."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    sequence: int | None = None

    def text(self, language: str) -> str:
        """The sentence in "de" or "en"."""
        return SENTENCES[self.code][0 if language == "de" else 1].format(**self.values)


class Broken(Exception):
    """A file cannot be accepted. Carries its finding."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.finding = Finding(code, values)


@dataclass
class Report:
    """What was checked and what was found. The first `covered` entries lie under a checkpoint that fits."""

    entries: int = 0
    checkpoints: int = 0
    held: int = 0
    clear_texts: int = 0
    erased: int = 0
    covered: int = 0
    covered_at: str = ""
    held_covered: int = 0
    fingerprint: str = ""
    root: bytes = b""
    findings: list[Finding] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings

    @property
    def tail(self) -> int:
        """Entries after the last checkpoint that fits."""
        return self.entries - self.covered

    def add(self, code: str, sequence: int | None = None, **values: object) -> None:
        self.findings.append(Finding(code, values, sequence))


# --- Merkle tree, RFC 9162 section 2.1 ----------------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that only grows, kept as the roots of its perfect subtrees, the largest first."""

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        if size < 0 or len(nodes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} subtrees, not {len(nodes)}")
        self.size = size
        self.nodes = list(nodes)

    def append(self, leaf: bytes) -> None:
        """Add the hash of a leaf: like adding one to a binary number, each carry joins two subtrees."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.nodes.pop(), node)
            size >>= 1
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self.nodes:
            return hashlib.sha256(b"").digest()
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


# --- Keys, signed notes, checkpoints (C2SP) -----------------------------------------------------------------


def _base64(text: str) -> bytes:
    """Strict: exactly one way to write each value, so that no changed character goes unseen."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not canonical base64")
    return raw


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


@dataclass(frozen=True)
class Key:
    """A public key with the name of its log; written `name+id+base64` (C2SP signed-note vkey)."""

    name: str
    public: bytes

    @classmethod
    def read(cls, raw: bytes) -> Key:
        try:
            name, number, encoded = raw.decode().removesuffix("\n").split("+", 2)
            public = _base64(encoded)
            if public[:1] != ED25519 or len(public) != 33 or key_id(name, public[1:]).hex() != number:
                raise ValueError("not an Ed25519 key")
        except ValueError as error:
            raise Broken("key_unreadable") from error
        return cls(name, public[1:])

    def __str__(self) -> str:
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{key_id(self.name, self.public).hex()}+{encoded}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key in groups of four, to be compared by eye or on the phone."""
        text = hashlib.sha256(self.public).hexdigest()
        return " ".join(text[i : i + 4] for i in range(0, 32, 4))


def note_open(raw: bytes, key: Key, label: str) -> str:
    """The text of a signed note, once its signature by `key` was found good. Raises Broken."""
    try:
        text, _, tail = raw.decode().rpartition("\n\n")
        if not text or not tail.endswith("\n"):
            raise ValueError("no signature")
        for line in tail.removesuffix("\n").split("\n"):
            dash, name, encoded = line.split(" ")
            signature = _base64(encoded)
            if dash != "—" or len(signature) <= 4:
                raise ValueError("not a signature line")
            if name == key.name and signature[:4] == key_id(key.name, key.public):
                message = (text + "\n").encode()
                Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], message)
                return text + "\n"
    except (ValueError, InvalidSignature):
        pass
    raise Broken("signature", name=label)


@dataclass(frozen=True)
class Checkpoint:
    """A signed statement: at `time` (ISO 8601) the log `origin` had `size` entries and this root."""

    origin: str
    size: int
    root: bytes
    time: str
    label: str
    held: bool = False


def checkpoint_open(raw: bytes, key: Key, label: str, *, held: bool = False) -> Checkpoint:
    """Read a checkpoint after checking its signature and that it belongs to the key's log. Raises Broken."""
    lines = note_open(raw, key, label).split("\n")
    try:
        origin, size, root, time, end = lines
        if (
            origin != key.name
            or end
            or not time.startswith("time ")
            or not size.isascii()
            or not size.isdigit()
        ):
            raise ValueError("not a checkpoint of this log")
        return Checkpoint(origin, int(size), _base64(root), time.removeprefix("time "), label, held)
    except ValueError as error:
        raise Broken("checkpoint_foreign", name=label) from error


# --- The log itself -----------------------------------------------------------------------------------------


def commitment(salt: bytes, key: str, text: str) -> str:
    """What the leaf holds instead of a text: SHA-256 over 32 random bytes, the key, a zero byte, the text."""
    return base64.b64encode(hashlib.sha256(salt + key.encode() + b"\x00" + text.encode()).digest()).decode()


@dataclass(frozen=True)
class ClearText:
    """A personal text that was not erased, beside the commitment in the leaf of entry `sequence`."""

    sequence: int
    key: str
    salt: bytes
    text: str


def check_log(
    *,
    origin: str,
    entries: Iterable[bytes],
    clear_texts: Iterable[ClearText],
    checkpoints: Sequence[Checkpoint],
    report: Report,
) -> None:
    """Walk once through all entries (the leaves, in order) and put what was found into `report`.

    Checks that the numbers have no gap, that the clear texts fit, and the tree against every checkpoint.
    """
    texts: dict[int, list[ClearText]] = {}
    for text in clear_texts:
        texts.setdefault(text.sequence, []).append(text)
    waiting = sorted(checkpoints, key=lambda point: point.size)
    tree, log, in_order = Frontier(), origin.rpartition("/")[2], True
    position = 0
    while position < len(waiting) and waiting[position].size == 0:
        _compare(tree, waiting[position], report)
        position += 1
    for number, leaf in enumerate(entries, start=1):
        tree.append(leaf_hash(leaf))
        promised = _read_leaf(leaf, number=number, log=log, report=report, in_order=in_order)
        in_order = in_order and promised is not None
        _check_texts(number, promised or {}, texts.pop(number, []), report)
        while position < len(waiting) and waiting[position].size == number:
            _compare(tree, waiting[position], report)
            position += 1
    report.entries, report.root = tree.size, tree.root()
    for sequence in sorted(texts):
        report.add("text_orphan", sequence, number=sequence)
    for point in waiting[position:]:
        report.add("end_missing", name=point.label, size=point.size, found=tree.size)


def _read_leaf(
    leaf: bytes, *, number: int, log: str, report: Report, in_order: bool
) -> Mapping[str, str] | None:
    """The commitments of a leaf; None and one finding where the leaf is not the one that belongs here."""
    try:
        entry: dict[str, Any] = json.loads(leaf)
        sequence, of_log, promised = entry["sequence"], entry["log"], entry.get("personal", {})
        if not isinstance(promised, dict):
            raise TypeError("commitments are an object")
    except (ValueError, KeyError, TypeError, RecursionError):
        report.add("entry_unreadable", number, number=number)
        return None
    if sequence == number and of_log == log:
        return promised
    if in_order:  # after the first gap every number is off; saying it once is enough
        report.add("entry_order", number, number=number, found=sequence)
    return None


def _check_texts(
    number: int, promised: Mapping[str, str], texts: Sequence[ClearText], report: Report
) -> None:
    fitting = 0
    for text in texts:
        if promised.get(text.key) == commitment(text.salt, text.key, text.text):
            fitting += 1
        else:
            report.add("text_differs", number, number=number, key=text.key)
    report.clear_texts += fitting
    report.erased += max(0, len(promised) - len(texts))


def _minute(time: str) -> str:
    return f"{time[:10]} {time[11:16]} UTC" if time.endswith("Z") else time


def _compare(tree: Frontier, point: Checkpoint, report: Report) -> None:
    if tree.root() == point.root:
        report.covered, report.covered_at = point.size, point.time
        if point.held:
            report.held_covered = point.size
        return
    if any(found.code == "root_differs" for found in report.findings) and not point.held:
        return  # after the first difference every root is another; saying it once is enough
    report.add(
        "root_differs", name=point.label, size=point.size, time=_minute(point.time), covered=report.covered
    )


# --- An export on disk --------------------------------------------------------------------------------------


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Broken("file_missing", name=path.name) from error


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        for line in handle:
            yield line.removesuffix(b"\n")


def _clear_texts(path: Path, report: Report) -> Iterator[ClearText]:
    for number, line in enumerate(_lines(path), start=1):
        try:
            row = json.loads(line)
            yield ClearText(int(row["sequence"]), str(row["key"]), _base64(row["salt"]), str(row["text"]))
        except (ValueError, KeyError, TypeError):
            report.add("line_unreadable", name=path.name, line=number)


def _check_manifest(directory: Path, key: Key, report: Report) -> None:
    """Every file that the manifest names has the SHA-256 stated there; other files are remarked."""
    text = note_open(_read(directory / "MANIFEST"), key, "MANIFEST")
    head, *rest = text.removesuffix("\n").split("\n")
    if head != MANIFEST_HEAD or f"log {key.name}" not in rest:
        raise Broken("manifest_foreign")
    named = {"MANIFEST"}
    for line in rest:
        if not line.startswith("sha256 "):
            continue
        digest, name = line.removeprefix("sha256 ").split(" ", 1)
        named.add(name)
        path = directory / PurePosixPath(name)
        if not path.is_file():
            report.add("file_missing", name=name)
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            report.add("file_changed", name=name)
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_file() and name not in named:
            report.remarks.append(Finding("file_extra", {"name": name}))


def _open_checkpoints(directory: Path, held: Sequence[Path], key: Key, report: Report) -> list[Checkpoint]:
    found: list[Checkpoint] = []
    inside = sorted((directory / "checkpoints").glob("*.txt"))
    # A file of the export itself was not kept elsewhere, whatever the caller says.
    outside = [path for path in held if path.resolve() not in {own.resolve() for own in inside}]
    for path in [*inside, *outside]:
        try:
            point = checkpoint_open(_read(path), key, path.name, held=path in outside)
        except Broken as broken:
            report.findings.append(broken.finding)
        else:
            found.append(point)
    report.checkpoints, report.held = len(found), sum(point.held for point in found)
    return found


def check_export(directory: Path, *, held: Sequence[Path] = (), key_file: Path | None = None) -> Report:
    """Check an unpacked export against itself and against checkpoints and a key kept elsewhere."""
    report = Report()
    try:
        key = Key.read(_read(directory / "public.key"))
        report.fingerprint = key.fingerprint
        if key_file and Key.read(_read(key_file)) != key:
            raise Broken("key_other")
        checkpoints = _open_checkpoints(directory, held, key, report)
        try:
            _check_manifest(directory, key, report)
        except Broken as broken:
            report.findings.append(broken.finding)
        for name in ("entries.jsonl", "personal.jsonl"):
            if not (directory / name).is_file():
                raise Broken("file_missing", name=name)
        check_log(
            origin=key.name,
            entries=_lines(directory / "entries.jsonl"),
            clear_texts=_clear_texts(directory / "personal.jsonl", report),
            checkpoints=checkpoints,
            report=report,
        )
        if report.entries and not checkpoints:
            report.add("checkpoint_none")
    except Broken as broken:
        if broken.finding not in report.findings:
            report.findings.append(broken.finding)
    return report


# --- In words -----------------------------------------------------------------------------------------------


def summary(report: Report) -> Finding:
    """The result as one sentence."""
    if not report.ok:
        return Finding("broken", {"count": len(report.findings)})
    return Finding("intact", {"covered": report.covered}) if report.covered else Finding("unattested")


def explanation(report: Report) -> list[Finding]:
    """What was checked, what it proves, and what it does not."""
    codes = ["checked"]
    if report.ok and report.covered:
        codes += ["proven", "held" if report.held_covered else "not_held"]
    if report.ok and report.covered and report.tail:
        codes.append("tail")
    if report.fingerprint:
        codes.append("fingerprint")
    values = {**vars(report), "tail": report.tail, "covered_at": _minute(report.covered_at)}
    return [Finding(code, values) for code in codes] + report.remarks[:FINDINGS_SHOWN]


def in_words(report: Report, language: str) -> list[str]:
    """The whole report in "de" or "en", line by line."""
    lines = [summary(report).text(language)]
    lines += [f"  - {finding.text(language)}" for finding in report.findings[:FINDINGS_SHOWN]]
    if len(report.findings) > FINDINGS_SHOWN:
        lines.append("  - …")
    return lines + [said.text(language) for said in explanation(report)]


def tell(report: Report) -> None:
    """Print the whole report in both languages."""
    for heading, language in (("Deutsch", "de"), ("English", "en")):
        print(heading, *(f"  {line}" for line in in_words(report, language)), sep="\n", end="\n\n")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Checks a Pilotwerk audit export. Prüft einen Export des Prüfpfads."
    )
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument("--checkpoint", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--key", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    report = check_export(options.directory, held=options.checkpoint, key_file=options.key)
    tell(report)
    return 0 if report.ok else 1


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # not every console would print “ü” otherwise
    sys.exit(main())
