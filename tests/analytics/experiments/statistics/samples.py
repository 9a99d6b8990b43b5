"""Actors as arrays, and the sums, metrics and frames that are made of them."""

import numpy as np
import pandas as pd

from analytics.experiments.definition import Measure, Metric
from analytics.experiments.statistics.moments import NUMBERS, Sums

SHARE = Metric(1, "primary", "Signed up", Measure("did", "sign_up"))
MEAN = Metric(1, "primary", "Revenue", Measure("value", "buy"))
RATIO = Metric(1, "primary", "Error rate", Measure("failures"), Measure("events"), better="down")


def sums(y, d=1.0, x=0.0, z=1.0) -> Sums:
    """The sums over actors; what is one number is the same for all of them."""
    columns = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (y, d, x, z)))
    table = np.stack(columns)
    products = (table @ table.T)[np.triu_indices(4)]
    return Sums(table.shape[1], *table.sum(axis=1).tolist(), *products.tolist())


def row(variant, sums, metric=1, day="2026-03-02", **more):
    """One row of the sums of outcomes."""
    numbers = {name: getattr(sums, name) for name in NUMBERS}
    return {"metric": metric, "variant": variant, "day": pd.Timestamp(day), **more, **numbers}


def exposed(**counts):
    """The rows of exposures, nobody of them mixed."""
    return pd.DataFrame([{"variant": variant, "n": n, "mixed": 0} for variant, n in counts.items()])


def share(n, successes) -> Sums:
    """The sums of n actors, of whom so many have the outcome."""
    return sums(np.arange(n) < successes)
