"""Versions of a package side by side, and by how much each differs from the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from analytics.community import breakdowns, intervals
from analytics.community.breakdowns import Rows
from analytics.community.packages import (
    NEVER,
    RATINGS_CUT,
    RUNS_CUT,
    Package,
    package_of,
    releases_of,
)
from analytics.community.published import (
    OTHER,
    Published,
    Window,
    cells,
    people,
    rounded,
    total,
    window,
)
from analytics.community.sums import Sums
from analytics.scope import Viewer

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Versions in the order in which they were asked for.

    `rows` are those of `breakdowns.by_version`, with 0 runs where nothing is published of the
    version alone; `by_model` those of `by_version_and_model`. `differences` has one row a version
    after the first and measure: version, against (the first), measure ("success": of shares;
    "rating": of stars; "duration_ms": 0.1 is 10 % more time), difference, low, high (95 % interval;
    NaN of durations, whose spread is not published, and where one has no figure).
    """

    package: Package
    days: int
    window: Window | None
    rows: Rows
    by_model: Rows
    differences: Rows


def compare(
    conn: Connection, viewer: Viewer, wanted: str, versions: Sequence[str], days: int
) -> Comparison | None:
    """What is published of these versions of a package in the last `days` days.

    None where `package_of` is. A version that does not exist looks like one of too few people.
    """
    package = package_of(conn, viewer, wanted)
    if package is None:
        return None
    asked = window(package.published_until, days)
    runs, rated = _cells(conn, viewer, package, asked or NEVER)
    effect = _effect(conn, viewer, package, asked or NEVER)
    whole = breakdowns.merged(runs, 0)
    released = releases_of(conn, viewer, package)
    chosen = [version for version in dict.fromkeys(versions) if version != OTHER]
    ours = {keys: sums for keys, sums in runs.items() if keys[0] in chosen}
    return Comparison(
        package,
        days,
        asked,
        [breakdowns.version_row(each, whole, rated, released, effect) for each in chosen],
        breakdowns.by_version_and_model(ours, effect),
        _differences(chosen, whole, rated, effect),
    )


def _effect(conn: Connection, viewer: Viewer, package: Package, within: Window) -> float:
    runs = Published("package", package.id)
    known = rounded(people(conn, viewer, runs, within.start).get("", 0))
    return intervals.design_effect(total(conn, viewer, runs, within).n, known)


def _cells(
    conn: Connection, viewer: Viewer, package: Package, within: Window
) -> tuple[breakdowns.Cells, breakdowns.Cells]:
    """The cells of runs by version and model, and those of ratings by version."""
    runs, ratings = (Published("package", package.id, stream) for stream in ("runs", "ratings"))
    return (
        cells(conn, viewer, runs, within, RUNS_CUT),
        cells(conn, viewer, ratings, within, RATINGS_CUT),
    )


def _differences(
    versions: Sequence[str], runs: Mapping[str, Sums], rated: breakdowns.Cells, effect: float
) -> Rows:
    if not versions:
        return []
    first, *others = versions
    return [
        {"version": version, "against": first, "measure": measure, **difference}
        for version in others
        for measure, difference in _measures(
            (runs.get(version, Sums()), rated.get((version,), Sums())),
            (runs.get(first, Sums()), rated.get((first,), Sums())),
            effect,
        ).items()
    ]


def _measures(
    a: tuple[Sums, Sums], b: tuple[Sums, Sums], effect: float
) -> dict[str, dict[str, float]]:
    """By measure: the runs and the ratings of a version against those of another."""
    (runs, rated), (other_runs, other_rated) = a, b
    good, other_good = runs.n - runs.failures, other_runs.n - other_runs.failures
    stars = (rated.score_sum, rated.n, other_rated.score_sum, other_rated.n)
    success = intervals.share_difference(good, runs.n, other_good, other_runs.n, effect)
    return {
        "success": _difference(runs.success, other_runs.success, success),
        "duration_ms": {"difference": _more(runs.duration_ms, other_runs.duration_ms)}
        | {"low": NAN, "high": NAN},
        "rating": _difference(
            rated.rating, other_rated.rating, intervals.rating_difference(*stars)
        ),
    }


def _difference(
    a: float | None, b: float | None, interval: intervals.Interval | None
) -> dict[str, float]:
    if a is None or b is None or interval is None:
        return {"difference": NAN, "low": NAN, "high": NAN}
    return {"difference": a - b, "low": interval.low, "high": interval.high}


def _more(a: float | None, b: float | None) -> float:
    """By what share a is more than b."""
    return a / b - 1 if a is not None and b else NAN
