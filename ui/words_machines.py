"""Machines and the database in words: what is fullest, when it is full, and what is slow."""

import pandas as pd

from ui.words import amount, counted

MACHINES = "How full or busy each machine is, on average of the period."
CAPACITY = (
    "In how many days something is full if it goes on so: the median slope of its daily peaks "
    "(Theil and Sen) with a 95% interval."
)
STATEMENTS = (
    "The statements of the database that take longest on average, since it counts them; without "
    "any value."
)
TABLES = "What the largest tables take, with their indexes and partitions."
NO_GAUGES = "Nothing was measured in this range. The worker measures its machine every minute."
UNCOUNTED = (
    "This database does not count its statements. Start it with shared_preload_libraries = "
    "'pg_stat_statements' and let CREATE EXTENSION pg_stat_statements be done once."
)
FEW_STATEMENTS = "Nothing was asked twice yet."
MEGABYTE = 1_000_000


def machines_finding(now: pd.DataFrame) -> str:
    """What is fullest or busiest now."""
    shares = now[now["name"].isin(("cpu", "memory", "disk"))]
    if shares.empty:
        return "Machines"
    most = shares.sort_values("value").iloc[-1]
    names = {"cpu": "Processors are", "memory": "Memory is", "disk": "The disk is"}
    return f"{names[most['name']]} used most, {amount(most['value'], 'share')} just now"


def capacity_finding(room: pd.DataFrame) -> str:
    """What is full first."""
    if room.empty:
        return "Room"
    first = room.iloc[0]
    if first["days"] == first["days"]:
        return f"{first['name']} is full in about {counted(round(first['days']), 'day')}"
    if not room["known"].any():
        return "It takes a week of measuring to tell what fills up"
    return "Nothing is full within a year"


def outlook(row: pd.Series) -> str:
    """When something is full, with the interval: "in 40 days (30 to 62)"."""
    if not row["known"]:
        return "too early to tell"
    if row["days"] != row["days"]:
        return "not in sight"
    until = f"{row['latest']:,.0f}" if row["latest"] == row["latest"] else "more than 365"
    return f"in {row['days']:,.0f} days ({row['earliest']:,.0f} to {until})"


def tables_finding(now: pd.DataFrame) -> str:
    """How large the database is."""
    size = now.loc[now["name"] == "database_bytes", "value"]
    return f"The database takes {megabytes(size.iloc[0])}" if len(size) else "Tables"


def statements_finding(slow: pd.DataFrame | None) -> str:
    """The mean time of the slowest statement."""
    if slow is None or slow.empty:
        return "Slow queries"
    return f"The slowest query takes {amount(slow['mean_ms'].iloc[0], 'ms')} on average"


def megabytes(value: float) -> str:
    """A size as people read it: 12.3 MB, 4.56 GB."""
    size = value / MEGABYTE
    return f"{size / 1000:,.2f} GB" if size >= 1000 else f"{size:,.1f} MB"
