"""SQL expressions that read a column of texts as points in time, numbers or minutes."""

from dataclasses import dataclass

from pilotwerk.processes.domain.values import (
    MISSING,
    NUMERIC_STYLES,
    RIVALS,
    TimeStyle,
    decimal_comma,
    is_missing,
    looks_like_duration,
    minutes_factor,
    time_styles_of,
)
from pilotwerk.processes.reading import Source

# Years outside are typing errors or placeholders (0001-01-01, 9999-12-31) and would bend every figure.
# 1900 to 2200, in microseconds since 1970.
EARLIEST, LATEST = -2_208_988_800_000_000, 7_258_118_400_000_000

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
    """How a column's points in time are read.

    `sql` gives microseconds since 1970 for a value, or NULL; `bounded` turns times outside the plausible years
    into NULL. `zoned` says that the values carry an offset from UTC; without one
    they are taken as they stand, so that a night in which the clocks change makes a duration wrong by an
    hour.
    """

    sql: str
    zoned: bool


def bounded(microseconds: str) -> str:
    """NULL for times outside the plausible years."""
    return f"CASE WHEN {microseconds} BETWEEN {EARLIEST:d} AND {LATEST:d} THEN {microseconds} END"


def _style_sql(style: TimeStyle, text: str, *, zoned: bool = False) -> str:
    if style.name == "iso":
        # The type with a time zone applies an offset, ours is UTC where a value has none; it is the slower one.
        kind = "TIMESTAMPTZ" if zoned else "TIMESTAMP"
        plain, trimmed = f"try_cast({text} AS {kind})", f"try_cast({filled(text)} AS {kind})"
        # Trimming costs more than reading; CASE, unlike coalesce, does it only for what cannot be read as it stands.
        return f"epoch_us(CASE WHEN {plain} IS NOT NULL THEN {plain} ELSE {trimmed} END)"
    text = filled(text)
    if style.name == "epoch":
        number = f"try_cast({text} AS DOUBLE)"
        scale = f"CASE WHEN {number} < 1e11 THEN 1e6 WHEN {number} < 1e14 THEN 1e3 WHEN {number} < 1e17 THEN 1 END"
        return f"CAST({number} * ({scale}) AS BIGINT)"
    tidy = f"regexp_replace(replace({text}, ',', ' '), '\\s*(Uhr|h)$', '', 'i')"
    tidy = f"regexp_replace(regexp_replace({tidy}, '(\\d)T(\\d)', '\\1 \\2'), '\\s+', ' ', 'g')"
    if "month" in style.name:
        for written, english in _MONTHS:
            tidy = f"regexp_replace({tidy}, '\\b{written}[a-zäöü]*\\.?', '{english}', 'i')"
        tidy = f"replace({tidy}, '.', '')"
    formats = ", ".join(literal(form) for form in style.formats)
    return f"epoch_us(try_strptime({tidy}, [{formats}]))"


def _sample(source: Source, column: str) -> list[str]:
    """Some values of a column from all over the table, without those that stand for nothing."""
    rows = source.con.execute(
        f"SELECT {column} FROM raw WHERE length({column}) > 0 ORDER BY hash(row) LIMIT 2000"  # noqa: S608
    ).fetchall()
    return [row[0] for row in rows if not is_missing(row[0])]


def time_reading(source: Source, name: str, value: str | None = None) -> TimeReading:
    """Decides over the whole column which way of writing is used, and reads every value that way.

    Other ways that occur too (a workbook with real dates and typed ones) follow after it, never a rival
    reading of the same signs. `value`: how the query names the value, if not by its column in `raw`.
    """
    column = source.column(name)
    sample = _sample(source, column)
    styles = time_styles_of(sample) or time_styles_of(["2026-01-01"])
    if any(style.name not in NUMERIC_STYLES for style in styles):
        styles = [style for style in styles if style.name not in NUMERIC_STYLES]
    if any(style.name in RIVALS for style in styles):
        styles = _without_rivals(source, styles, column)
    zoned = _has_offset(source, column)
    parts = [_style_sql(style, value or column, zoned=zoned) for style in styles]
    sql = parts[0] if len(parts) == 1 else f"coalesce({', '.join(bounded(part) for part in parts)})"
    return TimeReading(sql, zoned)


def _has_offset(source: Source, column: str) -> bool:
    """Whether any time of the column ends in an offset from UTC. The simple patterns spare most values the slow one."""
    simple = " OR ".join(f"{column} LIKE '{pattern}'" for pattern in ("%Z", "%+%", "___________%-%"))
    exact = f"regexp_matches(right({column}, 6), '(Z|[+-]\\d\\d:?\\d\\d|[+-]\\d\\d)$')"
    found = source.con.execute(
        f"SELECT 1 FROM raw WHERE ({simple}) AND length({column}) > 12 AND {exact} LIMIT 1"  # noqa: S608
    ).fetchone()
    return found is not None


def _without_rivals(source: Source, styles: list[TimeStyle], column: str) -> list[TimeStyle]:
    """Of two readings of the same signs only the one that reads more values; the day comes first in a tie."""
    counts = ", ".join(f"count({bounded(_style_sql(style, column))})" for style in styles)
    read = source.con.execute(f"SELECT {counts} FROM raw").fetchone() or ()  # noqa: S608 -- own names only
    kept: list[TimeStyle] = []
    for style, _ in sorted(zip(styles, read, strict=True), key=lambda pair: -pair[1]):
        if RIVALS.get(style.name) not in {taken.name for taken in kept}:
            kept.append(style)
    return kept


def number_sql(tidy: str, *, comma: bool) -> str:
    """Reads digits with German (`comma`) or English separators as DOUBLE; NULL where they are no finite
    number.
    """
    grouping, decimal = (".", ",") if comma else (",", ".")
    number = f"try_cast(replace(replace({tidy}, '{grouping}', ''), '{decimal}', '.') AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def minutes_sql(source: Source, name: str) -> str:
    """Reads minutes: numbers in German or English style, in the unit that the column's name says, or
    1:05(:30).
    """
    column = source.column(name)
    value = meaningful(column)
    sample = _sample(source, column)
    tidy = f"regexp_replace({value}, '[\\s''’]|(min|minuten|std|h|sek|s)\\.?$', '', 'gi')"
    tidy = f"replace({tidy}, '−', '-')"
    number = f"{number_sql(tidy, comma=decimal_comma(sample))} * {minutes_factor(name)!r}"
    if not any(map(looks_like_duration, sample)):
        return number
    parts = f"string_split({value}, ':')"
    clock = (
        f"try_cast({parts}[1] AS DOUBLE) * 60 + try_cast({parts}[2] AS DOUBLE) "
        f"+ coalesce(try_cast({parts}[3] AS DOUBLE), 0) / 60"
    )
    return f"CASE WHEN contains({value}, ':') THEN {clock} ELSE {number} END"
