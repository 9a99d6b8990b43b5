"""AI calls: the events of a pass that are some, counted by day, name and model.

What a call tells of itself is in its properties; what makes no sense there counts as not told.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    MetaData,
    Numeric,
    Select,
    SmallInteger,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    insert,
    select,
)

from analytics.measures.durations import bin_of
from db.tables import AI_NAMES, events, projects
from jobs.rolling import rolling

LONGEST_MODEL = 300  # characters
MOST = 10**9  # bytes or tokens of one call that are believed; sums stay far from overflowing
FLAGS = {  # the counters of a property that says yes or no: how often yes, and how often at all
    "corrected": ("corrected", "correctable"),
    "repeated": ("repeated", "repeatable"),
    "follow_up": ("followed_up", "followable"),
    "completed": ("completed", "completable"),
}

# The AI calls of a pass; null is what a call does not tell.
calling = Table(
    "calling",
    MetaData(),
    Column("project_id", Integer),
    Column("day", Date),
    Column("name", Text),
    Column("model", Text),
    Column("failed", SmallInteger),
    Column("bin", SmallInteger),
    Column("request_bytes", BigInteger),
    Column("response_bytes", BigInteger),
    Column("tokens", BigInteger),
    *(Column(name, SmallInteger) for name in FLAGS),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def gather_calls(conn: Connection, which: ColumnElement[bool]) -> bool:
    """Put the AI calls of a pass into a table of their own; whether there are any."""
    some = select(rolling.c.name).where(rolling.c.name.in_(AI_NAMES)).exists()
    if not conn.execute(select(some)).scalar_one():
        return False
    calling.create(conn)
    names = [column.name for column in calling.c]
    conn.execute(insert(calling).from_select(names, _calls(which)))
    return True


def by_model() -> Select[Any]:
    """What `ai_days` adds: calls, and each count beside the calls that told of it."""
    c = calling.c
    sized = and_(c.request_bytes.is_not(None), c.response_bytes.is_not(None))
    flags = [
        column
        for name, (yes, told) in FLAGS.items()
        for column in (_sum(c[name]).label(yes), func.count(c[name]).label(told))
    ]
    return _grouped().add_columns(
        func.count().label("n"),
        _sum(c.failed).label("failures"),
        _sum(case((sized, c.request_bytes))).label("request_bytes"),
        _sum(case((sized, c.response_bytes))).label("response_bytes"),
        func.count().filter(sized).label("sized"),
        _sum(c.tokens).label("tokens"),
        func.count(c.tokens).label("metered"),
        *flags,
    )


def by_model_and_bin() -> Select[Any]:
    """What `ai_bins` adds: the timed calls by their duration."""
    timed = _grouped().add_columns(calling.c.bin, func.count().label("n"))
    return timed.where(calling.c.bin.is_not(None)).group_by(calling.c.bin)


def _grouped() -> Select[Any]:
    keys = [calling.c[name] for name in ("project_id", "day", "name", "model")]
    return select(*keys).group_by(*keys)


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _calls(which: ColumnElement[bool]) -> Select[Any]:
    e = events.c
    model = func.coalesce(func.nullif(e.properties["model_used"].astext, ""), e.subject)
    return (
        select(
            e.project_id,
            cast(func.timezone(projects.c.timezone, e.occurred_at), Date),
            e.name,
            func.left(model, LONGEST_MODEL),
            cast(~e.ok, Integer),
            case((e.duration_ms.is_not(None), cast(bin_of(e.duration_ms), SmallInteger))),
            *(_number(name) for name in ("request_size_bytes", "response_size_bytes", "tokens")),
            *(_flag(name) for name in FLAGS),
        )
        .join(projects, projects.c.id == e.project_id)
        .where(which, e.name.in_(AI_NAMES))
    )


def _number(name: str) -> ColumnElement[int | None]:
    """A property that is a number, as far as it can be believed."""
    told = events.c.properties[name]
    number = cast(told.astext, Numeric)
    believed = case((number.between(0, MOST), cast(number, BigInteger)))
    return case((func.jsonb_typeof(told) == "number", believed))


def _flag(name: str) -> ColumnElement[int | None]:
    """A property that is true or false, as 1 or 0."""
    told = events.c.properties[name]
    return case((func.jsonb_typeof(told) == "boolean", cast(cast(told.astext, Boolean), Integer)))
