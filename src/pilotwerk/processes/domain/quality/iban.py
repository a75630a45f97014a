"""International bank account numbers with their check digits."""

import re

# Lengths by country, from the IBAN registry of ISO 13616 (SWIFT, release 99), for the countries of SEPA.
LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26,
    "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28,
    "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "VA": 22,
}  # fmt: skip
SHORTEST, LONGEST = 15, 34

# Country, check digits, then groups; a blank or a hyphen may stand between groups.
CANDIDATE = r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{1,4}){3,9}\b"
WHOLE = r"[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}"

_CANDIDATE = re.compile(CANDIDATE)


def compact(text: str) -> str:
    """Without blanks and hyphens, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()


def remainder(account: str) -> int:
    """The remainder of ISO 7064 MOD 97-10: first four signs at the end, letters as 10 to 35, modulo 97.

    A right number gives 1 (ISO 13616). `account` is compact and holds only A to Z and digits.
    """
    turned = account[4:] + account[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97


def is_iban(text: str) -> bool:
    """Whether the text is a whole IBAN: known length of its country, right check digits."""
    account = compact(text)
    if not SHORTEST <= len(account) <= LONGEST or not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]+", account):
        return False
    if len(account) != LENGTHS.get(account[:2], len(account)):
        return False
    return remainder(account) == 1


def check_digits(country: str, rest: str) -> str:
    """The two check digits that make `country` + digits + `rest` right: 98 minus the remainder with 00."""
    return f"{98 - remainder(f'{country}00{compact(rest)}'):02d}"


def holds_iban(text: str) -> bool:
    """Whether an IBAN with right check digits stands somewhere in the text.

    A number may be followed by a word in capitals, so the beginnings of a candidate count too.
    """
    for match in _CANDIDATE.finditer(text):
        account = compact(match.group())
        length = LENGTHS.get(account[:2])
        if is_iban(account[:length] if length else account):
            return True
    return False
