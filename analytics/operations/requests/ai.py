"""AI calls by model: how often they succeed, how long they take, and what people made of them."""

from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Double, Select, cast, func, select

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.measures.durations import Durations
from analytics.operations.requests.counted import SHARES
from analytics.periods import midnight, whole
from analytics.scope import Viewer, visible_ai_bins, visible_ai_days

BY_MODEL = {
    "name": "str",
    "model": "str",
    "n": "int64",
    "success": "float64",
    "p50": "float64",
    "p95": "float64",
    "p99": "float64",
    "request_bytes": "float64",
    "response_bytes": "float64",
    "tokens": "float64",
    "corrections": "float64",
    "repeats": "float64",
    "follow_ups": "float64",
    "completions": "float64",
}
RATES = {  # what is counted, and of which calls
    "request_bytes": ("request_bytes", "sized"),
    "response_bytes": ("response_bytes", "sized"),
    "tokens": ("tokens", "metered"),
    "corrections": ("corrected", "correctable"),
    "repeats": ("repeated", "repeatable"),
    "follow_ups": ("followed_up", "followable"),
    "completions": ("completed", "completable"),
}


def ai_by_model(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row a kind of AI call and model in the range, the most used first.

    Columns: name (str: ai_request, voice_request, transcription, tts or conversation), model
    (str), n (int64), success (float64: share that did not fail), p50, p95, p99 (float64, ms, within
    2 %), request_bytes, response_bytes, tokens (float64: mean of a call that tells), corrections,
    repeats, follow_ups, completions (float64: shares of the calls that tell); NaN where none tells.
    Of the whole project, whatever the filters on dimensions.
    """
    calls = read(conn, ai_by_model_sql(viewer, filters))
    if calls.empty:
        return pd.DataFrame(columns=list(BY_MODEL)).astype(BY_MODEL)
    timed = read(conn, _bins(viewer, filters)).groupby(["name", "model"])
    by_place = {place: _percentiles(rows, filters) for place, rows in timed}
    places = zip(calls["name"], calls["model"], strict=True)
    found = pd.DataFrame([by_place.get(place, {}) for place in places], columns=list(SHARES))
    return pd.concat([calls, found], axis=1)[list(BY_MODEL)].astype(BY_MODEL)


def ai_by_model_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `ai_by_model` but for the percentiles."""
    a = visible_ai_days(viewer, filters.project_id).c
    n = func.sum(a.n)
    success = cast(1 - func.sum(a.failures) / func.nullif(n, 0), Double).label("success")
    rates = [
        cast(func.sum(a[counted]) / func.nullif(func.sum(a[base]), 0), Double).label(name)
        for name, (counted, base) in RATES.items()
    ]
    query = select(a.name, a.model, cast(n, BigInteger).label("n"), success, *rates)
    query = query.where(a.day >= filters.start, a.day < filters.end).group_by(a.name, a.model)
    return query.order_by(n.desc(), a.name, a.model)


def _bins(viewer: Viewer, filters: Filters) -> Select[Any]:
    b = visible_ai_bins(viewer, filters.project_id).c
    groups = (b.name, b.model, b.bin)
    n = cast(func.sum(b.n), BigInteger).label("n")
    return select(*groups, n).where(b.day >= filters.start, b.day < filters.end).group_by(*groups)


def _percentiles(rows: pd.DataFrame, filters: Filters) -> dict[str, float]:
    at = midnight(filters.start, filters.tz).replace(tzinfo=None)
    durations = Durations.of(rows.assign(at=pd.Timestamp(at)))
    period = whole(filters)
    return {name: float(durations.percentile(share, [period])[0]) for name, share in SHARES.items()}
