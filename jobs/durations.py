"""Durations of hours and days: packed rows that hold each bin once, with how many fell into it."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    cast,
    func,
    select,
    true,
    update,
)

from analytics.measures.bins import each_bin, packed_bins
from jobs.grouping import by_duration
from jobs.rolling import rolling


def by_packed_bins(moment: str, sign: int) -> Select[Any]:
    """What `duration_hour` and `duration_day` add: how many were timed, and their bins packed.

    The packed counts have the sign already.
    """
    keys = ("project_id", moment, "kind_id")
    timed = by_duration(*keys, "bin").subquery("timed").c
    groups = [timed[key] for key in keys]
    n = cast(func.sum(timed.n), BigInteger).label("n")
    return select(*groups, n, *packed_bins(timed.bin, timed.n * sign)).group_by(*groups)


def add_up_bins(conn: Connection, table: Table) -> None:
    """Count each bin once in the rows that a pass has added to, and leave out those that count 0.

    These rows are the pass's own until it is over: it has just added to them.
    """
    keys = [column.name for column in table.primary_key]
    touched = select(*(rolling.c[key] for key in keys)).where(rolling.c.duration_us.is_not(None))
    added_to = touched.distinct().subquery("added_to")
    each, bin_, n = each_bin(table.c)
    rows = table.join(added_to, _same(table.c, added_to.c, keys)).join(each, true())
    groups = [*(table.c[key] for key in keys), bin_]
    counted = select(*groups, func.sum(n).label("n")).select_from(rows).group_by(*groups)
    c = counted.having(func.sum(n) != 0).subquery("counted").c
    whose = [c[key] for key in keys]
    once = select(*whose, *packed_bins(c.bin, c.n)).group_by(*whose).subquery("once").c
    adding = update(table).values(bins=once.bins, counts=once.counts)
    conn.execute(adding.where(_same(table.c, once, keys), table.c.bins != once.bins))


def _same(rows: Any, others: Any, keys: list[str]) -> ColumnElement[bool]:
    return and_(*(rows[key] == others[key] for key in keys))
