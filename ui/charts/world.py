"""A map of countries, shaded by a number."""

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from analytics.metrics import Metric
from ui.charts.axes import INK, SOFT, Chart, number_format, stacked
from ui.remembering import remembered

WORLD = Path(__file__).parent.parent / "assets" / "world.json"  # see world.LICENSE beside it
HEIGHT = 320


@remembered
def world(frame: pd.DataFrame, metric: Metric) -> Chart:
    """Countries from columns country (ISO 3166-1 alpha-2), name and value; see `off_the_map`.

    The projection is Equal Earth (Savric, Patterson and Jenny, 2018): areas are as they are.
    """
    shown = frame[frame["country"].isin(on_the_map()) & frame["value"].notna()]
    return Chart(shown[["country", "name", "value"]], _world(metric))


def off_the_map(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows whose country is too small for the map, unknown to it, or not set."""
    return frame[~frame["country"].isin(on_the_map())]


@cache
def on_the_map() -> frozenset[str]:
    """The codes of the countries that the map has a shape for."""
    shapes = _geometry()["objects"]["countries"]["geometries"]
    return frozenset(shape["id"] for shape in shapes if "id" in shape)


@cache
def _geometry() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(WORLD.read_text("utf-8"))
    return found


@lru_cache(maxsize=32)
def _world(metric: Metric) -> str:
    """The geometry goes in after Altair has checked the rest: it would check point by point."""
    form = alt.TopoDataFormat(type="topojson", feature="countries")
    ground = alt.Chart(alt.InlineData(values={}, name=WORLD.stem, format=form)).mark_geoshape(
        fill=INK, fillOpacity=0.07, stroke=INK, strokeOpacity=0.25, strokeWidth=0.5
    )
    shape = alt.LookupData(data=alt.NamedData(WORLD.stem, format=form), key="id")
    countries = (
        alt.Chart()
        .transform_lookup(lookup="country", from_=shape, as_="shape")
        .mark_geoshape(stroke=INK, strokeOpacity=SOFT, strokeWidth=0.5)
        .encode(
            shape=alt.Shape("shape:G"),
            color=alt.Color("value:Q", legend=_legend(metric), scale=alt.Scale(zero=True)),
            tooltip=[
                alt.Tooltip("name:N", title="Country"),
                alt.Tooltip("value:Q", title=metric.label, format=number_format(metric, digits=2)),
            ],
        )
    )
    layers = [layer.project(type="equalEarth") for layer in (ground, countries)]
    spec = json.loads(stacked(layers, HEIGHT))
    spec["layer"][0]["data"]["values"] = _geometry()
    del spec["datasets"], spec["layer"][1]["data"]  # which stand for the rows that come with it
    return json.dumps(spec, separators=(",", ":"))


def _legend(metric: Metric) -> alt.Legend:
    return alt.Legend(
        title=metric.label,
        orient="top",
        direction="horizontal",
        gradientLength=160,
        format=".0%" if metric.unit == "share" else "~s",
        tickCount=2,
        labelColor=INK,
        titleColor=INK,
        labelOpacity=SOFT,
        titleOpacity=SOFT,
    )
