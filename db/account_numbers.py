"""Phone numbers, payment cards and IBANs in texts, told from other numbers by how they are made."""

import re
from collections.abc import Callable

from db.addresses import REMOVED

GAP = r"[ \t\u00a0\u202f().\-/\u2011\u2013]"  # what people write between the groups of a number
DATE = rf"\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{2,4}}(?!\d|{GAP}?[./-]\d)"
OPEN = r"(?<![A-Za-z0-9_.,+])(?<!\d[/-])"  # not within a word or a number
PAREN = r"(?:\((?=\+?\d{1,6}\)))?"  # around the first group alone

# ISO/IEC 7812: 13 to 19 digits, in one piece or in the groups that are stamped on cards.
CARDS = tuple(
    re.compile(rf"(?<!\d)(?=(?P<number>{digits})(?!\d))")
    for digits in (
        r"\d{13,19}",
        rf"\d{{4}}(?:{GAP}{{1,3}}\d{{4}}){{3}}",
        rf"\d{{4}}(?:{GAP}{{1,3}}\d{{4}}){{3}}{GAP}{{1,3}}\d{{3}}",
        rf"\d{{4}}{GAP}{{1,3}}\d{{6}}{GAP}{{1,3}}\d{{4,5}}",
    )
)
DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

# ITU-T E.164: up to 15 digits behind a plus or two zeros; without them numbers as they are written
# at home: behind a trunk zero, in the groups that are common, or ten or eleven digits in one piece.
PHONE = re.compile(
    rf"""(?:
        (?:{PAREN}\+|{OPEN}00){GAP}{{0,2}}\d(?:{GAP}{{0,3}}\d){{6,14}}(?!\d)
      | {OPEN}(?!{DATE}){PAREN}0\d(?:{GAP}{{0,3}}\d){{7,11}}(?!\d)
      | {OPEN}(?:1{GAP}{{1,2}})?{PAREN}\d{{3}}{GAP}{{0,2}}\d{{3}}{GAP}\d{{3,4}}(?!\d)
      | {OPEN}\d{{5}}[ -]\d{{5}}(?!\d)
      | {OPEN}\d{{3}}-\d\d-\d{{4}}(?!\d)
      | {OPEN}\d{{10,11}}(?!\d|[.,]\d)
    )""",
    re.VERBOSE,
)

# ISO 13616: two letters of the country, two check digits, and as many signs as the registry says.
IBAN = re.compile(r"(?<![A-Za-z0-9])(?=(?P<number>[A-Za-z]{2}\d\d(?:[ -]?[A-Za-z0-9]){11,29}))")
IBAN_LENGTHS = {
    code: length
    for length, codes in {
        15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST",
        26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for code in codes.split()
}  # fmt: skip


def without_phones(text: str) -> str:
    """The text with REMOVED in place of each phone number."""
    return PHONE.sub(REMOVED, text)


def without_cards(text: str) -> str:
    """The text with REMOVED in place of each number that may be a payment card's."""
    for pattern in CARDS:
        text = _blotted(text, pattern, _card)
    return text


def without_ibans(text: str) -> str:
    """The text with REMOVED in place of each IBAN whose check digits are right."""
    return _blotted(text, IBAN, _iban)


def _blotted(text: str, pattern: re.Pattern[str], measure: Callable[[str], int]) -> str:
    """REMOVED in place of what the pattern sees ahead, as long as `measure` says it is.

    Seen ahead and not matched: what looks like a number may begin within another that is none.
    """
    kept, end = [], 0
    for found in pattern.finditer(text):
        length = measure(found["number"]) if found.start() >= end else 0
        if length:
            kept += [text[end : found.start()], REMOVED]
            end = found.start() + length
    return "".join(kept) + text[end:] if kept else text


def _card(number: str) -> int:
    """Its length if the check digit is right (Luhn, ISO/IEC 7812-1, annex B), else 0."""
    digits = [int(sign) for sign in reversed(number) if sign.isdecimal()]
    total = sum(digits[::2]) + sum(DOUBLED[digit] for digit in digits[1::2])
    return len(number) if total % 10 == 0 else 0


def _iban(number: str) -> int:
    """The length of the IBAN that it begins with, 0 if there is none (ISO 7064, mod 97-10)."""
    long = IBAN_LENGTHS.get(number[:2].upper(), 0)
    signs = [at for at, sign in enumerate(number) if sign.isalnum()][:long]
    if not long or len(signs) < long:
        return 0
    compact = "".join(number[at] for at in signs)
    checked = "".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])
    return signs[-1] + 1 if int(checked) % 97 == 1 else 0
