"""The state of systems in words: whether to worry, and why."""

from collections.abc import Sequence

import pandas as pd

from analytics.operations.health.burning import Burn
from analytics.operations.health.objectives import Slo, Standing
from analytics.operations.health.probes import LOOPLENS, named_of
from analytics.operations.health.system import NEARLY_FULL
from ui.words import NOTHING, amount, counted, duration, listing, plain

PROBES = (
    "What is looked at on a schedule. Up and down are the last result; silent is a probe that "
    "found nothing for three times as long as it should: then nobody knows."
)
UPTIME = (
    "The share of probes that found what they look at as it should be, by period. A dashed outline "
    "is a period in which nothing was probed, which does not count as up."
)
OBJECTIVES = (
    "What is promised, and what is left of the error budget: 99.9% over 30 days leave 43.2 min. "
    "A burn rate of 1 uses up just the budget; it is too much at 14.4 over 1 h (and still over 5 "
    "min), at 6 over 6 h (30 min), or at 1 over 3 days (6 h)."
)
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
NO_PROBES = (
    "Nothing is looked at yet. Add a probe below, or with `python -m db probe PROJECT NAME --kind "
    "http`, which reads the address from standard input."
)
NO_OBJECTIVES = "Nothing is promised yet. Add an objective below, of a probe or of requests."
NO_GAUGES = "Nothing was measured in this range. The worker measures its machine every minute."
UNCOUNTED = (
    "This database does not count its statements. Start it with shared_preload_libraries = "
    "'pg_stat_statements' and let CREATE EXTENSION pg_stat_statements be done once."
)
FEW_STATEMENTS = "Nothing was asked twice yet."
MEGABYTE = 1_000_000


def verdict(probes: pd.DataFrame, standings: Sequence[Standing], disk: float | None = None) -> str:
    """Whether all is well, in one line; names as they are. `disk` is how full the fullest is."""
    full = disk is not None and disk > NEARLY_FULL
    down, silent = (_named(probes, state) for state in ("down", "silent"))
    paused = _named(probes, "paused")
    burning = [each for each in standings if each.burning]
    missed = [each.slo.name for each in standings if each.budget.missed]
    if down:
        return f"{_first(down)} {'is' if len(down) == 1 else 'are'} down"
    if burning:
        return f"{_first([each.slo.name for each in burning])}: {_pace(burning[0].burning[0])}"
    if silent:
        return f"Nothing is heard of {_first(silent)}"
    if probes.empty:
        return "Nothing is looked at yet"
    lapsed = f"{_first(missed)} {'was' if len(missed) == 1 else 'were'} missed" if missed else ""
    if paused:
        return "; ".join(filter(None, [lapsed, _unwatched(paused, len(probes))]))
    if missed:
        return f"All answers, but {lapsed}"
    if full:
        return f"All answers, but a disk is {amount(disk, 'share')} full"
    return f"All that is looked at answers ({counted(len(probes), 'probe')})"


def _unwatched(paused: list[str], known: int) -> str:
    """Which probes are paused: "4 of 7 probes are paused: nobody looks at A, B and 2 others"."""
    are = "is" if len(paused) == 1 else "are"
    told = f"{len(paused)} of {counted(known, 'probe')} {are} paused"
    return f"{told}: nobody looks at {_first(paused)}"


def facts(probes: pd.DataFrame, standings: Sequence[Standing]) -> list[str]:
    """The reasons behind it, a sentence each, fit for Markdown."""
    down = probes[probes["state"] == "down"]
    told = [
        f"{plain(name)}: {plain(reason)} Last looked at {at:%H:%M} UTC."
        for name, reason, at in zip(down["name"], down["reason"], down["checked_at"], strict=True)
    ]
    told += [
        f"{plain(each.slo.name)}: {_pace(burn)}, {_over(burn)}"
        for each in standings
        for burn in each.burning[:1]
    ]
    told += [_budget(each) for each in standings if not each.burning and _used(each) >= 0.5]
    silent = _named(probes, "silent")
    if silent:
        told.append(f"No result lately of {listing([plain(name) for name in silent])}")
    return told or [_calm(probes, standings)]


