"""An auditor gets an export and does not trust the server: what the program accepts and rejects."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pilotwerk.audit.domain.actor import System, member
from pilotwerk.audit.domain.checkpoint import Signer, origin_of
from pilotwerk.audit.domain.commitment import ClearText
from pilotwerk.audit.domain.entry import entry_new
from pilotwerk.audit.domain.export import export_write
from pilotwerk.audit.domain.merkle import leaf_hash, tree_root
from pilotwerk.audit.verifier.verify import check_export, in_words

LOG = UUID("11111111-2222-3333-4444-555555555555")
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
ENTRIES = 23
KEY = Ed25519PrivateKey.generate()


def signer(private: Ed25519PrivateKey = KEY) -> Signer:
    return Signer(origin_of(LOG), private)


def _story() -> tuple[list[bytes], list[ClearText]]:
    leaves: list[bytes] = []
    texts: list[ClearText] = []
    for number in range(1, ENTRIES + 1):
        written = entry_new(
            log=LOG,
            sequence=number,
            at=START + timedelta(hours=number),
            actor=System("worker") if number % 3 else member(7, "Jana Lorenz"),
            action="pilots.case_sent",
            subject=("pilots.Case", str(number)),
            data={"reply": f"reply {number}"},
            personal={"customer": f"Familie Petersen {number}"},
        )
        leaves.append(written.leaf)
        texts += written.clear_texts
    return leaves, texts


STORY = _story()


def story(changed: int | None = None) -> tuple[list[bytes], list[ClearText]]:
    """Some working days of an organisation; entry `changed` tells something else."""
    leaves, texts = STORY
    told = f'"reply {changed}"'.encode()
    return [leaf.replace(told, b'"another reply"') for leaf in leaves], texts


def checkpoint(leaves: list[bytes], size: int, by: Signer) -> str:
    root = tree_root([leaf_hash(leaf) for leaf in leaves[:size]])
    return by.checkpoint(size=size, root=root, at=START + timedelta(hours=size))


def export(
    directory: Path,
    leaves: list[bytes],
    texts: list[ClearText],
    by: Signer,
    sizes: tuple[int, ...] = (9, 17, ENTRIES),
) -> Path:
    export_write(
        directory,
        signer=by,
        at=START + timedelta(days=2),
        entries=leaves,
        clear_texts=texts,
        checkpoints=[(size, checkpoint(leaves, size, by)) for size in sizes],
    )
    return directory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return export(tmp_path / "export", *story(), signer())


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A checkpoint that the auditor got by e-mail, some days ago."""
    path = tmp_path / "kept.txt"
    path.write_text(checkpoint(story()[0], 20, signer()), encoding="utf-8")
    return path


@pytest.fixture
def kept_by_all(folder: Path, tmp_path: Path) -> Path:
    """A checkpoint of this very export, as an attentive auditor keeps it."""
    path = tmp_path / "mine.txt"
    shutil.copy(folder / "checkpoints" / "000000017.txt", path)
    return path


