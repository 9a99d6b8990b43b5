"""One's own runs, exactly and with today: how many, of what, on which models, and how fast."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Integer,
    Row,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal,
    not_,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.community.efficiency import ModelUse
from analytics.scope import Viewer, visible_own_feedback, visible_run_packages
from analytics.scope.building import ask, built_once
from db.tables import projects

ONE_DAY = timedelta(days=1)
NOW = bindparam("now", type_=DateTime(timezone=True))
SINCE = bindparam("since", type_=DateTime(timezone=True))
UNTIL = bindparam("until", type_=DateTime(timezone=True))
DAYS = bindparam("days", type_=Integer)
OURS = projects.c.id == any_(bindparam("projects", type_=ARRAY(Integer)))
ZONES = select(projects.c.timezone).where(OURS).distinct()


@dataclass(frozen=True, slots=True)
class DayUse:
    """A day of the project's calendar."""

    day: date
    runs: int
    credits: int


@dataclass(frozen=True, slots=True)
class PackageUse:
    """A package that was run; `rating` is the mean of one's own stars, None without any."""

    uid: UUID
    name: str
    runs: int
    credits: int
    rating: float | None
    ratings: int


@dataclass(frozen=True, slots=True)
class Usage:
    """One's own runs on the days [start, end), the last of which is today.

    `duration_ms` is the mean of the runs that have one. `daily` has every day, the oldest first,
    and is empty for who is known in no project; models and packages begin with the most used.
    """

    start: date
    end: date
    runs: int
    failures: int
    credits: int
    tokens: int
    duration_ms: float | None
    daily: tuple[DayUse, ...]
    models: tuple[ModelUse, ...]
    packages: tuple[PackageUse, ...]

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.end - self.start).days

    @property
    def success(self) -> float | None:
        """The share of runs without error, 0 to 1."""
        return (self.runs - self.failures) / self.runs if self.runs else None

    @property
    def favourite_model(self) -> str | None:
        """The model with the most runs, of those that were told."""
        return next((each.model for each in self.models if each.model), None)

    @property
    def favourite_package(self) -> str | None:
        """The package with the most runs."""
        return next((each.name for each in self.packages), None)


def my_usage(conn: Connection, viewer: Viewer, days: int, now: datetime) -> Usage:
    """The viewer's own runs of the last `days` days, in all projects that know who they are.

    Days are cut in the time zone of each project.
    """
    asked = _asked(days, now)
    rows = ask(conn, viewer, _usage_sql, **asked).all() if viewer.actors else []
    by_day = {date.fromisoformat(row.key): row for row in rows if row.cut == "day"}
    start, end = _range(conn, viewer, days, now)
    timed = sum(row.timed for row in by_day.values())
    return Usage(
        start,
        end,
        sum(row.runs for row in by_day.values()),
        sum(row.failures for row in by_day.values()),
        sum(row.credits for row in by_day.values()),
        sum(row.tokens for row in by_day.values()),
        sum(row.duration_sum for row in by_day.values()) / timed if timed else None,
        _daily(by_day, start, end) if viewer.actors else (),
        _models(row for row in rows if row.cut == "model"),
        _packages(conn, viewer, asked, [row for row in rows if row.cut == "package"]),
    )


def my_usage_sql(viewer: Viewer, days: int, now: datetime) -> Select[Any]:
    """The numbers of `my_usage`: one row a day, model and package (`cut`), which `key` names.

    Columns: cut, key (str), runs, failures, credits, tokens, timed (int64), duration_sum,
    duration_spread and credit_spread (float64: standard deviations of a run, 0 below two), uid and
    name (of a package that is still registered, else null).
    """
    return _usage_sql(viewer).params(_asked(days, now))


def _asked(days: int, now: datetime) -> dict[str, object]:
    """The parameters of a question; all zones' days lie between `since` and `until`."""
    since, until = now - timedelta(days=days + 1), now + ONE_DAY
    return {"days": days, "now": now, "since": since, "until": until}


@built_once
def _usage_sql(viewer: Viewer) -> Select[Any]:
    mine = _mine(viewer)
    nothing = (cast(null(), Uuid).label("uid"), cast(null(), Text).label("name"))
    named = (mine.c.uid, mine.c.name)
    package = _part(mine, "package", cast(mine.c.package_id, Text))
    parts = union_all(
        _part(mine, "day", cast(mine.c.day, Text)).add_columns(*nothing),
        _part(mine, "model", mine.c.model).add_columns(*nothing),
        package.add_columns(*named).group_by(*named),
    ).subquery("parts")
    return select(parts).order_by(parts.c.cut, parts.c.runs.desc(), parts.c.key)


