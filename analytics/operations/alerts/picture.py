"""The chart of a message: what was seen before an alert and since, drawn without a browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import vl_convert

from analytics.metrics import Metric
from analytics.operations.alerts.following import Looks
from analytics.operations.signals.points import moment_of
from analytics.wording import digits_of
from db.alert_rules import Rule

WIDTH, HEIGHT, SCALE = 560, 180, 1.5
MOST_DRAWN = 3
TWO_DAYS = 2 * 24 * 60  # minutes
UTC_SCALE = {"type": "utc"}
INK, LINE, LIMIT = "#333333", "#2563eb", "#b45309"
FONT = {"labelColor": INK, "titleColor": INK, "labelFontSize": 11}


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn of one alert: its figures over time, and since when it fires.

    Money is kept in the smallest unit of a currency, and drawn in the currency.
    """

    title: str
    rule: Rule
    metric: Metric
    looks: Looks
    started_at: datetime
    currency: str = ""

    @property
    def unit(self) -> str | None:
        """What the axis says; nothing of shares, which are in percent."""
        if self.metric.unit == "cents":
            return self.currency or "money"
        return None if self.metric.unit == "share" else self.metric.unit

    @property
    def scale(self) -> float:
        """By how much figures and their limit are multiplied to be drawn."""
        return 10.0 ** -digits_of(self.currency) if self.metric.unit == "cents" else 1.0


def draw(drawn: Sequence[Drawn]) -> bytes:
    """A PNG with a chart of each, one under the other; raises ValueError."""
    charts = [chart_of(each) for each in drawn[:MOST_DRAWN]]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "config": {"axis": FONT, "title": {"color": INK, "anchor": "start"}},
        "vconcat": charts,
    }
    png: bytes = vl_convert.vegalite_to_png(spec, scale=SCALE)
    return png


def chart_of(drawn: Drawn) -> dict[str, Any]:
    """The chart of one, in the terms of Vega-Lite."""
    rows = [
        {"at": moment_of(minute).isoformat(), "value": value * drawn.scale}
        for minute, value in zip(drawn.looks.at, drawn.looks.value.tolist(), strict=True)
        if value == value
    ]
    form = ".1%" if drawn.metric.unit == "share" else "~s"
    value: dict[str, Any] = {"field": "value", "type": "quantitative", "title": drawn.unit}
    value["axis"] = {"format": form}
    at: dict[str, Any] = {"field": "at", "type": "temporal", "title": "UTC", "scale": UTC_SCALE}
    at["axis"] = {"format": "%H:%M" if _is_short(drawn.looks) else "%-d %b", "labelOverlap": True}
    line = {
        "mark": {"type": "line", "color": LINE, "strokeWidth": 2},
        "encoding": {"x": at, "y": value},
    }
    fired = {
        "data": {"values": [{"at": drawn.started_at.isoformat()}]},
        "mark": {"type": "rule", "color": LIMIT, "strokeDash": [4, 3]},
        "encoding": {"x": at},
    }
    return {
        "title": drawn.title,
        "width": WIDTH,
        "height": HEIGHT,
        "data": {"values": rows},
        "layer": [line, fired, *_limit(drawn)],
    }


def _is_short(looks: Looks) -> bool:
    return not len(looks) or int(looks.at[-1] - looks.at[0]) < TWO_DAYS


def _limit(drawn: Drawn) -> list[dict[str, Any]]:
    """A line at the value that counts, where figures are held against it themselves."""
    if drawn.rule.kind not in ("threshold", "burn"):
        return []
    return [
        {
            "data": {"values": [{"limit": drawn.rule.value * drawn.scale}]},
            "mark": {"type": "rule", "color": LIMIT},
            "encoding": {"y": {"field": "limit", "type": "quantitative"}},
        }
    ]
