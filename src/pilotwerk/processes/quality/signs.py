"""SQL that says how a value `v` is written, in the patterns of the domain."""

from pilotwerk.processes.domain.quality import iban, personal
from pilotwerk.processes.domain.quality.columns import YES_NO
from pilotwerk.processes.domain.values import MISSING, NUMERIC_STYLES, TIME_STYLES
from pilotwerk.processes.engine.values import literal

# A number, a date, a code is not longer; longer texts need not be looked at by these patterns.
SHORT = 45
_UNIT = (
    r"€|eur|euro|chf|fr\.|usd|gbp|\$|£|%|min|minuten|minutes|std|stunden|h|sek|s|kg|g|t|ml|l|mm|cm|km|m|stk|stück|"
    r"pcs|tage|days"
)
_DIGITS = r"(?:\d{1,3}(?:[.,'’ ]\d{3})+|\d+)(?:[.,]\d+)?(?:[eE][-+]?\d+)?"
NUMBER = rf"[-−+]?(?i:(?:€|eur|chf|\$|£) ?)?[-−+]?{_DIGITS}(?i: ?(?:{_UNIT})\.?)?"
COMMA = r"^[^,]*,\d{1,2}(?:\D*)$|\.\d{3},\d"
POINT = r"^[^.]*\.\d{1,2}(?:\D*)$|,\d{3}\.\d"
CODE = r"[A-Za-z0-9ÄÖÜäöü][A-Za-z0-9ÄÖÜäöü/_.:#+-]*"
DURATION = r"\d{1,4}:\d{2}(?::\d{2})?"


def missing(value: str) -> str:
    """Whether a text stands for nothing. Long texts are not even looked at."""
    words = ", ".join(literal(word) for word in MISSING)
    return f"({value} IS NULL OR (length({value}) <= 16 AND lower(trim({value})) IN ({words})))"


def where(condition: str, then: str) -> str:
    """Whether both hold. CASE tries the second on those rows only for which the first holds; AND, outside of a
    WHERE, tries both on all.
    """
    return f"CASE WHEN {condition} THEN {then} ELSE false END"


def whole(pattern: str) -> str:
    """Whether the pattern is all of a short value."""
    return where(f"length(v) <= {SHORT}", f"regexp_full_match(v, {literal(pattern)})")


def within(pattern: str) -> str:
    """Whether the pattern occurs."""
    return f"regexp_matches(v, {literal(pattern)})"


def _is_time(*, numbers_too: bool) -> str:
    """Whether a way of writing points in time fits."""
    styles = [style for style in TIME_STYLES if numbers_too or style.name not in NUMERIC_STYLES]
    any_style = "|".join(style.pattern.pattern for style in styles)
    return f"regexp_matches(v, {literal(f'^(?:{any_style})')}, 'i')"


def tidy_number(value: str = "v") -> str:
    """A number without unit, currency and blanks, for `number_sql`."""
    bare = rf"regexp_replace({value}, '^([-−+]?)(€|eur|chf|\$|£) ?', '\1', 'i')"
    digits = rf"regexp_extract({bare}, '[-−+]?\d[\d.,''’ ]*(?:[eE][-+]?\d+)?')"
    return f"regexp_replace(replace(translate({digits}, ' ''’', ''), '−', '-'), '[.,]$', '')"


def unit(value: str = "v") -> str:
    """The unit or currency of a number in lower case; empty where there is none."""
    bare = f"lower(regexp_replace({value}, '[0-9.,''’ +−-]', '', 'g'))"
    return f"CASE WHEN {bare} IN ('€', 'eur', 'euro') THEN 'eur' WHEN {bare} = 'e' THEN '' ELSE {bare} END"


def shape(value: str = "v") -> str:
    """The outline of a code: AB-1234 gives A-9."""
    letters = f"regexp_replace({value}, '[A-Za-zÄÖÜäöüß]+', 'A', 'g')"
    return f"regexp_replace({letters}, '[0-9]+', '9', 'g')"


def looked_at(rows: str) -> str:
    """A query with `v` and what `flags` looks at first: length, digits, whether it is a plain number or time.

    Most values are told by these, so that the longer patterns are tried on few.
    """
    plain = where("small AND digit", f"{whole(NUMBER)} OR {_is_time(numbers_too=True)}")
    return (
        f"SELECT *, {plain} AS plain FROM (SELECT *, length(v) <= {SHORT} AS small, "  # noqa: S608 -- own names only
        f"regexp_matches(v, '[0-9]') AS digit FROM ({rows}))"
    )


def flags() -> dict[str, str]:
    """Signs of a value by name, each a condition in SQL over `looked_at`.

    `is_iban` and `holds_iban` are our functions.
    """
    yes_no = ", ".join(literal(word) for word in sorted(YES_NO))
    digits = "small AND digit"
    letters = "small AND NOT digit"
    name = f"{whole(personal.NAME_WHOLE)} AND NOT {within(personal.FIRM)}"
    return {
        "numbers": where("plain", whole(NUMBER)),
        "times": where("plain", _is_time(numbers_too=False)),
        "times_with_numbers": where("plain", _is_time(numbers_too=True)),
        "durations": where(digits, whole(DURATION)),
        "yes_no": where("small", f"lower(v) IN ({yes_no})"),
        "codes": where(digits, whole(CODE)),
        "phone_shaped": where(digits, whole(personal.PHONE_WHOLE)),
        "postcode_whole": where(digits, whole(personal.POSTCODE_WHOLE)),
        "town_whole": where(f"{digits} AND NOT plain", whole(personal.TOWN_WHOLE)),
        "name_whole": where(letters, name),
        "name_marked": where(letters, whole(personal.NAME_MARKED)),
        "name_single": where(letters, whole(personal.NAME_SINGLE)),
        "email_whole": where("contains(v, '@')", f"regexp_full_match(v, {literal(personal.EMAIL)})"),
        "iban_shaped": where(digits, whole(iban.WHOLE)),
        "iban_whole": where(f"{digits} AND {whole(iban.WHOLE)}", "is_iban(v)"),
        "phone_whole": where(f"{digits} AND NOT plain", whole(personal.PHONE)),
        **texts(),
    }


def texts() -> dict[str, str]:
    """Signs of people anywhere in a text, as `flags`."""
    digits = "digit AND NOT plain"
    phone = f"({within(personal.PHONE)} OR {within(personal.PHONE_NAMED)})"
    return {
        "email": where("contains(v, '@')", within(personal.EMAIL)),
        "phone": where(digits, phone),
        "iban": where(f"{digits} AND {within(iban.CANDIDATE)}", "holds_iban(v)"),
        "street": where(digits, within(personal.STREET)),
        "town": where(f"{digits} AND contains(v, '-')", within(personal.TOWN)),
        "name_in_text": where("length(v) > 12", within(personal.NAME_IN_TEXT)),
    }
