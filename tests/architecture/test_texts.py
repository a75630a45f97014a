"""Texts stand where the tool that extracts them finds them."""

import ast
from pathlib import Path

import pilotwerk

SOURCE = Path(pilotwerk.__file__).parent
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}


def test_no_text_is_translated_inside_an_f_string() -> None:
    found = []
    for path in SOURCE.rglob("*.py"):
        for string in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(string, ast.JoinedStr):
                found += [
                    f"{path.relative_to(SOURCE)}:{call.lineno}"
                    for call in ast.walk(string)
                    if isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Name)
                    and call.func.id in CALLS
                ]
    assert found == []
