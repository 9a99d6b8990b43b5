"""How the lines of the Trends page are asked for and drawn."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import pandas as pd

from analytics.filters import Filters
from analytics.product.trends import ratio_metric, ratio_of, together, trend, trend_sql
from analytics.product.trends.readings import Reading
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, words_trends
from ui.charts import Chart
from ui.frame import Ask, ask
from ui.lines import Line

RATIO = "A / B"


def compare(lines: Sequence[Line], filters: Filters, by: str | None, reading: Reading) -> list[Ask]:
    """The question of each line; several lines leave no room for the time before.

    A plain line asks word for word what the executive summary asks, so that one answer serves both.
    """
    read: dict[str, Any] = {} if reading == "each" else {"reading": reading}
    return [
        ask(trend, _scoped(line, filters, alone=len(lines) == 1), line.metric.key, by, **read)
        for line in lines
    ]


def draw_lines(
    lines: Sequence[Line],
    series: Sequence[pd.DataFrame],
    filters: Filters,
    *,
    reading: Reading,
    ratio: bool,
    order: Sequence[str],
    marks: pd.DataFrame,
    log: bool,
) -> tuple[Chart, pd.DataFrame, str]:
    """The chart of one line or of several, its data, and a title that says what it shows."""
    look: dict[str, Any] = {
        "grain": filters.grain,
        "zone": filters.zone,
        "marks": marks,
        "log": log,
    }
    if len(lines) == 1:
        metric, frame = lines[0].metric, series[0]
        chart = charts.line(frame, metric, order=order, **look)
        return chart, frame, words_trends.finding(frame, lines[0].label, metric, filters, reading)
    named = [(line.name, line.metric) for line in lines]
    parts = [(line.name, frame) for line, frame in zip(lines, series, strict=True)]
    if ratio:
        named.append((RATIO, ratio_metric(lines[0].metric, lines[1].metric, RATIO)))
        parts.append((RATIO, ratio_of(series[0], series[1])))
    frame = together(parts)
    title = words_trends.several([line.label for line in lines], filters)
    return charts.panes(frame, named, **look), frame, title


def statements(
    viewer: Viewer,
    lines: Sequence[Line],
    filters: Filters,
    by: str | None,
    reading: Reading,
) -> str:
    """The SQL of every line, under its name."""
    alone = len(lines) == 1
    texts = [
        shown(
            trend_sql(
                viewer, _scoped(line, filters, alone=alone), line.metric.key, by, reading=reading
            )
        )
        for line in lines
    ]
    names = [] if alone else [f"-- {line.letter}: {line.metric.label}" for line in lines]
    pairs = zip_longest(names, texts, fillvalue="")
    return "\n".join(f"{name}\n{text}".strip() + "\n" for name, text in pairs)


def _scoped(line: Line, filters: Filters, *, alone: bool) -> Filters:
    scoped = line.doing.among(filters)
    return scoped if alone else replace(scoped, compare=False)
