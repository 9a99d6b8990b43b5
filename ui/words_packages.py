"""What is published of a package, in words; nothing here knows Streamlit.

What users named stands here as they wrote it: titles and tiles escape it, lines are made plain.
"""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import pandas as pd

from analytics.community.best import Best
from analytics.community.comparing import Comparison
from analytics.community.downloads import PERSON
from analytics.community.packages import Growth, PackageStats
from analytics.community.published import OTHER, STEP
from ui import words

UNKNOWN = "No package of this name or id is public."
NO_PACKAGES = "No package is public yet."
NONE_GROWS = "In the last seven published days none was run more often than chance explains."
NOTHING_YET = (
    "Nothing is published of this package yet. Runs of today are published tomorrow at the "
    "earliest, once enough people of several organisations ran it, also together with other days."
)
PUBLISHED = (
    "Only whole days are counted, that enough people share for nobody to be read off, and numbers "
    f"of people are rounded down to a multiple of {STEP}."
)
RUNS = f"Executions of the package, also those that failed. {PUBLISHED}"
DAILY = f"{RUNS} A day that has too few people stands together with others, and not in this chart."
PEOPLE = f"Different people who ran it, at least so many. {PUBLISHED}"
RATING = "The mean of the ratings from 1 to 5, with its 95% interval."
SUCCESS = "Runs without error / runs."
INTERVAL = "In brackets the 95% interval."
DURATION = "The mean of the runs that told how long they took."
GROWTH = "The last seven published days against the seven before."
DOWNLOADED = "Downloads by people: none of CI, bots and mirrors."
MODELS = (
    "The 95% interval of the share of runs without error is Wilson's. What too few people ran is "
    "put together as \u201cother\u201d."
)
VERSIONS = f"{MODELS} Stars are the mean of the ratings of a version, with their interval."
DOWNLOADS = (
    "CI, bots and mirrors stand apart, and count in no other number. Those not told apart are of "
    "an audience of too few people."
)
EMBED = "Pictures of the numbers of 30 days, which are renewed by themselves."
# How each measure is written: its format, what it is multiplied by, its name and its unit.
DIFFERENCES = {
    "success": ("+.1f", 100, "success", " points"),
    "rating": ("+.2f", 1, "rating", " stars"),
}
NOT_TOLD, TOGETHER = "Not told", "Other"


def tested(stats: PackageStats) -> str:
    """How often and by how many: "Run 1,247 times by 85 people or more in 30 days"."""
    runs = words.counted(stats.totals.n, "time")
    people = f" by {stats.people:,} people or more" if stats.people else ""
    return f"Run {runs}{people} in {words.counted(stats.days, 'day')}"


def runs(number: int) -> str:
    """How many runs are published: "2,757"; a dash for none, which may well have been made."""
    return f"{number:,}" if number else words.NOTHING


def weekly(growth: Growth | None) -> str:
    """The growth of the week with its sign: "+28% this week"; "" where it can't be told."""
    return f"{words.change(growth.change)} this week" if growth else ""


def rated(value: float | None, n: int) -> str:
    """A mean rating: "4.7 of 5"; a dash without ratings."""
    return f"{value:.1f} of 5" if value is not None and n else words.NOTHING


def ratings(n: int) -> str:
    """How many ratings a mean rests on; "" for none."""
    return words.counted(n, "rating") if n else ""


def at_least(people: int) -> str:
    """A rounded number of people: "85+"; a dash where it is not told."""
    return f"{people:,}+" if people else words.NOTHING


def best(found: Best) -> str:
    """Where it works best: "Works best on X: 98.1% of runs succeed, 93.5% on Y"."""
    return (
        f"Works best on {found.model}: {found.success:.1%} of runs succeed, "
        f"{found.second_success:.1%} on {found.second}"
    )


def models_finding(stats: PackageStats) -> str:
    """What the models of a package have to tell."""
    if stats.best_model:
        return best(stats.best_model)
    named = stats.models[~stats.models["model"].isin(["", OTHER])]
    if named.empty:
        return "No model stands apart"
    if len(named) == 1:
        return f"Runs on {named['model'].iloc[0]}"
    return f"No model of {len(named)} is better beyond chance"


