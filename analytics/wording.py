"""Values in words, the same on pages, in messages and in reports."""

import math
from collections.abc import Mapping, Sequence

NOTHING = "\u2013"
SYMBOLS: Mapping[str, str] = {"USD": "$", "EUR": "\u20ac", "GBP": "\u00a3"}
WHOLE = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"}
WHOLE |= {"VUV", "XAF", "XOF", "XPF"}  # currencies whose smallest unit is the unit (ISO 4217)
THOUSANDTHS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}


def amount(value: float | None, unit: str) -> str:
    """A value with its unit as people read it: 12,345 · 2.1% · 340 ms · 4.8 min; a dash: none."""
    if value is None or value != value:
        return NOTHING
    if unit == "share":
        return f"{value:.1%}"
    if unit == "min":
        return duration(value * 60) if value < 1 else f"{value:,.1f} min"
    if unit == "ms":
        return f"{value / 1000:,.2f} s" if value >= 1000 else f"{value:,.0f} ms"
    if abs(value) >= 10_000_000:
        return f"{value / 1_000_000:,.1f}M"
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:,.2f}"


def exact_share(value: float | None) -> str:
    """A share with as many digits as tell it from 0 and 1: 2.1% · 99.95% · 0.06%; a dash: none."""
    if value is None or value != value:
        return NOTHING
    short = 100 * min(abs(value), abs(1 - value))  # of the nearer end, in percent
    known = 2 if value > 0.5 else 1  # digits of it beyond the first: what is promised needs more
    digits = 1 if short >= 1 or not short else min(known - math.floor(math.log10(short)), 4)
    told = f"{value * 100:.{digits}f}"
    return f"{told.rstrip('0').rstrip('.') if '.' in told else told}%"


def listing(parts: Sequence[str]) -> str:
    """Several things in a sentence: "one, two and three"."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def change(share: float | None) -> str:
    """A relative change with its sign: +12% · -3.4%; a dash for none."""
    if share is None or share != share:
        return NOTHING
    return f"{share:+.0%}" if abs(share) >= 0.095 else f"{share:+.1%}"


def money(cents: float | None, currency: str, *, exact: bool = False) -> str:
    """An amount in a currency's smallest unit as people read it: $16,860 · €46.80 · -$2.50.

    Whole units from 100 on, unless every cent shall be seen (`exact`).
    """
    if cents is None or cents != cents:
        return NOTHING
    digits = digits_of(currency)
    value = abs(cents) / 10**digits
    shown = f"{value:,.{digits if exact or value < 100 else 0}f}"
    sign, symbol = "-" if cents < 0 else "", SYMBOLS.get(currency, f"{currency} ")
    return f"{sign}{symbol}{shown}"


def digits_of(currency: str) -> int:
    """How many digits follow the point in amounts of a currency (ISO 4217)."""
    return 0 if currency in WHOLE else 3 if currency in THOUSANDTHS else 2


def duration(seconds: float) -> str:
    """A length of time in its largest unit: 1.4 s · 12 min · 3 h · 5 days."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    for size, unit in ((86_400 * 2, "days"), (3_600 * 2, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / {'days': 86_400, 'h': 3_600, 'min': 60}[unit]:,.0f} {unit}"
    return f"{seconds:.0f} s"