def _mine(viewer: Viewer) -> CTE:
    r = visible_run_packages(viewer)
    day = _day_of(r.c.occurred_at)
    ran = (r.c.package_id, r.c.model, r.c.ok, r.c.credits, r.c.tokens, r.c.duration_ms)
    query = select(day.label("day"), *ran, r.c.uid, r.c.name)
    query = query.join(projects, projects.c.id == r.c.project_id)
    around = r.c.occurred_at.between(SINCE, UNTIL)
    return query.where(r.c.kind == "run", around, _within(day)).cte("mine")


def _part(mine: CTE, cut: str, key: ColumnElement[str]) -> Select[Any]:
    spreads = (func.stddev_samp(mine.c.duration_ms), func.stddev_samp(mine.c.credits))
    duration_spread, credit_spread = (func.coalesce(each, 0.0) for each in spreads)
    return select(
        literal(cut).label("cut"),
        key.label("key"),
        func.count().label("runs"),
        func.count().filter(not_(mine.c.ok)).label("failures"),
        func.sum(mine.c.credits).label("credits"),
        func.coalesce(func.sum(mine.c.tokens), 0).label("tokens"),
        func.count(mine.c.duration_ms).label("timed"),
        func.coalesce(func.sum(mine.c.duration_ms), 0.0).label("duration_sum"),
        duration_spread.label("duration_spread"),
        credit_spread.label("credit_spread"),
    ).group_by(key)


def _day_of(moment: ColumnElement[datetime]) -> ColumnElement[date]:
    return cast(func.timezone(projects.c.timezone, moment), Date)


def _within(day: ColumnElement[date]) -> ColumnElement[bool]:
    today = _day_of(NOW)
    return day.between(today - (DAYS - 1), today)


def _range(conn: Connection, viewer: Viewer, days: int, now: datetime) -> tuple[date, date]:
    """The first and the last day of the range over all projects, half-open."""
    ours = [project_id for project_id, _ in viewer.actors]
    zones = conn.execute(ZONES, {"projects": ours}).scalars().all()
    todays = [now.astimezone(ZoneInfo(zone)).date() for zone in zones or ["UTC"]]
    return min(todays) - timedelta(days=days - 1), max(todays) + ONE_DAY


def _daily(by_day: dict[date, Row[Any]], start: date, end: date) -> tuple[DayUse, ...]:
    days = [start + timedelta(days=number) for number in range((end - start).days)]
    found = ((day, by_day.get(day)) for day in days)
    return tuple(
        DayUse(day, row.runs, row.credits) if row else DayUse(day, 0, 0) for day, row in found
    )


def _models(rows: Iterable[Row[Any]]) -> tuple[ModelUse, ...]:
    return tuple(
        ModelUse(
            row.key,
            row.runs,
            row.failures,
            row.credits,
            row.timed,
            row.duration_sum / row.timed if row.timed else None,
            row.duration_spread,
            float(row.credit_spread),
        )
        for row in rows
    )


def _packages(
    conn: Connection, viewer: Viewer, asked: dict[str, object], rows: list[Row[Any]]
) -> tuple[PackageUse, ...]:
    """The packages in the order of the rows; those that are no longer registered are left out."""
    if not rows:
        return ()
    given = {row.package_id: row for row in ask(conn, viewer, _rated_sql, **asked)}
    stars = ((row, given.get(int(row.key))) for row in rows if row.uid)
    return tuple(
        PackageUse(
            row.uid,
            row.name,
            row.runs,
            row.credits,
            float(each.rating) if each else None,
            each.ratings if each else 0,
        )
        for row, each in stars
    )


@built_once
def _rated_sql(viewer: Viewer) -> Select[Any]:
    """The mean and number of one's own ratings of each package: package_id, rating, ratings."""
    f = visible_own_feedback(viewer)
    mean, number = func.avg(f.c.score).label("rating"), func.count().label("ratings")
    given = select(f.c.package_id, mean, number).join(projects, projects.c.id == f.c.project_id)
    stars = (f.c.package_id.is_not(None), f.c.kind == "rating", f.c.score.is_not(None))
    around = f.c.said_at.between(SINCE, UNTIL)
    return given.where(*stars, around, _within(_day_of(f.c.said_at))).group_by(f.c.package_id)
