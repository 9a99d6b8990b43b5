"""Where people are: a metric by country, over the whole range."""

from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select

from analytics.filters import Filters
from analytics.measures.cutting import ALL
from analytics.product.trends.query import totals_sql
from analytics.product.trends.totals import totals
from analytics.scope import Viewer

PLACES = {"country": "str", "name": "str", "value": "float64", "share": "float64"}
MOST = 300  # more than there are countries
NAMES = {"XK": "Kosovo"}  # has no code in the standard; this is the one in use


def places(
    conn: Connection, viewer: Viewer, filters: Filters, metric: str = "actors"
) -> pd.DataFrame:
    """One row a country, the one with most behind it first.

    Columns: country (str, ISO 3166-1 alpha-2, or whatever was sent, or "(not set)"), name (str, in
    English), value (float64 in the metric's unit, over the whole range; people who were in two
    countries are in both), share (float64, of everybody; NaN where the metric is no count). Raises
    UnknownMetric, BadFilters, TooWide.
    """
    rows = totals(conn, viewer, filters, metric, "country", MOST)
    rows = rows[rows["series"] != ALL].rename(columns={"series": "country"})
    named = rows.assign(name=rows["country"].map(country_name))
    return named[list(PLACES)].astype(PLACES).reset_index(drop=True)


def places_sql(viewer: Viewer, filters: Filters, metric: str = "actors") -> Select[Any]:
    """The codes and values of `places`, under the total that its shares are of."""
    return totals_sql(viewer, filters, metric, "country", MOST)


def country_name(code: str) -> str:
    """The English name of a country; what is no code of one stays as it is."""
    return _names().get(code, code)


@cache
def _names() -> dict[str, str]:
    """From the table that comes with the time zones (iso3166.tab, in the public domain)."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return {row[0]: row[1] for row in rows} | NAMES
