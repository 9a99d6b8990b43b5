"""The rows of an experiment's file, one a unit, as numbers."""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from dateutil.parser import ParserError, isoparse

from db.errors import BadImport
from ingest_api.event import Reject
from ingest_api.importing.rows import Row, Rows
from ingest_api.importing.trials.terms import Terms

LONGEST_UNIT = 1_000
TRUTHS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}

Unit = tuple[int, str, str, *tuple[float, ...]]  # line, unit, variant, numbers


def units(rows: Rows, terms: Terms) -> Iterator[Unit]:
    """Line, unit, variant's key, and the numbers of `terms.numbers`, of each row.

    Raises BadImport with the line of what is no number, and of an outcome before its exposure.
    """
    terms.check(rows.columns)
    for line, row in rows.numbered:
        if isinstance(row, Reject):
            raise BadImport(f"Line {line}: {row.message}.")
        unit, variant = (_text(line, row, column) for column in (terms.unit, terms.variant))
        if terms.exposed_at:
            _check_times(line, row, terms)
        numbers = (_number(line, row, column) for column in terms.numbers)
        yield line, unit, key_of(variant), *numbers


def key_of(variant: str) -> str:
    """A variant's name as a key: others than letters, digits, '-', '_' and '.' become '-', and what
    does not begin with a letter gets a "v" before it: 1 is v1."""
    key = re.sub(r"[^A-Za-z0-9_.-]", "-", variant.strip())
    return key if key[:1].isalpha() else f"v{key}"


def _text(line: int, row: Row, column: str) -> str:
    value = row.get(column)
    text = "" if value is None or value != value else str(value).strip()
    if not text or "\x00" in text or len(text) > LONGEST_UNIT:
        raise BadImport(f"Line {line}: '{column}' is empty or longer than {LONGEST_UNIT:,}.")
    return text


def _number(line: int, row: Row, column: str) -> float:
    value: Any = row.get(column)
    value = TRUTHS.get(str(value).strip().lower(), value)
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        shown = "empty" if value is None or value == "" else f"'{str(value)[:40]}', no number"
        raise BadImport(f"Line {line}: '{column}' is {shown}.")
    return number


def _check_times(line: int, row: Row, terms: Terms) -> None:
    """An outcome that was never is an empty cell."""
    if row.get(terms.outcome_at) in (None, ""):
        return
    exposed, happened = (_instant(line, row, name) for name in (terms.exposed_at, terms.outcome_at))
    if happened < exposed:
        raise BadImport(
            f"Line {line}: the outcome is before the exposure; only what came after counts."
        )


def _instant(line: int, row: Row, column: str) -> datetime:
    value: Any = row.get(column)
    try:
        found = value if isinstance(value, datetime) else isoparse(str(value).strip())
    except (ParserError, ValueError):
        raise BadImport(f"Line {line}: '{column}' is no time, such as 2026-03-02T10:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