def versions_finding(stats: PackageStats) -> str:
    """How many of the runs the newest has: "2.0.0 makes 14% of the runs in 30 days"."""
    versions = stats.versions
    named = versions[~versions["version"].isin(["", OTHER])]
    if named.empty:
        return "No version stands apart"
    newest = named.iloc[0]
    share = newest["runs"] / versions["runs"].sum()
    return (
        f"{newest['version']} makes {share:.0%} of the runs in {words.counted(stats.days, 'day')}"
    )


def newest(stats: PackageStats) -> tuple[str, ...]:
    """The newest version and the one before it, as many as there are."""
    versions = stats.versions["version"]
    return tuple(versions[~versions.isin(["", OTHER])][:2])


def compared(found: Comparison | None) -> str:
    """How versions differ: "2.0.0 against 1.5.0: success +1.1 points (-0.4 to +2.6), ..."."""
    rows = found.differences if found else ()
    parts = [_difference(row) for row in rows if not isnan(row["low"])]
    return f"{rows[0]['version']} against {rows[0]['against']}: {', '.join(parts)}" if parts else ""


def _difference(row: Mapping[str, Any]) -> str:
    pattern, times, name, unit = DIFFERENCES[row["measure"]]
    value, low, high = (row[each] * times for each in ("difference", "low", "high"))
    return f"{name} {with_interval(value, low, high, pattern, unit)}"


def daily_finding(stats: PackageStats) -> str:
    """What the runs by day come to: "1,247 runs, +28% this week"."""
    told = words.counted(stats.totals.n, "run")
    grown = weekly(stats.growth)
    return f"{told}, {grown}" if grown else told


def downloads_finding(stats: PackageStats) -> str:
    """How many downloads there are: "487 downloads by people, 295 by CI, bots and mirrors"."""
    audiences = dict(stats.audiences or {})
    told = f"{words.counted(audiences.pop(PERSON, 0), 'download')} by people"
    untold = audiences.pop(OTHER, 0)
    machines = sum(audiences.values())
    by_machines = f"{machines:,} by CI, bots and mirrors" if machines else ""
    not_told = f"{untold:,} not told apart" if untold else ""
    return ", ".join(filter(None, (told, by_machines, not_told)))


def part_finding(found: pd.DataFrame, part: str) -> str:
    """What was downloaded most: "2.0.0 makes 58% of it"; the part where nothing is told of it."""
    named = found[~found["value"].isin(["", OTHER])]
    if named.empty:
        return f"By {part}"
    first = named.iloc[0]
    return f"{first['value']} makes {first['share']:.0%}"


def until(stats: PackageStats) -> str:
    """Up to which day numbers go: "Published up to 20 Nov 2026, in UTC."."""
    day = stats.package.published_until
    return f"Published up to {day:%-d %b %Y}, in {stats.package.zone}." if day else ""


def directory_finding(found: pd.DataFrame) -> str:
    """How many packages there are to look into."""
    return words.counted(len(found), "package")


def trending_finding(found: pd.DataFrame) -> str:
    """Which package grows most surely: "sql-tuner grows: +12% this week"."""
    if found.empty:
        return "Growing packages"
    first = found.iloc[0]
    return f"{first['name']} grows: {words.change(first['growth'])} this week"


def with_interval(value: float, low: float, high: float, pattern: str, unit: str = "") -> str:
    """A number with its interval, in a table: "97.9% (97.0 to 98.5)"; "" for none."""
    if isnan(value):
        return ""
    ends = "" if isnan(low) else f" ({low:{pattern}} to {high:{pattern}})"
    return f"{value:{pattern}}{unit}{ends}"


def success(rows: pd.DataFrame) -> "pd.Series[str]":
    """The column of a share of runs in percent, with its interval."""
    return intervals(rows, ("success", "low", "high"), ".1f", 100, "%")


def intervals(
    rows: pd.DataFrame, columns: Sequence[str], pattern: str, times: float = 1, unit: str = ""
) -> "pd.Series[str]":
    """Three columns of a table, a value and the ends of its interval, as one."""
    values = (rows[list(columns)].astype("float64") * times).to_numpy().tolist()
    told = [with_interval(value, low, high, pattern, unit) for value, low, high in values]
    return pd.Series(told, index=rows.index, dtype="str").replace("", None)


def named(values: "pd.Series[str]", missing: str) -> "pd.Series[str]":
    """A column of values as people read them: what was not told, and what is put together."""
    return values.replace({"": missing, OTHER: TOGETHER})