def run_alone(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The copy of the program inside the export, in an empty folder, where Pilotwerk cannot be imported."""
    home = directory.parent / "elsewhere"
    home.mkdir(exist_ok=True)
    return subprocess.run(
        [*alone(), str(directory / "verify.py"), str(directory), *arguments],
        cwd=home,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def alone() -> list[str]:
    """Python with `cryptography` but without this program, whose .pth file -S leaves out."""
    import cryptography

    packages = str(Path(cryptography.__file__).parent.parent)
    start = f"import runpy, sys; sys.path.append({packages!r}); sys.argv = sys.argv[1:]; "
    return [sys.executable, "-I", "-S", "-c", start + "runpy.run_path(sys.argv[0], run_name='__main__')"]


def test_in_the_auditors_environment_there_is_no_pilotwerk(tmp_path: Path) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text("import cryptography\nimport pilotwerk\n")
    told = subprocess.run([*alone(), str(probe)], cwd=tmp_path, env={}, capture_output=True, text=True)
    assert told.returncode == 1
    assert "No module named 'pilotwerk'" in told.stderr


def test_an_untouched_export_is_accepted(folder: Path, kept_by_all: Path) -> None:
    report = check_export(folder, held=[kept_by_all])
    assert report.ok, in_words(report, "en")
    assert (report.entries, report.covered, report.checkpoints, report.held) == (ENTRIES, ENTRIES, 4, 1)
    assert (report.held_covered, report.clear_texts, report.erased) == (17, 30, 0)
    told = run_alone(folder, "--checkpoint", str(kept_by_all), "--key", str(folder / "public.key"))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Unversehrt: Die Einträge 1 bis 23 sind vollständig und unverändert." in told.stdout
    assert "Intact: entries 1 to 23 are complete and unchanged." in told.stdout
    assert "Changes after it cannot be detected." in told.stdout


def test_without_a_checkpoint_kept_elsewhere_it_says_what_is_not_proven(folder: Path) -> None:
    told = run_alone(folder)
    assert told.returncode == 0
    assert "Not proven is that the operator of the server changed nothing" in told.stdout
    assert "Nicht bewiesen ist, dass der Betreiber des Servers nichts geändert hat" in told.stdout


def test_a_checkpoint_of_the_export_itself_was_not_kept_elsewhere(folder: Path) -> None:
    report = check_export(folder, held=[folder / "checkpoints" / "000000017.txt"])
    assert (report.ok, report.checkpoints, report.held, report.held_covered) == (True, 3, 0, 0)
    assert "Not proven is that the operator" in "\n".join(in_words(report, "en"))


def test_erased_texts_leave_the_trail_valid(tmp_path: Path) -> None:
    leaves, texts = story()
    left = [text for text in texts if text.key != "actor"]
    report = check_export(export(tmp_path / "export", leaves, left, signer()))
    assert report.ok
    assert report.erased == len(texts) - len(left) == 7


def lines_of(folder: Path) -> list[bytes]:
    return (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)


def rewrite(folder: Path, lines: list[bytes]) -> None:
    (folder / "entries.jsonl").write_bytes(b"".join(lines))


def changed_byte(folder: Path) -> None:
    lines = lines_of(folder)
    lines[4] = lines[4].replace(b"reply 5", b"reply 6")
    rewrite(folder, lines)


def removed_entry(folder: Path) -> None:
    lines = lines_of(folder)
    rewrite(folder, lines[:11] + lines[12:])


def swapped_pair(folder: Path) -> None:
    lines = lines_of(folder)
    lines[7], lines[8] = lines[8], lines[7]
    rewrite(folder, lines)


def truncated_tail(folder: Path) -> None:
    rewrite(folder, lines_of(folder)[:15])
    for size in (17, ENTRIES):
        (folder / "checkpoints" / f"{size:09d}.txt").unlink()


def forged_checkpoint(folder: Path) -> None:
    by = signer(Ed25519PrivateKey.generate())
    leaves = [line.removesuffix(b"\n") for line in lines_of(folder)]
    (folder / "checkpoints" / "000000017.txt").write_text(checkpoint(leaves, 17, by), encoding="utf-8")


def added_forged_checkpoint(folder: Path) -> None:
    by = signer(Ed25519PrivateKey.generate())
    (folder / "checkpoints" / "000000021.txt").write_text(checkpoint(story()[0], 21, by), encoding="utf-8")


def inserted_entry(folder: Path) -> None:
    lines = lines_of(folder)
    rewrite(folder, [*lines, lines[-1].replace(b'"sequence":23', b'"sequence":24')])


def other_clear_text(folder: Path) -> None:
    path = folder / "personal.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Jana Lorenz", b"Jona Lorenz", 1))


def removed_file(folder: Path) -> None:
    (folder / "personal.jsonl").unlink()


def corrected_manifest(folder: Path) -> None:
    """A forger who also writes the new sums into the manifest, but cannot sign it."""
    before = hashlib.sha256((folder / "entries.jsonl").read_bytes()).hexdigest()
    changed_byte(folder)
    after = hashlib.sha256((folder / "entries.jsonl").read_bytes()).hexdigest()
    path = folder / "MANIFEST"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


TAMPERING: dict[Callable[[Path], None], set[str]] = {
    changed_byte: {"root_differs", "file_changed"},
    removed_entry: {"entry_order", "end_missing"},
    swapped_pair: {"entry_order", "root_differs"},
    truncated_tail: {"end_missing", "file_missing"},
    forged_checkpoint: {"signature", "file_changed"},
    added_forged_checkpoint: {"signature"},
    inserted_entry: {"file_changed"},
    other_clear_text: {"text_differs"},
    removed_file: {"file_missing"},
    corrected_manifest: {"signature", "root_differs"},
}


@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda tamper: tamper.__name__)
def test_tampering_is_rejected_with_the_reason(
    tamper: Callable[[Path], None], folder: Path, kept_by_all: Path
) -> None:
    tamper(folder)
    report = check_export(folder, held=[kept_by_all])
    assert TAMPERING[tamper] <= {finding.code for finding in report.findings}, in_words(report, "en")
    told = run_alone(folder, "--checkpoint", str(kept_by_all))
    assert told.returncode == 1, told.stdout
    assert "Nicht in Ordnung" in told.stdout
    assert "Not in order" in told.stdout
    assert told.stderr == ""


def test_the_place_of_a_change_is_narrowed_down(folder: Path) -> None:
    lines = lines_of(folder)
    lines[12] = lines[12].replace(b"reply 13", b"reply 99")
    rewrite(folder, lines)
    told = "\n".join(in_words(check_export(folder), "en"))
    assert "000000017.txt: entries 1 to 17 are not those that were attested" in told
    assert "The difference lies after entry 9." in told
    assert "000000023.txt: entries" not in told, "after the first difference every root is another"


def test_the_operator_rewrites_everything_and_is_caught_by_a_kept_checkpoint(
    tmp_path: Path, kept: Path
) -> None:
    """They hold the key: the export alone fits. The checkpoint from the e-mail does not."""
    folder = export(tmp_path / "rewritten", *story(changed=19), signer())
    assert run_alone(folder).returncode == 0
    told = run_alone(folder, "--checkpoint", str(kept))
    assert told.returncode == 1
    assert "kept.txt: entries 1 to 20 are not those that were attested" in told.stdout


def test_the_operator_cuts_off_the_end_and_is_caught_by_a_kept_checkpoint(tmp_path: Path, kept: Path) -> None:
    leaves, texts = story()
    short = [text for text in texts if text.sequence <= 12]
    folder = export(tmp_path / "short", leaves[:12], short, signer(), sizes=(9, 12))
    assert run_alone(folder).returncode == 0
    told = run_alone(folder, "--checkpoint", str(kept))
    assert told.returncode == 1
    assert "kept.txt: 20 entries were attested, only 12 are there. The end is missing." in told.stdout


def test_everything_signed_anew_with_another_key_is_caught_by_a_kept_checkpoint_or_key(
    tmp_path: Path, folder: Path, kept: Path
) -> None:
    forged = export(tmp_path / "forged", *story(changed=3), signer(Ed25519PrivateKey.generate()))
    assert run_alone(forged).returncode == 0
    assert "kept.txt: the signature is wrong" in run_alone(forged, "--checkpoint", str(kept)).stdout
    told = run_alone(forged, "--key", str(folder / "public.key"))
    assert told.returncode == 1
    assert "The key of the export is not the one that you kept." in told.stdout


def test_a_change_after_the_last_kept_checkpoint_is_not_detectable_and_the_program_does_not_claim_it(
    tmp_path: Path, kept: Path
) -> None:
    folder = export(tmp_path / "rewritten", *story(changed=22), signer())
    report = check_export(folder, held=[kept])
    assert report.ok
    assert report.held_covered == 20
    assert "Up to entry 20 not even the operator" in "\n".join(in_words(report, "en"))


@pytest.mark.parametrize("part", range(8))
def test_no_byte_of_any_file_changes_unseen(folder: Path, part: int) -> None:
    """Every 97th byte of each file, one of eight parts, and always the last."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        for place in {*range(part * 97, len(whole), 97 * 8), len(whole) - 1}:
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            assert not check_export(folder).ok, f"{path.name} at {place}"
        path.write_bytes(whole)
    assert check_export(folder).ok


def test_a_file_of_the_reader_is_only_remarked(folder: Path) -> None:
    (folder / "notes.txt").write_text("looked at on Monday")
    report = check_export(folder)
    assert report.ok
    assert "notes.txt is not part of the export." in in_words(report, "en")


def test_a_folder_that_is_no_export_is_rejected(tmp_path: Path) -> None:
    report = check_export(tmp_path)
    assert in_words(report, "en")[:2] == [
        "Not in order. Differences: 1.",
        "  - public.key is missing or unreadable.",
    ]


def test_an_export_never_overwrites(folder: Path) -> None:
    with pytest.raises(FileExistsError):
        export(folder, *story(), signer())
