"""SQL expressions that read a column of texts as points in time, numbers or minutes."""

from dataclasses import dataclass

from pilotwerk.processes.domain.values import (
    MISSING,
    NUMERIC_STYLES,
    RIVALS,
    TimeStyle,
    decimal_comma,
    looks_like_duration,
    minutes_factor,
    time_styles_of,
)
from pilotwerk.processes.reading import Source

# Years outside are typing errors or placeholders (0001-01-01, 9999-12-31) and would bend every figure.
EARLIEST, LATEST = "1900-01-01", "2200-01-01"

# DuckDB knows English month names only; "Mai" and "Mär" stand for the German ones.
_MONTHS = (
    ("jan", "Jan"), ("feb", "Feb"), ("mär", "Mar"), ("mrz", "Mar"), ("mar", "Mar"), ("apr", "Apr"),
    ("mai", "May"), ("may", "May"), ("jun", "Jun"), ("jul", "Jul"), ("aug", "Aug"), ("sep", "Sep"),
    ("okt", "Oct"), ("oct", "Oct"), ("nov", "Nov"), ("dez", "Dec"), ("dec", "Dec"),
)  # fmt: skip


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def filled(column: str) -> str:
    """The trimmed text, NULL where it is empty."""
    return f"nullif(trim({column}), '')"


def meaningful(column: str) -> str:
    """The trimmed text, NULL where it is empty or stands for nothing ("n/a", "keine Angabe", "Select")."""
    missing = ", ".join(literal(word) for word in MISSING)
    return f"CASE WHEN lower(trim({column})) NOT IN ({missing}) THEN trim({column}) END"


@dataclass(frozen=True, slots=True)
class TimeReading:
    """How a column's points in time are read: `sql` gives microseconds since 1970 or NULL.

    `zoned` says that the values carry an offset from UTC; without one they are taken as they stand, so that a
    night in which the clocks change makes a duration wrong by an hour.
    """

    sql: str
    styles: tuple[str, ...]
    zoned: bool


def _bounded(timestamp: str) -> str:
    return (
        f"epoch_us(CASE WHEN {timestamp} BETWEEN TIMESTAMP '{EARLIEST}' AND TIMESTAMP '{LATEST}' "
        f"THEN {timestamp} END)"
    )


def _style_sql(style: TimeStyle, value: str) -> str:
    if style.name == "iso":
        # The type with a time zone applies an offset where there is one; ours is UTC where there is none.
        return _bounded(f"CAST(try_cast({value} AS TIMESTAMPTZ) AS TIMESTAMP)")
    if style.name == "epoch":
        number = f"try_cast({value} AS DOUBLE)"
        scale = f"CASE WHEN {number} < 1e11 THEN 1e6 WHEN {number} < 1e14 THEN 1e3 ELSE 1 END"
        return _bounded(f"make_timestamp(CAST({number} * ({scale}) AS BIGINT))")
    tidy = f"regexp_replace(replace({value}, ',', ' '), '\\s*(Uhr|h)$', '', 'i')"
    tidy = f"regexp_replace(regexp_replace({tidy}, '(\\d)T(\\d)', '\\1 \\2'), '\\s+', ' ', 'g')"
    if "month" in style.name:
        for written, english in _MONTHS:
            tidy = f"regexp_replace({tidy}, '\\b{written}[a-zäöü]*\\.?', '{english}', 'i')"
        tidy = f"replace({tidy}, '.', '')"
    formats = ", ".join(literal(form) for form in style.formats)
    return _bounded(f"try_strptime({tidy}, [{formats}])")


def time_reading(source: Source, name: str) -> TimeReading:
    """Decides over the whole column which way of writing is used, and reads every value that way.

    Other ways that occur too (a workbook with real dates and typed ones) follow after it, never a rival
    reading of the same signs.
    """
    column = source.column(name)
    value = meaningful(column)
    sample = [
        row[0]
        for row in source.con.execute(
            f"SELECT v FROM (SELECT {value} AS v, row FROM raw) WHERE v IS NOT NULL "  # noqa: S608 -- own names
            "ORDER BY hash(row) LIMIT 2000"
        ).fetchall()
    ]
    styles = time_styles_of(sample) or time_styles_of(["2026-01-01"])
    if any(style.name not in NUMERIC_STYLES for style in styles):
        styles = [style for style in styles if style.name not in NUMERIC_STYLES]
    if any(style.name in RIVALS for style in styles):
        counts = ", ".join(f"count({_style_sql(style, value)})" for style in styles)
        read = source.con.execute(f"SELECT {counts} FROM raw").fetchone() or ()  # noqa: S608 -- own names
        ranked = sorted(zip(styles, read, strict=True), key=lambda pair: -pair[1])
        styles = []
        for style, _ in ranked:
            if RIVALS.get(style.name) not in {taken.name for taken in styles}:
                styles.append(style)
    zoned = source.con.execute(
        f"SELECT count(*) FILTER (WHERE regexp_matches({column}, '(Z|[+-]\\d\\d:?\\d\\d|[+-]\\d\\d)$') "  # noqa: S608
        f"AND length({column}) > 12) > 0 FROM raw"
    ).fetchone()
    parts = [_style_sql(style, value) for style in styles]
    sql = parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"
    return TimeReading(sql, tuple(style.name for style in styles), bool(zoned and zoned[0]))


def minutes_sql(source: Source, name: str) -> str:
    """Reads minutes: numbers in German or English style, in the unit that the column's name says, or
    1:05(:30).
    """
    column = source.column(name)
    value = meaningful(column)
    sample = [
        row[0]
        for row in source.con.execute(
            f"SELECT v FROM (SELECT {value} AS v, row FROM raw) WHERE v IS NOT NULL "  # noqa: S608 -- own names
            "ORDER BY hash(row) LIMIT 2000"
        ).fetchall()
    ]
    tidy = f"regexp_replace({value}, '[\\s''’]|(min|minuten|std|h|sek|s)\\.?$', '', 'gi')"
    tidy = f"replace({tidy}, '−', '-')"
    grouping, decimal = (".", ",") if decimal_comma(sample) else (",", ".")
    tidy = f"replace(replace({tidy}, '{grouping}', ''), '{decimal}', '.')"
    number = f"try_cast({tidy} AS DOUBLE) * {minutes_factor(name)!r}"
    number = f"CASE WHEN isfinite({number}) THEN {number} END"
    if not any(map(looks_like_duration, sample)):
        return number
    parts = f"string_split({value}, ':')"
    clock = (
        f"try_cast({parts}[1] AS DOUBLE) * 60 + try_cast({parts}[2] AS DOUBLE) "
        f"+ coalesce(try_cast({parts}[3] AS DOUBLE), 0) / 60"
    )
    return f"CASE WHEN contains({value}, ':') THEN {clock} ELSE {number} END"
