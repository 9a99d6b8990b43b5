"""What tells the cause of a failure: as its client says, else type, name, subject and message.

Of a message the first line counts, and what differs each time is masked: what is quoted, addresses,
paths, hexadecimal ids and numbers. The worker groups by these expressions, and questions about raw
events find the failures of a group by the same ones.
"""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, literal, or_
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.base import ReadOnlyColumnCollection

MOST_SAID = 200  # characters of a message that are looked at, and of what a client gives as a cause
MASK = "*"
BETWEEN = "\x1f"  # of the parts of a cause: not what people write
# What differs from one failure to the next of the same cause, in the syntax of Postgres: \Y is a
# place where no word begins or ends. Looking behind would take four times as long.
VARYING = "|".join(
    (
        r'"[^"]*"',
        r"`[^`]*`",
        r"\Y'[^']*'",
        r"\w+://\S+",
        r"\S+@\S+",
        r"[A-Za-z]:\\[^\s,;)]+",
        r"\Y~?/[^\s:,;)]+",
        r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}",
        r"[0-9a-fA-F]{9,}",
        r"\d[\w.,:-]*",
    )
)
Columns = ReadOnlyColumnCollection[str, ColumnElement[Any]]


def has_failed(event: Columns) -> ColumnElement[bool]:
    """SQL for whether a raw event is a failure: it went wrong, or is an error itself."""
    return or_(~event.ok, event.name == "error")


def said(event: Columns) -> ColumnElement[str]:
    """SQL for the message of a raw event, its beginning; null where it has none."""
    told = (event.properties[name].astext for name in ("message", "error_message"))
    return func.left(func.coalesce(*told), MOST_SAID)


def given(event: Columns) -> ColumnElement[str]:
    """SQL for what the client of a raw event says tells its cause; null where it says nothing."""
    return func.left(event.properties["fingerprint"].astext, MOST_SAID)


def masked(message: ColumnElement[str]) -> ColumnElement[str]:
    """SQL for the first line of a message without what differs each time; "" for none."""
    first_line = func.split_part(func.coalesce(message, ""), "\n", 1)
    return func.btrim(func.regexp_replace(first_line, VARYING, MASK, "g"))


def fingerprint(
    told: Columns, message: ColumnElement[str], by_client: ColumnElement[str]
) -> ColumnElement[int]:
    """SQL for the cause: the first 64 bits of a SHA-256, signed.

    `told` has error_type, name and subject, `message` is masked.
    """
    parts = func.concat_ws(BETWEEN, told.error_type, told.name, told.subject, message)
    named = func.coalesce(by_client, "")
    cause = case((named != "", literal(f"given{BETWEEN}") + named), else_=parts)
    digest = func.sha256(func.convert_to(cause, "UTF8"))
    bits = literal("x") + func.encode(func.substr(digest, 1, 8), "hex")
    return cast(cast(bits, postgresql.BIT(64)), BigInteger)


def is_of(event: Columns, cause: int) -> ColumnElement[bool]:
    """SQL for whether a raw event is a failure with this fingerprint."""
    return and_(has_failed(event), fingerprint(event, masked(said(event)), given(event)) == cause)
