"""From runs and ratings through rollup and publication to the figures, against plain Python."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import mean
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from analytics.community.packages import package_stats
from analytics.scope import PUBLIC
from db.access import create_project, project_secret
from db.identity import actor_key
from db.tables import feedback, packages, runs
from jobs.publishing import feed, publish
from tests.runs_written import write_runs

BERLIN = ZoneInfo("Europe/Berlin")
LAST = date(2026, 3, 31)  # two days after the clock was set forward
DAYS, PEOPLE = 15, [f"p{number}" for number in range(9)]
NOW = datetime(2026, 4, 1, 8, tzinfo=BERLIN)
VERSIONS, MODELS = ("1.0.0", "2.0.0"), ("m1", "m2")


@dataclass(frozen=True)
class Ran:
    """A run as it happened."""

    who: str
    at: datetime
    version: str
    model: str
    ok: bool
    duration: int
    tokens: int

    @property
    def day(self):
        return self.at.astimezone(BERLIN).date()

    @property
    def line(self):
        return (
            f"{self.who} reviewer {self.at.isoformat()} version={self.version} model={self.model}"
            f" ok={int(self.ok)} duration={self.duration} tokens={self.tokens}"
        )


@dataclass(frozen=True)
class Rated:
    """A rating as it was given."""

    who: str
    day: date
    version: str
    score: int


def history():
    """Every day seven or more people run each version on each model, a few before midnight UTC."""
    dice = random.Random(6)
    for number in range(-1, DAYS):  # the first of them is today's
        day = LAST - timedelta(days=number)
        for version in VERSIONS:
            for model in MODELS:
                for who in dice.sample(PEOPLE, dice.randint(7, 9)):
                    hour, ok = dice.randrange(24), dice.random() < (0.98 if model == "m1" else 0.3)
                    at = datetime(day.year, day.month, day.day, hour, 30, tzinfo=BERLIN)
                    numbers = dice.randrange(500, 3_000), dice.randrange(100, 2_000)
                    yield Ran(who, at.astimezone(UTC), version, model, ok, *numbers)


RUNS = list(history())
RATINGS = [
    Rated(who, LAST - timedelta(days=number), version, 5 if version == "2.0.0" else 4)
    for number in range(3)
    for version in VERSIONS
    for who in PEOPLE
]


@pytest.fixture(scope="module")
def published(module_conn):
    conn = module_conn
    made = {"consent": "opt-out", "timezone": "Europe/Berlin", "retention_months": None}
    project = create_project(conn, "registry of Berlin", **made)
    write_runs(conn, project, *(run.line for run in RUNS))
    package = conn.execute(select(packages).where(packages.c.project_id == project.id)).one()
    said = {"project_id": project.id, "package_id": package.id, "kind": "rating"}
    for each in RATINGS:
        rating = {"app_version": each.version, "score": each.score}
        rating["said_at"] = datetime(each.day.year, each.day.month, each.day.day, 12, tzinfo=UTC)
        rating["actor_key"] = actor_key(project_secret(conn, project.id), each.who)
        conn.execute(insert(feedback).values(said | rating))
    feed(conn, runs.c.project_id == project.id)
    publish(conn, NOW)
    return package


def inside(days):
    return [run for run in RUNS if LAST - timedelta(days=days) < run.day <= LAST]


@pytest.mark.parametrize("days", [1, 7, 15, 365])
def test_the_figures_of_a_window_are_those_of_its_runs(conn, published, days):
    stats, ran = package_stats(conn, PUBLIC, str(published.uid), days), inside(days)
    assert stats.totals.n == len(ran)
    assert stats.people == len({run.who for run in ran}) // 5 * 5
    assert stats.totals.success == pytest.approx(mean(run.ok for run in ran))
    assert stats.totals.duration_ms == pytest.approx(mean(run.duration for run in ran))
    assert stats.totals.tokens_each == pytest.approx(mean(run.tokens for run in ran))


def test_the_first_run_of_a_day_of_the_project_is_not_one_of_the_day_before():
    assert any(run.at.date() != run.day for run in RUNS)


@pytest.mark.parametrize("column", ["model", "version"])
def test_a_breakdown_has_the_runs_of_each_value(conn, published, column):
    stats = package_stats(conn, PUBLIC, str(published.uid), 30)
    frame = getattr(stats, f"{column}s").set_index(column)
    for value in MODELS if column == "model" else VERSIONS:
        ran = [run for run in inside(30) if getattr(run, column) == value]
        assert frame.loc[value, "runs"] == len(ran)
        assert frame.loc[value, "success"] == pytest.approx(mean(run.ok for run in ran))
        assert frame.loc[value, "duration_ms"] == pytest.approx(mean(r.duration for r in ran))
    assert len(frame) == 2


def test_each_day_has_its_runs_and_its_people(conn, published):
    daily = package_stats(conn, PUBLIC, str(published.uid), 30).daily
    assert [(row.day.date(), row.runs, row.people) for row in daily.itertuples()] == [
        (day, sum(run.day == day for run in RUNS), 5)
        for day in (LAST - timedelta(days=number) for number in reversed(range(DAYS)))
    ]


def test_ratings_growth_and_the_best_model_follow_from_what_was_kept(conn, published):
    stats = package_stats(conn, PUBLIC, str(published.uid), 30)
    assert (stats.ratings.n, stats.ratings.rating) == (len(RATINGS), 4.5)
    assert list(stats.versions["rating"]) == [5.0, 4.0]
    week, two = len(inside(7)), len(inside(14))
    assert stats.growth.change == pytest.approx(week / (two - week) - 1)
    assert (stats.best_model.model, stats.best_model.second) == ("m1", "m2")


def test_what_was_run_today_is_not_told(conn, published):
    stats = package_stats(conn, PUBLIC, str(published.uid), 365)
    assert stats.package.published_until == LAST
    assert stats.totals.n == sum(run.day <= LAST for run in RUNS) < len(RUNS)
