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
    Row,
    Select,
    Text,
    cast,
    func,
    literal,
    not_,
    select,
    union_all,
)

from analytics.community.efficiency import ModelUse
from analytics.scope import Viewer, visible_own_feedback, visible_own_runs, visible_run_packages
from db.tables import projects

ONE_DAY = timedelta(days=1)


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
    rows = conn.execute(my_usage_sql(viewer, days, now)).all() if viewer.actors else []
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
        _packages(conn, viewer, days, now, [row for row in rows if row.cut == "package"]),
    )


def my_usage_sql(viewer: Viewer, days: int, now: datetime) -> Select[Any]:
    """The numbers of `my_usage`: one row a day, model and package (`cut`), which `key` names.

    Columns: cut, key (str), runs, failures, credits, tokens, timed (int64), duration_sum,
    duration_spread and credit_spread (float64: standard deviations of a run, 0 below two).
    """
    mine = _mine(viewer, days, now)
    parts = union_all(
        _part(mine, "day", cast(mine.c.day, Text)),
        _part(mine, "model", mine.c.model),
        _part(mine, "package", cast(mine.c.package_id, Text)),
    ).subquery("parts")
    return select(parts).order_by(parts.c.cut, parts.c.runs.desc(), parts.c.key)


def _mine(viewer: Viewer, days: int, now: datetime) -> CTE:
    r = visible_own_runs(viewer)
    day = _day_of(r.c.occurred_at)
    ran = (r.c.package_id, r.c.model, r.c.ok, r.c.credits, r.c.tokens, r.c.duration_ms)
    query = select(day.label("day"), *ran).join(projects, projects.c.id == r.c.project_id)
    around = r.c.occurred_at.between(now - timedelta(days=days + 1), now + ONE_DAY)
    return query.where(r.c.kind == "run", around, _within(day, days, now)).cte("mine")


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


def _within(day: ColumnElement[date], days: int, now: datetime) -> ColumnElement[bool]:
    today = _day_of(literal(now))
    return day.between(today - (days - 1), today)


def _range(conn: Connection, viewer: Viewer, days: int, now: datetime) -> tuple[date, date]:
    """The first and the last day of the range over all projects, half-open."""
    ours = projects.c.id.in_({project_id for project_id, _ in viewer.actors})
    zones = conn.execute(select(projects.c.timezone).where(ours).distinct()).scalars().all()
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
    conn: Connection, viewer: Viewer, days: int, now: datetime, rows: list[Row[Any]]
) -> tuple[PackageUse, ...]:
    """The packages in the order of the rows; those that are no longer registered are left out."""
    if not rows:
        return ()
    ran = [int(row.key) for row in rows]
    known = {row.id: row for row in conn.execute(_rated_sql(viewer, days, now, ran))}
    pairs = ((known.get(int(row.key)), row) for row in rows)
    return tuple(
        PackageUse(
            each.uid,
            each.name,
            row.runs,
            row.credits,
            each.rating and float(each.rating),
            each.ratings,
        )
        for each, row in pairs
        if each
    )


def _rated_sql(viewer: Viewer, days: int, now: datetime, ran: list[int]) -> Select[Any]:
    """Of these packages id, uid, name, and the mean and number of one's own ratings."""
    p, f = visible_run_packages(viewer), visible_own_feedback(viewer)
    mean, number = func.avg(f.c.score).label("rating"), func.count().label("ratings")
    given = select(f.c.package_id, mean, number).join(projects, projects.c.id == f.c.project_id)
    stars = (f.c.package_id.is_not(None), f.c.kind == "rating", f.c.score.is_not(None))
    around = f.c.said_at.between(now - timedelta(days=days + 1), now + ONE_DAY)
    counted = given.where(*stars, around, _within(_day_of(f.c.said_at), days, now))
    r = counted.group_by(f.c.package_id).subquery("rated")
    ratings = func.coalesce(r.c.ratings, 0).label("ratings")
    found = select(p.c.id, p.c.uid, p.c.name, r.c.rating, ratings).select_from(
        p.outerjoin(r, r.c.package_id == p.c.id)
    )
    return found.where(p.c.id.in_(ran))