def probes_finding(probes: pd.DataFrame) -> str:
    """How many of them answer, and how many nobody looks at."""
    looked = probes[probes["state"] != "paused"]
    up = int((looked["state"] == "up").sum())
    told = f"{up} of {counted(len(looked), 'probe')} answer"
    paused = len(probes) - len(looked)
    return told + (f", {paused} more {'is' if paused == 1 else 'are'} paused" if paused else "")


def uptime_finding(trend: pd.DataFrame, probes: pd.DataFrame) -> str:
    """The probe that was down most over thirty days."""
    known = probes.dropna(subset=["uptime_month"])
    if trend.empty or known.empty:
        return "Uptime"
    worst = known.sort_values("uptime_month").iloc[0]
    if worst["uptime_month"] == 1:
        return "Everything has answered all the time in 30 days"
    name = named_of(worst["name"], worst["of"])
    return f"{name} was down most: {share(worst['uptime_month'])} uptime in 30 days"


def whose(of: str) -> str:
    """Of whom a probe is, in words."""
    return LOOPLENS if of == LOOPLENS else "this project"


def fullest(now: pd.DataFrame) -> float | None:
    """How full the fullest disk is; None where none was measured."""
    disks = now.loc[now["name"] == "disk", "value"]
    return float(disks.max()) if len(disks) else None


def objectives_finding(standings: Sequence[Standing]) -> str:
    """How many promises are kept."""
    known = [each for each in standings if each.budget.used is not None]
    kept = sum(not each.budget.missed for each in known)
    if not known:
        return "Objectives"
    return f"{kept} of {counted(len(known), 'objective')} {'is' if len(known) == 1 else 'are'} kept"


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


def share(value: float | None) -> str:
    """A share near 1 with as many digits as tell it from 1: 99.95%."""
    if value is None or value != value:
        return NOTHING
    return f"{value * 100:.4f}".rstrip("0").rstrip(".") + "%"


def burn(rate: float | None) -> str:
    """A burn rate: "14.4 times"; a dash where nothing was counted."""
    return NOTHING if rate is None else f"{rate:,.1f} times"


def minutes(value: float | None) -> str:
    """What is left of a budget: "21.6 min", "none, 1.4 h too much"."""
    if value is None:
        return NOTHING
    return duration(value * 60) if value >= 0 else f"none, {duration(-value * 60)} too much"


def _named(probes: pd.DataFrame, state: str) -> list[str]:
    return [str(name) for name in probes.loc[probes["state"] == state, "name"]]


def _first(names: list[str]) -> str:
    """The names as far as a title has room for them."""
    more = [counted(len(names) - 2, "other")] if len(names) > 3 else names[2:]
    return listing(names[:2] + more)


def _used(standing: Standing) -> float:
    return standing.budget.used or 0.0


def _pace(burning: Burn) -> str:
    return f"the error budget burns {burn(burning.long_rate)} as fast as it may"


def _over(burning: Burn) -> str:
    hours = burning.window.long.total_seconds() / 3600
    return f"{burning.bad:,} of {burning.n:,} in {hours:,.0f} h were bad"


def _budget(standing: Standing) -> str:
    """What became of a budget of which half is gone."""
    left = minutes(standing.budget.minutes_left)
    name, used = plain(standing.slo.name), _used(standing)
    if used > 1:
        return f"{name} is missed: {used:,.1f} times its error budget is used up"
    return f"{name}: {used:.0%} of the error budget is used, {left} left"


def _calm(probes: pd.DataFrame, standings: Sequence[Standing]) -> str:
    if probes.empty:
        return "Add a probe below: then you hear of it first when something is down"
    lowest = probes["uptime_day"].min()
    told = f"Lowest uptime of 24 hours: {share(lowest)}"
    return f"{told}; no error budget is half used" if standings else told


def promise_state(standing: Standing) -> str:
    """Whether it is kept: "Kept", "Burning", "Missed", or nothing was counted."""
    if standing.budget.used is None:
        return "Nothing counted"
    if standing.burning:
        return "Burning"
    return "Missed" if standing.budget.missed else "Kept"


def promise(slo: Slo) -> str:
    """What is promised: "99.9% of probes in 30 days"."""
    what = {"uptime": "of probes", "errors": "of requests without an error"}
    told = what.get(slo.kind, f"of requests within {amount(slo.threshold_ms, 'ms')}")
    return f"{share(slo.objective)} {told} in {counted(slo.days, 'day')}"
