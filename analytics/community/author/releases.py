"""The release scorecard: each version against the last, and how its share of the runs grows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from analytics.community.author.against import Change, changes
from analytics.community.author.decline import Decline, Point, decline
from analytics.community.author.parts import Parts, Slice
from analytics.community.breakdowns import frame, precedence
from analytics.community.published import OTHER
from analytics.community.sums import Sums, summed, summed_by
from analytics.measures.cutting import OTHER as REST

MOST = 6  # versions that a chart tells apart
LATEST = timedelta(days=7)
FIGURES = {"runs": "int64", "share": "float64", "success": "float64", "duration_ms": "float64"}
RATED = {"ratings": "int64", "rating": "float64"}
CHANGES = {
    f"{measure}_{part}": "float64"
    for measure in ("success", "duration", "rating")
    for part in ("change", "low", "high")
}
SCORECARD = {"version": "str", "released_on": "datetime64[us]", **FIGURES, **RATED, **CHANGES}
MODELS = {"model": "str", "version": "str", "against": "str", **FIGURES, **CHANGES}
CURVE = {
    "period": "datetime64[us]",
    "series": "str",
    "value": "float64",
    "runs": "int64",
    "complete": "bool",
    "which": "str",
}


class Time(NamedTuple):
    """Days that are published at once, and the runs of each version in them."""

    first: date
    last: date
    runs: Mapping[str, int]

    @property
    def total(self) -> int:
        """The runs of all versions."""
        return sum(self.runs.values())


@dataclass(frozen=True, slots=True)
class Uptake:
    """How far the newest version is taken up, which came out on the day `since`.

    `share` (0 to 1) is its part of the runs: on the last published day by the trend, where there is
    one, else of the last seven days, which have `runs`. `decline` is the trend of all versions
    before it.
    """

    version: str
    since: date
    share: float
    runs: int
    decline: Decline | None


@dataclass(frozen=True, slots=True)
class Releases:
    """What is published of the versions of a package.

    `scorecard` has one row a version, the newest first: version (str), released_on (datetime64[us],
    NaT), runs (int64), share (float64, of all runs), success (float64, 0 to 1), duration_ms
    (float64), ratings (int64), rating (float64, 1 to 5), and against the version in the row below
    success_change, duration_change (relative) and rating_change with _low and _high, the ends of
    their 95 % intervals (float64, NaN where too little is known). `models` has the newest version
    against the last on each model that both ran on: model, version, against (str), and the same but
    for ratings. `curve` has one row a published time and version, for a chart: period
    (datetime64[us], its last day), series (str), value (float64, its share of the runs), runs.
    `changes` are those of the newest version against the last, `uptake` is None without versions.
    """

    scorecard: pd.DataFrame
    models: pd.DataFrame
    curve: pd.DataFrame
    changes: tuple[Change, ...]
    uptake: Uptake | None


def releases(parts: Parts, released: Mapping[str, date]) -> Releases:
    """The releases of a package from its parts and the days when versions were released."""
    runs = by_version(parts.slices)
    ratings = parts.of("ratings", "version")
    named = _named(runs)
    pairs = list(pairwise(named))
    found = {pair[0]: changes(pair, runs, ratings, parts.slices, parts.effect) for pair in pairs}
    rows = (
        _figures(runs[version], summed(runs.values()))
        | _rated(ratings.get(version, Sums()))
        | _told(found.get(version, ()))
        | {"version": version, "released_on": released.get(version)}
        for version in named
    )
    return Releases(
        frame(rows, SCORECARD),
        _by_model(parts, pairs[0]) if pairs else frame((), MODELS),
        _curve(parts.slices, named),
        found.get(named[0], ()) if named else (),
        uptake(times(each for each in parts.slices if each.version != OTHER), released),
    )


def newest_changes(
    runs: Mapping[str, Sums],
    ratings: Mapping[str, Sums],
    slices: Sequence[Slice],
    effect: float,
) -> tuple[Change, ...]:
    """What differs between the newest of these versions and the last."""
    newest = _named(runs)[:2]
    if len(newest) < 2:
        return ()
    return changes((newest[0], newest[1]), runs, ratings, slices, effect)


def times(slices: Iterable[Slice]) -> list[Time]:
    """The published times in the order of their last days, each with its versions."""
    found: dict[tuple[date, date], Counter[str]] = {}
    for each in slices:
        found.setdefault((each.last, each.first), Counter())[each.version] += each.runs.n
    return [Time(first, last, runs) for (last, first), runs in sorted(found.items())]


def uptake(times: Sequence[Time], released: Mapping[str, date]) -> Uptake | None:
    """How far the newest version is taken up; None without any.

    Runs whose version is published as "other" count neither way: they are in none of the times.
    """
    named = _named({version for each in times for version in each.runs})
    if not named:
        return None
    newest = named[0]
    first = min(each.first for each in times if newest in each.runs)
    since = released.get(newest, first)
    points = [
        Point(_age(since, each.first, each.last), each.total - each.runs.get(newest, 0), each.total)
        for each in times
    ]
    last = max(each.last for each in times)
    trend = decline(points, _age(since, last, last))
    latest = [each for each in times if each.first > last - LATEST]
    of_all = sum(each.total for each in latest)
    told = sum(each.runs.get(newest, 0) for each in latest)
    return Uptake(newest, since, 1 - trend.older if trend else told / of_all, of_all, trend)


def _named(runs: Iterable[str]) -> list[str]:
    """The versions that have a name, the newest first."""
    return sorted(set(runs) - {OTHER, ""}, key=precedence, reverse=True)


def by_version(slices: Iterable[Slice]) -> dict[str, Sums]:
    """The sums of each version."""
    return summed_by((each.version, each.runs) for each in slices)


def _by_model(parts: Parts, pair: tuple[str, str]) -> pd.DataFrame:
    """A row a model on which both versions ran, that with most runs of the first at the top."""
    rows = []
    for model in {each.model for each in parts.slices} - {OTHER, ""}:
        on_it = [each for each in parts.slices if each.model == model]
        runs = by_version(on_it)
        if runs.keys() >= set(pair):
            row: dict[str, object] = {"model": model, "version": pair[0], "against": pair[1]}
            row |= _figures(runs[pair[0]], summed(runs.values()))
            rows.append(row | _told(changes(pair, runs, {}, on_it, parts.effect)))
    return frame(rows, MODELS).sort_values(["runs", "model"], ascending=[False, True])


def _figures(runs: Sums, of: Sums) -> dict[str, object]:
    return {
        "runs": runs.n,
        "share": runs.n / of.n,
        "success": runs.success,
        "duration_ms": runs.duration_ms,
    }


def _rated(ratings: Sums) -> dict[str, object]:
    return {"ratings": ratings.n, "rating": ratings.rating}


def _told(found: Iterable[Change]) -> dict[str, object]:
    """The columns of changes; those that can't be told are left out."""
    row: dict[str, object] = {}
    for each in found:
        low, high = each.interval or (None, None)
        row[f"{each.measure}_change"] = each.difference
        row |= {f"{each.measure}_low": low, f"{each.measure}_high": high}
    return row


def _curve(slices: Sequence[Slice], named: Sequence[str]) -> pd.DataFrame:
    """The share of each version in the runs of each time; those beyond a chart's are one series."""
    rows = []
    for each in times(slices):
        shown = {version: each.runs.get(version, 0) for version in named[:MOST]}
        rest = each.total - sum(shown.values())
        series = shown | ({REST: rest} if rest else {})
        rows += [
            {"period": each.last, "series": name, "value": n / each.total, "runs": n}
            for name, n in series.items()
        ]
    return frame((row | {"complete": True, "which": "current"} for row in rows), CURVE)


def _age(since: date, first: date, last: date) -> float:
    """The days from a release to the middle of a time."""
    return ((first - since).days + (last - since).days) / 2
