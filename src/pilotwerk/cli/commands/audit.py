"""`pilotwerk audit`: the audit trail out, and checked."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from pilotwerk.core.errors import BadInput

HELP = "take the audit trail out, and check one that was taken out"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`export` writes a folder, `verify` checks one."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    export = verbs.add_parser("export", help="write the audit trail into a folder")
    whose = export.add_mutually_exclusive_group(required=True)
    whose.add_argument("--org", metavar="SLUG", help="the organisation's short name, as in its address")
    whose.add_argument("--installation", action="store_true", help="the installation's own trail")
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or empty folder")
    verify = verbs.add_parser("verify", help="check an export; exit 0 when all fits, 1 when not")
    verify.add_argument("directory", type=Path, metavar="DIR", help="an unpacked export")
    verify.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a checkpoint that was kept elsewhere; may be given several times",
    )
    verify.add_argument("--key", type=Path, metavar="FILE", help="the public key that was kept elsewhere")
    for verb in (export, verify):
        # The value of the command itself stays when the option is not given after the verb.
        verb.add_argument(
            "--format", choices=["text", "json"], default=argparse.SUPPRESS, help="how to print"
        )


def run(args: argparse.Namespace) -> dict[str, Any] | None:
    return _export(args) if args.verb == "export" else _verify(args)


def _export(args: argparse.Namespace) -> dict[str, Any]:
    from pilotwerk.audit.domain.actor import System
    from pilotwerk.audit.services import log_export

    try:
        point = log_export(
            organisation_id=_organisation_id(args.org), actor=System("cli"), directory=args.out
        )
    except FileExistsError:
        raise BadInput("The folder is not empty. Name a new one.", file=str(args.out)) from None
    except OSError as error:
        raise BadInput(f"The folder cannot be written: {error.strerror}.", file=str(args.out)) from None
    return {"out": str(args.out), "entries": point.size, "last_checkpoint_at": point.created_at.isoformat()}


def _organisation_id(slug: str | None) -> UUID | None:
    from pilotwerk.accounts.models import Organisation

    if slug is None:
        return None
    found = Organisation.objects.filter(slug=slug).values_list("id", flat=True).first()
    if found is None:
        raise BadInput(f"There is no organisation {slug}.")
    return UUID(str(found))


def _verify(args: argparse.Namespace) -> dict[str, Any] | None:
    from pilotwerk.audit.verifier import verify

    if not args.directory.is_dir():
        raise BadInput("There is no such folder. Name an unpacked export.", file=str(args.directory))
    for path in [*args.checkpoint, *([args.key] if args.key else [])]:
        if not path.is_file():
            raise BadInput("There is no such file.", file=str(path))
    report = verify.check_export(args.directory, held=args.checkpoint, key_file=args.key)
    if args.format == "text":
        verify.tell(report)
        raise SystemExit(0 if report.ok else 1)
    figures = (
        "entries",
        "checkpoints",
        "held",
        "covered",
        "covered_at",
        "held_covered",
        "clear_texts",
        "erased",
    )
    return {
        "ok": report.ok,
        **{name: getattr(report, name) for name in figures},
        "key": report.fingerprint,
        "findings": [
            {"code": found.code, "entry": found.sequence, "de": found.text("de"), "en": found.text("en")}
            for found in report.findings
        ],
        "exit_code": 0 if report.ok else 1,
    }
