"""Who of the demo is exposed to which experiment, in which variant, and what they do then."""

import json
from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from db.demo.columns import texts
from db.demo.experiments.adding import Index, Numbers, Span, put_in
from db.demo.experiments.trials import Clock, Trial, begun, lasting
from db.demo.generate import chunks
from db.demo.moments import micros
from db.demo.shape import Shape
from db.tables import EXPOSURE

SPREAD = 0.25  # standard deviation of the logarithm of a duration
AT_ONCE, SOON = (0.1, 0.9), (1.0, 20.0)  # seconds
Variants = NDArray[np.int64]  # 0: the control, 1: what is tried


def lived(shape: Shape) -> Iterator[pa.Table]:
    """The events of each day, as `generate.chunks` has them, with what experiments bring about."""
    seen = {trial: np.zeros(0, np.int64) for trial in begun(shape)}
    for day, events in enumerate(chunks(shape)):
        until = micros(min(shape.instant(day + 1), shape.now).timestamp())
        span = Span(np.random.default_rng([shape.seed, 11, day]), events, until)
        brought: list[pa.Table] = []
        for trial, known in seen.items():
            if len(first := _first(span, shape, trial, known)):
                brought += _bring(span, trial, first)
                seen[trial] = np.union1d(known, span.actor[first])
        yield put_in(span, pa.concat_tables(brought)) if brought else events


def _first(span: Span, shape: Shape, trial: Trial, known: Index) -> Index:
    """The events at which people see an experiment for the first time: none of the `known`."""
    begin, end = (micros(at.timestamp()) for at in lasting(shape, trial))
    running = (span.occurred >= begin) & (span.occurred < end)
    rows = np.flatnonzero(running & span.shown)
    rows = rows[~np.isin(span.actor[rows], known)]
    _, place = np.unique(span.actor[rows], return_index=True)
    return rows[place]


def evenly(rng: np.random.Generator, group: Variants) -> Numbers:
    """Numbers in [0, 1), spread as evenly as can be in each group, else at random.

    Of the numbers of a group as many as expected are below any bound, or one more or less.
    """
    order = np.lexsort((rng.random(len(group)), group))
    count = np.bincount(group)
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(group)) - np.repeat(np.cumsum(count) - count, count)
    spread: Numbers = (rank + rng.random(len(count))[group]) / count[group]
    return spread


def _bring(span: Span, trial: Trial, first: Index) -> Iterator[pa.Table]:
    """All events that an experiment brings about among those who first see it at these events."""
    variant = (evenly(span.rng, np.zeros(len(first), np.int64)) >= 0.5).astype(np.int64)
    lost = span.has("platform", *trial.lost_on)[first] & (variant == 1)
    rows, variant = first[~lost], variant[~lost]
    yield _exposures(span, trial, rows, variant, AT_ONCE)
    both = evenly(span.rng, variant) < trial.mixed
    yield _exposures(span, trial, rows[both], 1 - variant[both], SOON)
    does = evenly(span.rng, variant) < np.array(trial.rates)[variant]
    yield span.after(span.later(rows[does]), SOON, trial.goal)
    if trial.clock:
        took = _durations(span.rng, trial.clock, variant)
        yield span.after(rows, SOON, trial.clock.name, duration_ms=took)


def _exposures(
    span: Span, trial: Trial, rows: Index, variant: Variants, seconds: tuple[float, float]
) -> pa.Table:
    told = tuple(json.dumps({"variant": key}) for key in trial.variants)
    key = texts(np.zeros(len(rows), np.int64), (trial.key,))
    return span.after(rows, seconds, EXPOSURE, subject=key, properties=texts(variant, told))


def _durations(rng: np.random.Generator, clock: Clock, variant: Variants) -> pa.Array:
    """Log-normal milliseconds."""
    normal = np.array([NormalDist().inv_cdf(max(u, 1e-9)) for u in evenly(rng, variant)])
    slower = np.array([1.0, clock.slower])[variant]
    return pa.array(np.round(clock.median_ms * slower * np.exp(SPREAD * normal), 1))
