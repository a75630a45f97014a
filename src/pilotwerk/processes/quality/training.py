"""Looks at what a model would learn from: texts and labels, leaks, doubles across the split, drift over time."""

from pilotwerk.processes.domain.quality import drift
from pilotwerk.processes.domain.quality.columns import Type
from pilotwerk.processes.domain.quality.findings import Finding
from pilotwerk.processes.domain.roles import Kind, Meaning
from pilotwerk.processes.quality.columns import Measured
from pilotwerk.processes.quality.rows import Table

# Fewer examples than this teach nothing: the embedded classifier asks for as many, and for five of a category.
NEEDED_ROWS, NEEDED_EXAMPLES = 30, 5
# The text names its category in so many rows: worth a note.
NAMED_IN_TEXT = 0.5
# A column settles the label: in so many rows of repeated values, and so much better than always saying the
# most frequent label, on at least so many rows.
SETTLED, SETTLED_GAIN, SETTLED_ROWS = 0.99, 0.95, 50
# The newest rows that a test by time would use, as in `pilotwerk backtest support`.
NEWEST = 0.2
BINS = 10
CATEGORICAL = (Type.CATEGORY, Type.YES_NO)
NUMERIC = (Type.NUMBER, Type.WHOLE_NUMBER)


def find_for_training(table: Table, *, has_time: bool) -> None:
    """Leaks, doubles and drift, where a column of labels is known."""
    label = table.of(Meaning.CATEGORY)
    if label is None or not label.counts.filled:
        return
    text = table.of(Meaning.TEXT)
    if text is not None:
        _learnable(table, text, label)
        _examples(table, label)
        _label_in_text(table, text)
        _conflicts(table, text)
        if (
            has_time and table.mapping.kind is Kind.CASE_TABLE
        ):  # in a log a text stands in each row of its case
            _split_duplicates(table, text)
    _settling_columns(table, label)
    if has_time:
        for one in table.columns:
            _drift(table, one)


def _plain(value: str) -> str:
    """Lower case, everything but letters and digits as one blank."""
    return f"trim(regexp_replace(lower({value}), '[^a-z0-9äöüßà-ÿ]+', ' ', 'g'))"


def _learnable(table: Table, text: Measured, label: Measured) -> None:
    """Table `learnable`: rows with text and label, a print of the text's words, whether they name the label.

    Names of one or two signs, or numbers, stand in any text and do not count.
    """
    table.source.con.execute(
        "CREATE OR REPLACE TEMP TABLE learnable AS SELECT row, t, label, hash(words) AS print, length(name) > 2 "  # noqa: S608
        "AND regexp_matches(name, '[a-zäöüß]') AND contains(' ' || words || ' ', ' ' || name || ' ') AS named FROM "
        f"(SELECT raw.row AS row, t, {label.trimmed()} AS label, {_plain(label.sql)} AS name, "
        f"{_plain(text.sql)} AS words FROM raw JOIN moments ON moments.row = raw.row "
        f"WHERE {text.trimmed()} IS NOT NULL) WHERE label IS NOT NULL"
    )


def _examples(table: Table, label: Measured) -> None:
    counted = table.source.con.execute(
        "SELECT label, count(*) AS n FROM learnable GROUP BY 1 ORDER BY n, label"
    ).fetchall()
    usable = sum(n for _label, n in counted)
    if usable < NEEDED_ROWS:
        params = {"usable": usable, "needed": NEEDED_ROWS}
        table.found.append(Finding("too_few", label.name, 0, params=params))
    rare = [name for name, n in counted if n < NEEDED_EXAMPLES]
    if rare and usable >= NEEDED_ROWS and not table.hides_values(label):
        names = [name[:60] for name in rare[:5]] + ["…"][: len(rare) > 5]
        params = {"needed": NEEDED_EXAMPLES, "names": names}
        table.found.append(Finding("rare_category", label.name, 0, params=params))


def _label_in_text(table: Table, text: Measured) -> None:
    total, hits = table.one("SELECT count(*), count(*) FILTER (named) FROM learnable")
    if total and hits / total >= NAMED_IN_TEXT:
        table.note("label_in_text", text.name, "SELECT row FROM learnable WHERE named", share=hits / total)


def _conflicts(table: Table, text: Measured) -> None:
    several = "SELECT print FROM learnable GROUP BY print HAVING count(DISTINCT lower(label)) > 1"
    table.note("label_conflict", text.name, f"SELECT row FROM learnable WHERE print IN ({several})")  # noqa: S608


