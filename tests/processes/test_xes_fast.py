"""The fast reader of XES gives what the careful one gives, or leaves the file to it."""

from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.reading import Limits, open_source, xes, xes_fast

HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n<!-- made by a program -->\n<log xes.version="1.0">\n'
GLOBAL = '<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>\n'


def table(path: Path) -> tuple[Any, ...]:
    """Columns with their values, rows, and what was told about the file."""
    with open_source(path) as source:
        columns = {}
        for position, name in enumerate(source.columns):
            rows = source.con.execute(f"SELECT c{position} FROM raw ORDER BY row").fetchall()
            columns[name] = [row[0] for row in rows]
        numbers = [row[0] for row in source.con.execute("SELECT row FROM raw ORDER BY row").fetchall()]
        return columns, source.rows, numbers, source.facts


def both(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[bool, tuple[Any, ...] | str, tuple[Any, ...] | str]:
    """Whether the fast reader took the file; what comes out with and without it, or the reason why nothing does."""
    taken = []

    def watched(*arguments: Any) -> tuple[int, int]:
        found = xes_fast.read_plain(*arguments)
        taken.append(True)
        return found

    def refused(*_arguments: Any) -> tuple[int, int]:
        raise xes_fast.NotPlain

    found: list[tuple[Any, ...] | str] = []
    for reader in (watched, refused):
        with monkeypatch.context() as patch:
            patch.setattr(xes, "read_plain", reader)
            try:
                found.append(table(path))
            except Unreadable as error:
                found.append(error.code)
    return bool(taken), found[0], found[1]


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12) | st.sampled_from(
    ["R&D", 'say "hi"', "a < b > c", "Größe\tund\nTon", "", " ", "1", "Straße 😀"]
)
attributes = st.dictionaries(
    st.sampled_from(["concept:name", "time:timestamp", "org:resource", "a", "kkkkkkkkkk"]), texts, max_size=4
)
logs = st.lists(st.tuples(attributes, st.lists(attributes, max_size=4)), max_size=6)
KINDS = {"concept:name": "string", "time:timestamp": "date", "a": "int"}


def attribute(key: str, value: str) -> str:
    # Quotes are written as references, as every program does.
    return (
        f"<{KINDS.get(key, 'string')} key={quoteattr(key)} value=" + quoteattr(value, {'"': "&quot;"}) + "/>"
    )


def written(log: list[tuple[dict[str, str], list[dict[str, str]]]]) -> str:
    traces = []
    for of_trace, events in log:
        own = "".join(attribute(*one) for one in of_trace.items())
        inner = "".join(
            "\n  <event>" + "".join(attribute(*one) for one in event.items()) + "</event>" for event in events
        )
        traces.append(f"<trace>{own}{inner}\n</trace>")
    return HEAD + GLOBAL + "\n".join(traces) + "\n</log>\n"


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(log=logs, piece=st.sampled_from([1, 300, 10_000]))
def test_plain_logs_come_out_alike(
    log: list[tuple[dict[str, str], list[dict[str, str]]]],
    piece: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "log.xes"
    path.write_text(written(log), encoding="utf-8", newline="")
    monkeypatch.setattr(xes_fast, "PIECE", piece)
    taken, fast, careful = both(path, monkeypatch)
    assert fast == careful
    assert taken == isinstance(fast, tuple)


EVENT = '<event><string key="concept:name" value="A"/><date key="time:timestamp" value="2026-04-06T08:00:00Z"/></event>'


@pytest.mark.parametrize(
    ("inner", "plain"),
    [
        (EVENT, True),
        (EVENT.replace("A", "R&amp;D &#x26; &#38; &lt;"), True),
        (EVENT.replace('value="A"', 'value="A\r\nB"'), True),
        (EVENT.replace('"', "'"), False),
        (EVENT.replace('value="A"/>', 'value="A" />'), False),
        (EVENT.replace('key="concept:name" value="A"', 'value="A" key="concept:name"'), False),
        (EVENT.replace('value="A"/>', 'value="A"></string>'), False),
        (EVENT.replace('value="A"/>', 'value="A"><string key="x" value="y"/></string>'), False),
        (EVENT + "<!-- between -->", False),
        (EVENT.replace("<event>", '<event><list key="l"><string key="x" value="y"/></list>'), False),
        (EVENT.replace('value="A"', 'value="&unknown;"'), False),
        (EVENT.replace("</event>", ""), False),
        (EVENT + "</event>", False),
        (EVENT + EVENT.replace("<event>", "<event><event>"), False),
        (EVENT.replace('value="A"', 'value="A'), False),
    ],
)
def test_what_is_not_plain_is_left_to_the_careful_reader(
    inner: str, plain: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.xes"
    path.write_text(f"{HEAD}<trace>{EVENT}{inner}</trace></log>", encoding="utf-8", newline="")
    taken, fast, careful = both(path, monkeypatch)
    assert fast == careful
    assert taken == plain


@pytest.mark.parametrize(
    "content",
    [
        HEAD + f"<trace>{EVENT}</trace>",
        HEAD + f"<trace>{EVENT}",
        HEAD.replace("UTF-8", "ISO-8859-1") + f"<trace>{EVENT}</trace></log>",
        "<!DOCTYPE log>\n" + HEAD + f"<trace>{EVENT}</trace></log>",
        HEAD + "</log>",
        "no XML at all",
    ],
)
def test_broken_files_are_refused_for_the_same_reason(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.xes"
    path.write_text(content, encoding="utf-8")
    _taken, fast, careful = both(path, monkeypatch)
    assert fast == careful


def test_a_text_beyond_the_limit_is_named_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    long = EVENT.replace("A", "x" * 200)
    path.write_text(f"{HEAD}<trace>{EVENT}{EVENT}{long}</trace></log>", encoding="utf-8")
    with pytest.raises(Unreadable) as caught, open_source(path, limits=Limits(cell_characters=100)):
        pass
    assert (caught.value.code, caught.value.row) == ("file.cell_too_long", 3)
