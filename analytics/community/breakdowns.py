"""Published cells of runs of a package as rows: by model, by version, and by both.

"other" is what could not be shown apart, and what is not among the first of an order; "" is what a
run did not tell.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from packaging.version import InvalidVersion, Version

from analytics.community import intervals
from analytics.community.published import OTHER
from analytics.community.sums import Sums

Cells = Mapping[tuple[str, ...], Sums]
Rows = Sequence[Mapping[str, Any]]
NAN = float("nan")
MOST_MODELS, MOST_VERSIONS = 20, 10  # told apart; those beyond go into "other"
FIGURES = {
    "runs": "int64",
    "success": "float64",
    "low": "float64",
    "high": "float64",
    "duration_ms": "float64",
    "tokens": "float64",
}
RATINGS = {"ratings": "int64", "rating": "float64", "rating_low": "float64"}
RATINGS |= {"rating_high": "float64"}
RELEASED = "datetime64[us, UTC]"
MODELS = {"model": "str", **FIGURES}
VERSIONS = {"version": "str", "released_at": RELEASED, **FIGURES, **RATINGS}
BY_MODEL = {"version": "str", "model": "str", **FIGURES}


def by_model(runs: Cells, effect: float) -> Rows:
    """One row a model of cells by version and model, most runs first, "other" last.

    In a frame of `MODELS`: model (str), runs (int64), success, low, high (float64: the share of
    runs without error and Wilson's 95 % interval, of an `intervals.design_effect`), duration_ms,
    tokens (float64: means, NaN where no run told).
    """
    models = merged(runs, 1)
    order = sorted(set(models) - {OTHER}, key=lambda model: (-models[model].n, model))
    told = _first(models, order, MOST_MODELS)
    return [{"model": each, **figures(runs, effect)} for each, runs in told.items()]


def by_version(
    runs: Cells, ratings: Cells, released: Mapping[str, datetime], effect: float
) -> Rows:
    """One row a version that has runs of its own, the newest first, "other" last.

    In a frame of `VERSIONS`: version (str), released_at (datetime64[us, UTC], NaT),
    those of `by_model`, ratings (int64), rating, rating_low, rating_high (float64: the mean of 1 to
    5 and its interval; NaN where none are published of this version alone).
    """
    versions = merged(runs, 0)
    order = sorted(set(versions) - {OTHER}, key=precedence, reverse=True)
    told = _first(versions, order, MOST_VERSIONS)
    return [version_row(each, told, ratings, released, effect) for each in told]


def by_version_and_model(runs: Cells, effect: float) -> Rows:
    """One row a cell, the newest version first, and in it the model with most runs.

    In a frame of `BY_MODEL`: version (str), and those of `by_model`.
    """
    order = sorted(runs, key=lambda keys: -runs[keys].n)
    order.sort(key=lambda keys: (keys[0] != OTHER, precedence(keys[0])), reverse=True)
    return [{"version": keys[0], "model": keys[1], **figures(runs[keys], effect)} for keys in order]


def version_row(
    version: str,
    versions: Mapping[str, Sums],
    ratings: Cells,
    released: Mapping[str, datetime],
    effect: float,
) -> dict[str, Any]:
    """What is published of one version; "other" of runs and "other" of ratings are not the same."""
    rated = Sums() if version == OTHER else ratings.get((version,), Sums())
    interval = intervals.rating(rated.score_sum, rated.n)
    low, high = interval or (NAN, NAN)
    return {
        "version": version,
        "released_at": released.get(version),
        **figures(versions.get(version, Sums()), effect),
        "ratings": rated.n,
        "rating": _or_nan(rated.rating),
        "rating_low": low,
        "rating_high": high,
    }


def figures(runs: Sums, effect: float) -> dict[str, Any]:
    """The columns that every breakdown of runs has."""
    interval = intervals.share(runs.n - runs.failures, runs.n, effect)
    low, high = interval or (NAN, NAN)
    return {
        "runs": runs.n,
        "success": _or_nan(runs.success),
        "low": low,
        "high": high,
        "duration_ms": _or_nan(runs.duration_ms),
        "tokens": _or_nan(runs.tokens_each),
    }


def merged(cells: Cells, place: int) -> dict[str, Sums]:
    """The sums by one of the keys of a cut."""
    found: dict[str, Sums] = {}
    for keys, sums in cells.items():
        found[keys[place]] = found.get(keys[place], Sums()) + sums
    return found


def _first(sums: Mapping[str, Sums], order: Sequence[str], most: int) -> dict[str, Sums]:
    """The first of an order, and the sum of the rest as the last."""
    told = {name: sums[name] for name in order[:most]}
    rest = [sums[name] for name in (*order[most:], OTHER) if name in sums]
    return told | ({OTHER: sum(rest, start=Sums())} if rest else {})


def precedence(version: str) -> tuple[bool, Version, str]:
    """What versions are put in order by: PEP 440, before it those that are none, by their text."""
    try:
        return True, Version(version), version
    except InvalidVersion:
        return False, Version("0"), version


def frame(rows: Iterable[Mapping[str, object]], columns: Mapping[str, str]) -> pd.DataFrame:
    """A frame with these columns and types, also without rows; what a row lacks is not known."""
    listed = list(rows)
    return pd.DataFrame(
        {
            name: pd.Series([row.get(name) for row in listed], dtype=kind)
            for name, kind in columns.items()
        }
    )


def _or_nan(value: float | None) -> float:
    return NAN if value is None else value
