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


def whole(pattern: str, value: str = "v") -> str:
    """Whether the pattern is all of a short value."""
    return f"(length({value}) <= {SHORT} AND regexp_full_match({value}, {literal(pattern)}))"


def within(pattern: str, needs: str = "", value: str = "v") -> str:
    """Whether the pattern occurs; only looked for where the sign `needs` occurs, which is fast."""
    found = f"regexp_matches({value}, {literal(pattern)})"
    return f"(contains({value}, {literal(needs)}) AND {found})" if needs else found


def is_time(*, numbers_too: bool) -> str:
    """Whether a way of writing points in time fits."""
    styles = [style for style in TIME_STYLES if numbers_too or style.name not in NUMERIC_STYLES]
    any_style = "|".join(style.pattern.pattern for style in styles)
    return f"(length(v) <= {SHORT} AND regexp_matches(v, {literal(f'^(?:{any_style})')}, 'i'))"


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


def flags() -> dict[str, str]:
    """Signs of a value by name, each a condition in SQL; `is_iban` and `holds_iban` are our functions."""
    yes_no = ", ".join(literal(word) for word in sorted(YES_NO))
    digit = "regexp_matches(v, '[0-9]')"
    return {
        "numbers": whole(NUMBER),
        "times": is_time(numbers_too=False),
        "times_with_numbers": is_time(numbers_too=True),
        "durations": whole(DURATION),
        "yes_no": f"(length(v) <= 6 AND lower(v) IN ({yes_no}))",
        "codes": f"({whole(CODE)} AND {digit})",
        "email_whole": whole(personal.EMAIL).replace(f"<= {SHORT}", "<= 254"),
        "email": within(personal.EMAIL, "@"),
        "phone_whole": f"(length(v) <= 30 AND regexp_full_match(v, {literal(personal.PHONE)}))",
        "phone_shaped": f"(length(v) <= 30 AND regexp_full_match(v, {literal(personal.PHONE_WHOLE)}))",
        "phone": f"({digit} AND (length(v) > 30 OR NOT {is_time(numbers_too=True)}) AND {digit} AND "
        f"({within(personal.PHONE)} OR {within(personal.PHONE_NAMED)}))",
        "iban_whole": f"CASE WHEN {whole(iban.WHOLE)} THEN is_iban(v) ELSE false END",
        "iban": f"CASE WHEN length(v) > {iban.SHORTEST} AND {within(iban.CANDIDATE)} THEN holds_iban(v) ELSE false END",
        "street": f"({digit} AND {within(personal.STREET)})",
        "town_whole": whole(personal.TOWN_WHOLE),
        "postcode_whole": f"(length(v) <= 9 AND {whole(personal.POSTCODE_WHOLE)})",
        "town": within(personal.TOWN, "-"),
        "name_whole": f"({whole(personal.NAME_WHOLE)} AND NOT {within(personal.FIRM)})",
        "name_single": f"(NOT contains(v, ' ') AND {whole(personal.NAME_SINGLE)})",
        "name_in_text": f"(length(v) > 12 AND {within(personal.NAME_IN_TEXT)})",
    }
