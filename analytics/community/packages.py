"""A package as everybody may see it: how much it is used, by how many, and how well it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pandas as pd
from sqlalchemy import Connection, Integer, Select, bindparam, select

from analytics.community import breakdowns, downloads
from analytics.community.ahead import Trails, cell_trails, people_trail
from analytics.community.best import Best, best_of
from analytics.community.breakdowns import Rows, frame
from analytics.community.intervals import design_effect
from analytics.community.published import (
    TOTAL,
    Cells,
    Published,
    Window,
    closed,
    compared,
    daily,
    rounded,
    window,
)
from analytics.community.sums import Sums
from analytics.community.trails import Trail, since
from analytics.scope import Viewer, visible_package_versions, visible_packages
from analytics.scope.building import ask, built_once
from db.tables import projects

LONGEST = 200  # characters of an id or a name
WEEK = 7  # days
RUNS_CUT, RATINGS_CUT = "version,model", "version"
CUTS = (
    *(("runs", cut) for cut in ("", RUNS_CUT)),
    *(("ratings", cut) for cut in ("", RATINGS_CUT)),
    *(("downloads", cut) for cut in downloads.CUTS),
)
NEVER = Window(date.min, date.min)
DAILY = {"day": "datetime64[us]", "runs": "int64", "people": "int64", "success": "float64"}


@dataclass(frozen=True, slots=True)
class Package:
    """A package that the viewer may see.

    `published_until` is the last day that others see; `zone` is the time zone of its days.
    """

    id: int
    uid: UUID
    project_id: int
    name: str
    summary: str
    is_public: bool
    published_until: date | None
    zone: str


@dataclass(frozen=True, slots=True)
class Growth:
    """The runs of the last seven whole days, and of the seven before."""

    now: int
    before: int

    @property
    def change(self) -> float:
        """How much more they are: 0.28 is 28 % more."""
        return self.now / self.before - 1


@dataclass(frozen=True, slots=True)
class History:
    """What is published of a package in a window of days, for all windows that end with it.

    `cells` are by stream, cut and keys, `daily` is that of `published`.
    """

    package: Package
    cells: Mapping[str, Mapping[str, Trails]]
    people: Trail
    daily: Sequence[tuple[date, int, Sums]]
    growth: Growth | None
    releases: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class PackageStats:
    """What is published of a package in a window of days.

    `people` are rounded down to a multiple of 5. `growth` is None where the weeks can't be told
    apart, `best_model` where no model is better beyond chance, `window` before the first day is
    published, `audiences` where none are told. Rows and frames are those of `breakdowns`, whose
    runs add up to the totals, and of `downloads`.
    """

    package: Package
    days: int
    window: Window | None
    totals: Sums
    people: int
    ratings: Sums
    growth: Growth | None
    best_model: Best | None
    by_model: Rows
    by_version: Rows
    by_day: Rows
    audiences: Mapping[str, int] | None
    fetched: Mapping[str, Rows]

    @property
    def models(self) -> pd.DataFrame:
        """A row a model, as `breakdowns.by_model` has it."""
        return frame(self.by_model, breakdowns.MODELS)

    @property
    def versions(self) -> pd.DataFrame:
        """A row a version, as `breakdowns.by_version` has it."""
        return frame(self.by_version, breakdowns.VERSIONS)

    @property
    def daily(self) -> pd.DataFrame:
        """A row a day that is published alone.

        Columns: day (datetime64[us]), runs (int64), people (int64, rounded down), success (float64,
        0 to 1).
        """
        return frame(self.by_day, DAILY)

    @property
    def downloaded(self) -> int | None:
        """The downloads by people: none of CI, bots and mirrors; None where none are told."""
        return (self.audiences or {}).get(downloads.PERSON)


def package_of(conn: Connection, viewer: Viewer, wanted: str) -> Package | None:
    """The package of this id or name, of several of a name the first that was registered.

    None where the viewer sees none, be it that there is none or that it is not theirs to see.
    """
    if len(wanted) > LONGEST or "\0" in wanted:
        return None
    uid = _uid(wanted)
    by, value = ("name", wanted) if uid is None else ("uid", uid)
    row = ask(conn, viewer, _package_sql, by, wanted=value).one_or_none()
    return None if row is None else Package(*row)


def packages_sql(viewer: Viewer) -> Select[Any]:
    """The packages that the viewer may see, with the columns of `Package`."""
    p = visible_packages(viewer)
    about = (p.c.id, p.c.uid, p.c.project_id, p.c.name, p.c.summary, p.c.is_public)
    of_project = (projects.c.published_until, projects.c.timezone.label("zone"))
    return select(*about, *of_project).join(projects, projects.c.id == p.c.project_id)


@built_once
def _package_sql(viewer: Viewer, by: str) -> Select[Any]:
    p = packages_sql(viewer).subquery("p")
    ours = p.c[by] == bindparam("wanted", type_=p.c[by].type)
    return select(p).where(ours).order_by(p.c.id).limit(1)


def package_stats(conn: Connection, viewer: Viewer, wanted: str, days: int) -> PackageStats | None:
    """What is published of the package of this id or name in the last `days` days.

    None where `package_of` is.
    """
    history = package_history(conn, viewer, wanted, days)
    return stats_of(history, days) if history else None


def package_history(conn: Connection, viewer: Viewer, wanted: str, days: int) -> History | None:
    """What the figures of the last `days` days, or fewer, are made of; None where `package_of` is.

    It takes as long to read as the figures of all these days.
    """
    package = package_of(conn, viewer, wanted)
    if package is None:
        return None
    within = window(package.published_until, days) or NEVER
    runs = Published("package", package.id)
    return History(
        package,
        cell_trails(conn, viewer, runs, within, CUTS),
        people_trail(conn, viewer, runs, within.start),
        daily(conn, viewer, runs, within),
        growth(conn, viewer, package),
        releases_of(conn, viewer, package),
    )


def growth(conn: Connection, viewer: Viewer, package: Package) -> Growth | None:
    """The last seven whole days against the seven before; None where they can't be told apart."""
    week = window(package.published_until, WEEK)
    weeks = week and compared(conn, viewer, Published("package", package.id), week)
    if not weeks or not weeks[1].n:
        return None
    return Growth(weeks[0].n, weeks[1].n)


