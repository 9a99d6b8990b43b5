"""Failures: the events of a pass that went wrong, grouped by what seems to have caused them.

Two have the same cause when their client says so (`fingerprint`), else when type, name, subject
and message are the same. Of a message the first line is looked at, and what differs each time is
masked: what is quoted, addresses, paths, hexadecimal ids and numbers.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Date,
    MetaData,
    Select,
    Table,
    Text,
    case,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql

from db.tables import Instant, cells, kinds
from jobs.grouping import NOBODY
from jobs.rolling import rolling

MASK = "*"
LONGEST_TITLE = 200  # characters
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

# The failures of a pass, each with the fingerprint of its cause.
failing = Table(
    "failing",
    MetaData(),
    Column("project_id", BigInteger),
    Column("fingerprint", BigInteger),
    Column("hour", Instant),
    Column("day", Date),
    Column("actor_key", BigInteger),
    Column("occurred_at", Instant),
    Column("app_version", Text),
    Column("error_type", Text),
    Column("title", Text),
    Column("name", Text),
    Column("subject", Text),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def gather_failures(conn: Connection) -> bool:
    """Put the failures of the pass into `failing`; where there is none, make no table: False."""
    failed = select(rolling).where(_went_wrong())
    if not conn.execute(select(failed.exists())).scalar_one():
        return False
    failing.create(conn)
    conn.execute(insert(failing).from_select([column.name for column in failing.c], _caused()))
    return True


def by_cause_and_hour() -> Select[Any]:
    """What `error_hours` adds: failures by cause and release."""
    return _counted("project_id", "hour", "fingerprint", "app_version")


def by_cause_and_person() -> Select[Any]:
    """What `error_people` adds: failures by cause of everybody who is known."""
    counted = _counted("project_id", "day", "fingerprint", "actor_key")
    return counted.where(failing.c.actor_key != NOBODY)


def _went_wrong() -> ColumnElement[bool]:
    return rolling.c.error_type.is_not(None)


def _counted(*keys: str) -> Select[Any]:
    chosen = [failing.c[key] for key in keys]
    return select(*chosen, func.count().label("n")).group_by(*chosen)


def _caused() -> Select[Any]:
    """The failures in the columns of `failing`."""
    t = _told().cte("told").prefix_with("MATERIALIZED")
    c = t.c
    parts = func.concat_ws(BETWEEN, c.error_type, c.name, c.subject, c.masked)
    cause = case((c.given != "", literal(f"given{BETWEEN}") + c.given), else_=parts)
    title = func.coalesce(
        func.nullif(c.masked, ""), func.nullif(c.error_type, ""), literal("failed ") + c.name
    )
    named = {"fingerprint": _fingerprint(cause), "title": func.left(title, LONGEST_TITLE)}
    names = [column.name for column in failing.c]
    return select(*(named[name] if name in named else c[name] for name in names))


def _told() -> Select[Any]:
    """What is known of each failure, with its message masked."""
    r = rolling.c
    first_line = func.split_part(func.coalesce(r.message, ""), "\n", 1)
    return (
        select(
            *(r[name] for name in ("project_id", "hour", "day", "actor_key", "occurred_at")),
            cells.c.app_version,
            r.error_type,
            func.coalesce(r.given, "").label("given"),
            kinds.c.name,
            kinds.c.subject,
            func.btrim(func.regexp_replace(first_line, VARYING, MASK, "g")).label("masked"),
        )
        .join_from(rolling, kinds, kinds.c.id == r.kind_id)
        .join(cells, cells.c.id == r.cell_id)
        .where(_went_wrong())
    )


def _fingerprint(cause: ColumnElement[str]) -> ColumnElement[int]:
    """The first 64 bits of the SHA-256 of a text, as a signed integer."""
    digest = func.sha256(func.convert_to(cause, "UTF8"))
    bits = literal("x") + func.encode(func.substr(digest, 1, 8), "hex")
    return cast(cast(bits, postgresql.BIT(64)), BigInteger)
