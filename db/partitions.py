"""The monthly partitions of the tables of facts: made ahead, made on demand, dropped by age."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from sqlalchemy import Connection, Engine, Table, func, inspect, select, text
from sqlalchemy.sql.elements import quoted_name

from db.tables import events, runs

FACTS = (events, runs)
NAME = re.compile(r"(events|runs)_(\d{4})_(\d{2})")
MAKE_LOCK = 7_001  # an advisory lock: two processes may want the same month at once


def month_of(day: date) -> date:
    """The first day of its month."""
    return date(day.year, day.month, 1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return month_of(month + timedelta(days=31))


def partition_of(month: date, table: Table = events) -> str:
    """The name of the table that holds this month's facts."""
    return f"{table.name}_{month:%Y_%m}"


def existing_months(conn: Connection, table: Table = events) -> set[date]:
    """The months that have a partition of the table, read from their names."""
    found = (NAME.fullmatch(name) for name in inspect(conn).get_table_names())
    return {date(int(each[2]), int(each[3]), 1) for each in found if each and each[1] == table.name}


def ensure_months(conn: Connection, months: Iterable[date]) -> None:
    """Make the partitions that are missing, without stopping readers or writers of the others.

    A new table is attached rather than created as a partition: ATTACH takes a weaker lock.
    """
    wanted = {month_of(month) for month in months}
    if all(wanted <= existing_months(conn, table) for table in FACTS):
        return
    conn.execute(select(func.pg_advisory_xact_lock(MAKE_LOCK)))
    for table in FACTS:
        for month in sorted(wanted - existing_months(conn, table)):
            _attach(conn, table, month)


def _attach(conn: Connection, table: Table, month: date) -> None:
    name = quoted_name(partition_of(month, table), quote=False)
    like = f"LIKE {table.name} INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
    bounds = f"FROM ('{month} 00:00+00') TO ('{next_month(month)} 00:00+00')"
    conn.execute(text(f"CREATE TABLE {name} ({like})"))
    conn.execute(text(f"ALTER TABLE {table.name} ATTACH PARTITION {name} FOR VALUES {bounds}"))


def month_maker(engine: Engine) -> Callable[[Iterable[date]], None]:
    """What makes missing partitions in a transaction of its own, for a writer."""

    def make(months: Iterable[date]) -> None:
        with engine.begin() as conn:
            ensure_months(conn, months)

    return make


def drop_month(conn: Connection, month: date, table: Table = events) -> None:
    """Drop a whole month of facts; what was counted of them stays."""
    name = quoted_name(partition_of(month, table), quote=False)
    conn.execute(text(f"DROP TABLE IF EXISTS {name}"))
