"""`pilotwerk document strategy --org SLUG --lang de --out DIR`: documents filled from the records."""

import argparse
from pathlib import Path
from typing import Any

HELP = "create the AI strategy as PDF and DOCX from an organisation's records"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Kind, organisation, language and folder."""
    parser.add_argument("kind", choices=["strategy"], metavar="KIND", help="strategy")
    parser.add_argument("--org", required=True, metavar="SLUG", help="the organisation, as in its addresses")
    parser.add_argument("--lang", choices=["de", "en"], default="de", help="language of the document")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the files")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Create both files, keep them with the organisation, and copy them into the folder."""
    from pilotwerk.accounts.models import Organisation
    from pilotwerk.audit.domain.actor import System
    from pilotwerk.core.errors import BadInput
    from pilotwerk.documents.models import Format
    from pilotwerk.documents.services import strategy_create

    organisation = Organisation.objects.filter(slug=args.org).first()
    if organisation is None:
        raise BadInput(f"There is no organisation {args.org!r}.")
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"The folder cannot be used: {error.strerror}", file=str(args.out)) from error
    files = []
    for file_format in Format:
        made = strategy_create(
            organisation=organisation,
            actor=System("command line"),
            language=args.lang,
            file_format=file_format.value,
        )
        target = args.out / made.filename
        try:
            target.write_bytes(made.path.read_bytes())
        except OSError as error:
            raise BadInput(f"The file cannot be written: {error.strerror}", file=str(target)) from error
        files.append({"file": str(target), "sha256": made.sha256, "bytes": made.size})
    return {"kind": args.kind, "organisation": organisation.slug, "language": args.lang, "files": files}
