"""Is a text one SELECT that only reads? What is run afterwards is written anew from what was understood.

So nothing hides in comments (MySQL runs some of them) or behind a second semicolon. It is the first of two lines:
the session is read-only as well, and the user of the database should have no right but SELECT.
"""

import re
from typing import TYPE_CHECKING, Any

from pilotwerk.processes.domain.messages import Unreadable

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

# sqlglot's name of each kind of database.
DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "sqlite": "sqlite", "mssql": "tsql"}

# Functions that read files, reach other servers, wait, or change something, in any of the databases.
FORBIDDEN_FUNCTIONS = re.compile(
    r"(?:pg_(?:read|ls|stat_file|write|sleep|terminate|cancel|reload|rotate|advisory|try_advisory|create|drop|"
    r"logical|replication|export|promote|switch|start|stop|backup|file).*|lo_.*|dblink.*|set_config|setval|nextval|"
    r"query_to_xml.*|cursor_to_xml.*|table_to_xml.*|schema_to_xml.*|database_to_xml.*|load_file|load_extension|"
    r"readfile|writefile|edit|fts3_tokenizer|sleep|benchmark|get_lock|release_lock|release_all_locks|"
    r"sys_exec|sys_eval|xp_.*|sp_.*|openrowset|opendatasource|openquery|openxml)$",
    re.IGNORECASE,
)
_PART = r"""(?:[\w$]+|"[^"]+"|`[^`]+`|\[[^\]]+\])"""
_TABLE = re.compile(rf"{_PART}(?:\.{_PART}){{0,3}}$")


def checked_select(text: str, kind: str, *, at_most: int | None = None) -> str:
    """The SELECT to run for a query or the name of a table; `at_most` limits the rows of one without a limit.

    `kind` is one of `DIALECTS`. Raises `Unreadable` for anything that is not one reading SELECT.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    if kind not in DIALECTS:
        raise Unreadable("sql.unknown_kind")
    dialect = DIALECTS[kind]
    text = text.strip().rstrip(";").strip()
    try:
        if re.match(r"(?:select|with|\()", text, re.IGNORECASE):
            trees = [tree for tree in sqlglot.parse(text, read=dialect) if tree is not None]
        elif _TABLE.match(text):
            trees = [exp.select("*").from_(exp.to_table(text, dialect=dialect))]
        else:
            trees = []
    except (SqlglotError, RecursionError) as error:
        raise Unreadable("sql.not_one_select") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise Unreadable("sql.not_one_select")
    tree: Any = trees[0]
    _check(tree)
    if at_most is not None and not (tree.args.get("limit") or tree.args.get("fetch")):
        tree = tree.limit(at_most)
    return str(tree.sql(dialect=dialect, comments=False))


def onward_select(
    text: str, kind: str, *, growing: str, number: bool, start: str | None, at_most: int
) -> str:
    """The rows of a query or table whose column `growing` is at least `start`, smallest first, at most so many.

    `start` is a number or a date with time as the database writes it; None begins at the smallest. Raises `Unreadable`.
    """
    import sqlglot
    from sqlglot import exp

    dialect = DIALECTS.get(kind, "")
    inner: Any = sqlglot.parse_one(checked_select(text, kind), read=dialect)
    if not inner.args.get("limit"):
        inner.set("order", None)  # it would count for nothing, and SQL Server refuses it here
    column = exp.column(growing, quoted=True)
    alias = exp.TableAlias(this=exp.to_identifier("pilotwerk_q"))
    tree = exp.select("*").from_(exp.Subquery(this=inner, alias=alias))
    tree = tree.where(exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null())))
    if start is not None:
        literal = exp.Literal.number(start) if number else exp.Literal.string(start)
        tree = tree.where(exp.GTE(this=column.copy(), expression=literal))
    # As each database orders by itself, so that an index on the column serves.
    order = exp.Ordered(this=column, nulls_first=dialect != "postgres")
    return str(tree.order_by(order).limit(at_most).sql(dialect=dialect))


def _check(tree: "Expression") -> None:
    """Looks at every node, so that nothing writes from inside a subquery either."""
    from sqlglot import exp

    writing = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Set, exp.Pragma, exp.Attach, exp.Detach,
               exp.Use, exp.Transaction, exp.Commit, exp.Rollback, exp.Alter, exp.Drop, exp.Kill)  # fmt: skip
    for node in tree.walk():
        if isinstance(node, writing) and not isinstance(node, exp.Query):
            raise Unreadable("sql.not_reading", word=node.key.upper())
        if isinstance(node, exp.Func):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            if FORBIDDEN_FUNCTIONS.match(name):
                raise Unreadable("sql.not_reading", word=name)
