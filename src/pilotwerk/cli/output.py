"""A command's result as a table that people read."""

from typing import Any


def readable(result: dict[str, Any]) -> str:
    """Keys and values line by line; lists of objects become tables, nested objects are indented."""
    return "\n".join(_lines(result, ""))


def _lines(values: dict[str, Any], indent: str) -> list[str]:
    width = max((len(key) for key in values), default=0)
    lines: list[str] = []
    for key, value in values.items():
        if isinstance(value, dict) and value:
            lines += [f"{indent}{key}", *_lines(value, indent + "  ")]
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            lines += [f"{indent}{key}", *_table(value, indent + "  ")]
        else:
            lines.append(f"{indent}{key:<{width}}  {_cell(value)}")
    return lines


def _table(rows: list[dict[str, Any]], indent: str) -> list[str]:
    heads = list(rows[0])
    cells = [heads, *[[_cell(row.get(head)) for head in heads] for row in rows]]
    widths = [max(len(line[number]) for line in cells) for number in range(len(heads))]
    return [
        indent + "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.1f}"
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value) or "-"
    return "-" if value is None else str(value)