def _split_duplicates(table: Table, text: Measured) -> None:
    """Texts of the newest fifth that the older rows hold already."""
    (cut,) = table.one(f"SELECT quantile_disc(t, {1 - NEWEST}) FROM learnable")  # noqa: S608
    if cut is None:
        return
    older = f"SELECT print FROM learnable WHERE t <= {cut:d}"  # noqa: S608
    again = f"SELECT row FROM learnable WHERE t > {cut:d} AND print IN ({older})"  # noqa: S608
    newest, repeated = table.one(
        f"SELECT count(*) FILTER (t > {cut:d}), (SELECT count(*) FROM ({again})) FROM learnable"  # noqa: S608
    )
    if newest >= NEEDED_ROWS and repeated >= 0.01 * newest:
        table.note("split_duplicate", text.name, again, share=repeated / newest)


def _settling_columns(table: Table, label: Measured) -> None:
    """Columns whose value settles the label. Identifiers and texts settle it trivially and are passed over."""
    skipped = {table.mapping.get(one) for one in (Meaning.CASE, Meaning.TEXT, Meaning.CATEGORY)}
    (top, labelled) = table.one(
        f"SELECT max(n), sum(n) FROM (SELECT count(*) AS n FROM ({label.rows()}) GROUP BY v)"  # noqa: S608
    )
    if not labelled or labelled < SETTLED_ROWS or top == labelled:
        return
    usual, needed = top / labelled, max(SETTLED_ROWS, 0.5 * labelled)
    for one in table.columns:
        if one.name in skipped or one.counts.distinct < 2 or one.type in (Type.FREE_TEXT, Type.IDENTIFIER):
            continue
        # At most so many rows have a value that another row has too.
        if 2 * (one.counts.filled - one.counts.distinct) < needed:
            continue
        pairs = (
            f"SELECT x, count(*) AS n FROM (SELECT hash(trim({one.sql})) AS x, trim({label.sql}) AS label "  # noqa: S608
            f"FROM raw WHERE {one.known} AND {label.known}) GROUP BY x, label"
        )
        covered, right, groups = table.one(
            f"SELECT coalesce(sum(total), 0), coalesce(sum(top), 0), count(*) FROM (SELECT sum(n) AS total, "  # noqa: S608
            f"max(n) AS top FROM ({pairs}) GROUP BY x HAVING sum(n) > 1)"
        )
        if covered < needed or groups < 2:
            continue
        share = right / covered
        if share >= SETTLED and (share - usual) / (1 - usual) >= SETTLED_GAIN:
            params = {"label": label.name, "share": float(share)}
            table.found.append(Finding("label_determined", one.name, 0, params=params))


def _drift(table: Table, one: Measured) -> None:
    """The first third of the rows by time against the last."""
    if one.type in CATEGORICAL:
        part = "v"
    elif one.type in NUMERIC and one.column.spread:
        cuts = sorted(set(one.column.spread["quantiles"][1:-1]))
        # A part is named by its upper end.
        steps = " ".join(f"WHEN x <= {cut!r} THEN '≤ {cut:g}'" for cut in cuts)
        part = f"CASE WHEN x IS NULL THEN NULL {steps} ELSE '> {cuts[-1]:g}' END"
    else:
        return
    values = one.read or f"({one.rows()})"
    values = f"SELECT * FROM {values} AS known JOIN moments ON moments.row = known.row WHERE t IS NOT NULL"  # noqa: S608
    counted = table.source.con.execute(
        f"WITH dated AS ({values}), cuts AS (SELECT quantile_disc(t, 1 / 3.0) AS low, "  # noqa: S608
        "quantile_disc(t, 2 / 3.0) AS high FROM dated) "
        f"SELECT {part} AS part, count(*) FILTER (t <= low), count(*) FILTER (t > high) FROM dated, cuts "
        "GROUP BY part HAVING part IS NOT NULL"
    ).fetchall()
    found = drift.shift({p: a for p, a, _b in counted}, {p: b for p, _a, b in counted})
    if found is None:
        return
    index, names = found
    hidden = table.hides_values(one)
    rule = "drift_strong" if index >= drift.STRONG else "drift"
    params = {"psi": round(index, 3), "names": ["…"] if hidden else [name[:60] for name in names]}
    table.found.append(Finding(rule, one.name, 0, params=params))
