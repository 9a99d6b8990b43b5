"""Version adoption: the version that each actor used last, in every period and in the range."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from analytics.filters import NOT_SET, Filters
from analytics.measures.cells import load_cells
from analytics.measures.cutting import OTHER
from analytics.measures.packs import Keys, load_keys
from analytics.metrics import Metric
from analytics.periods import Period, periods
from analytics.product.intervals import OUTSIDE, Interval, intervals_of, refuse_hours
from analytics.product.versions.releases import releases
from analytics.scope import Viewer, within

MOST = 7  # versions told apart in a chart, as many as there are colours
VERSION_SHARE = Metric(
    key="version_share",
    label="Users by version",
    unit="share",
    definition="Of the people active in a period, the share that used this version last in it.",
    formula="actors whose last version of the period it is / distinct actors of the period",
    direction="neutral",
    sources=("actives",),
    counts=False,
)
SHARES = {
    "period": "datetime64[us]",
    "series": "str",
    "value": "float64",
    "actors": "int64",
    "complete": "bool",
    "which": "str",
}
USERS = {
    "version": "str",
    "first_seen": "datetime64[us]",
    "users": "int64",
    "share": "float64",
    "old": "bool",
}
Places = NDArray[np.int64]


def version_shares(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row a period and version, the newest version first; a period's shares add up to 1.

    Columns: period (datetime64[us], local wall time), series (str: the newest version and those
    with most users, `MOST` in all, then "Other"), value (float64: share of the period's active
    actors; NaN where nobody was active), actors (int64), complete (bool), which (str: "current").
    An actor counts for one version, see `last_used`. No row in anonymous projects. Raises
    BadFilters for hours.
    """
    refuse_hours("Version adoption", filters)
    viewer = within(viewer, "product")
    filters = replace(filters, event="", subject=None)
    shown, versions = periods(filters), _known(conn, viewer, filters)
    keys = load_keys(conn, viewer, filters, "actor")
    if not len(keys.key):
        return pd.DataFrame(columns=list(SHARES)).astype(SHARES)
    place = intervals_of([Interval.of(one) for one in shown], filters.start, filters.days)
    version = _versions_of(conn, viewer, filters, keys, versions)
    counts = np.zeros((len(shown), len(versions)), np.int64)
    np.add.at(counts, last_used(keys, place[keys.day].astype(np.int64), version), 1)
    return _shares(counts, versions, shown)


def version_users(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row a version that is anybody's last in the range, the newest first.

    Columns: version (str; "(not set)" for who used none), first_seen (datetime64[us], the first day
    with one of its events), users (int64), share (float64, of all active actors), old (bool: it
    appeared before the newest version on record). No row in anonymous projects.
    """
    viewer = within(viewer, "product")
    filters = replace(filters, event="", subject=None, grain="day")
    versions = _known(conn, viewer, filters)
    keys = load_keys(conn, viewer, filters, "actor")
    version = _versions_of(conn, viewer, filters, keys, versions)
    _, found = last_used(keys, np.zeros(len(keys.key), np.int64), version)
    users = np.bincount(found, minlength=len(versions))
    newest = len(versions) - 1
    old = (np.arange(len(versions)) < newest) & (versions["version"] != NOT_SET)
    rows = versions.assign(users=users, share=users / max(users.sum(), 1), old=old)
    return rows[rows["users"] > 0].iloc[::-1].reset_index(drop=True)[list(USERS)].astype(USERS)


def last_used(keys: Keys, place: Places, version: Places) -> tuple[Places, Places]:
    """The version of each actor in each place, as places and versions side by side.

    It is the newest of the last day on which they used any; who used none all along is at 0, the
    number of no version.
    """
    inside = place != OUTSIDE
    actor, actors = pd.factorize(keys.key[inside])
    pair, pairs = pd.factorize(place[inside] * max(len(actors), 1) + actor)
    most = int(version.max(initial=0)) + 1
    rank = np.where(version > 0, keys.day.astype(np.int64) * most + version, 0)[inside]
    latest = np.zeros(len(pairs), np.int64)
    np.maximum.at(latest, pair, rank)
    return pairs // max(len(actors), 1), latest % most


def _known(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """No version, then all versions from the oldest to the newest."""
    none = pd.DataFrame({"version": [NOT_SET], "first_seen": pd.Series([pd.NaT], dtype="M8[us]")})
    return pd.concat([none, releases(conn, viewer, filters)], ignore_index=True)


def _versions_of(
    conn: Connection, viewer: Viewer, filters: Filters, keys: Keys, versions: pd.DataFrame
) -> Places:
    """The number of each entry's version."""
    number = {version: place for place, version in enumerate(versions["version"])}
    cells = load_cells(conn, viewer, filters.project_id)
    places = [number.get(value, 0) for value in cells.labels("app_version")]
    found: Places = np.array(places, np.int64)[cells.codes(keys.cell, "app_version")]
    return found


def _shares(
    counts: NDArray[np.int64], versions: pd.DataFrame, shown: Sequence[Period]
) -> pd.DataFrame:
    """The rows of the versions with most users and of all others together."""
    names, total = versions["version"].to_numpy(), counts.sum(axis=0)
    place = np.arange(len(names))
    ranked = np.lexsort((-place, -total, place != place[-1]))
    listed = np.sort(ranked[:MOST][total[ranked[:MOST]] > 0])[::-1]
    rest = np.setdiff1d(np.flatnonzero(total), listed)
    parts = [(str(names[place]), counts[:, place]) for place in listed]
    parts += [(OTHER, counts[:, rest].sum(axis=1))] if len(rest) else []
    active = counts.sum(axis=1)
    frames = [
        pd.DataFrame(
            {
                "period": np.array([period.label for period in shown], "datetime64[us]"),
                "series": name,
                "value": np.divide(n, active, out=np.full(len(n), np.nan), where=active > 0),
                "actors": n,
                "complete": [period.complete for period in shown],
                "which": "current",
            }
        )
        for name, n in parts
    ]
    return pd.concat(frames, ignore_index=True).astype(SHARES)
