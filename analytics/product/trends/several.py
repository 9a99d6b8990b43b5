"""Several trends in one frame, and the ratio of two of them."""

from collections.abc import Sequence

import pandas as pd

from analytics.measures.cutting import ALL, ratio
from analytics.metrics import Metric


def together(parts: Sequence[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """The present totals of some trends, each under its name, with the columns of `trend`."""
    named = [_total(frame).assign(series=name) for name, frame in parts]
    return pd.concat(named, ignore_index=True)


def ratio_of(part: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """The total of one trend against that of another of the same periods, as a trend.

    NaN where the other is 0. A ratio of averages or of accumulated counts is the ratio of those.
    """
    above, below = _total(part), _total(whole)
    return above.assign(value=ratio(above["value"].to_numpy(), below["value"].to_numpy()))


def ratio_metric(part: Metric, whole: Metric, label: str) -> Metric:
    """What the ratio of two metrics is: a share where both count the same, else one per other."""
    same = part.unit == whole.unit
    return Metric(
        key="ratio",
        label=label,
        unit="share" if same else f"{part.unit} per {whole.unit}",
        definition=f"{part.label} against {whole.label}.",
        formula=f"{part.formula} / {whole.formula}",
        direction="neutral",
        sources=(*part.sources, *whole.sources),
        counts=False,
    )


def _total(frame: pd.DataFrame) -> pd.DataFrame:
    shown = (frame["series"] == ALL) & (frame["which"] == "current")
    return frame[shown].reset_index(drop=True)