def releases_of(conn: Connection, viewer: Viewer, package: Package) -> dict[str, datetime]:
    """When each version of the package was released."""
    rows = ask(conn, viewer, _releases_sql, package_id=package.id).all()
    return {row.version: row.released_at for row in rows}


@built_once
def _releases_sql(viewer: Viewer) -> Select[Any]:
    v = visible_package_versions(viewer)
    ours = v.c.package_id == bindparam("package_id", type_=Integer)
    return select(v.c.version, v.c.released_at).where(ours)


def stats_of(history: History, days: int) -> PackageStats:
    """The figures of the last `days` days, from what was read of as many or more."""
    asked = window(history.package.published_until, days)
    start = (asked or NEVER).start
    ran, rated, taken = (_since(cuts, start) for cuts in history.cells.values())
    totals = ran[""].get(TOTAL, Sums())
    parts = closed(ran[RUNS_CUT], totals, keys=2)
    known = rounded(history.people.since(start).n)
    effect = design_effect(totals.n, known)
    return PackageStats(
        history.package,
        days,
        asked,
        totals,
        known,
        rated[""].get(TOTAL, Sums()),
        history.growth,
        best_of(breakdowns.merged(parts, 1), effect),
        breakdowns.by_model(parts, effect),
        breakdowns.by_version(parts, rated[RATINGS_CUT], history.releases, effect),
        _by_day([each for each in history.daily if each[0] >= start]),
        downloads.by_audience(taken),
        downloads.by_people(taken),
    )


def _since(cuts: Mapping[str, Trails], start: date) -> dict[str, Cells]:
    return {cut: since(trails, start) for cut, trails in cuts.items()}


def _by_day(days: list[tuple[date, int, Sums]]) -> Rows:
    return [
        {"day": day, "runs": runs.n, "people": people, "success": runs.success}
        for day, people, runs in days
    ]


def _uid(wanted: str) -> UUID | None:
    try:
        return UUID(wanted)
    except ValueError:
        return None
