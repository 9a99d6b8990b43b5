"""One's own runs, against a count of the same runs in plain Python."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import mean, stdev
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from analytics.community.person import DayUse, my_usage
from analytics.scope import PUBLIC, Viewer
from db.access import create_project, project_secret
from db.identity import actor_key
from db.tables import feedback, packages
from tests.runs_written import write_packages, write_runs
from tests.thorough import thorough

NOW = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)  # the 30th in Berlin, whose clocks went forward
ZONES = {"UTC": ZoneInfo("UTC"), "Europe/Berlin": ZoneInfo("Europe/Berlin")}


@dataclass(frozen=True)
class Ran:
    """A run as it happened."""

    who: str
    package: str
    at: datetime
    model: str
    kind: str
    ok: bool
    credits: int
    tokens: int | None
    duration: float | None

    @property
    def line(self):
        told = {"model": self.model, "kind": self.kind, "credits": self.credits}
        told |= {"ok": int(self.ok), "tokens": self.tokens, "duration": self.duration}
        said = " ".join(
            f"{name}={value}" for name, value in told.items() if value not in (None, "")
        )
        return f"{self.who} {self.package} {self.at.isoformat()} {said}"


def history(seed, runs=160):
    """Random runs of two people, on both sides of midnight and of the range."""
    dice = random.Random(seed)
    begin = NOW - timedelta(days=12)
    just_now = Ran("ada", "seo", NOW - timedelta(minutes=9), "gpt", "run", True, 2, 7, 900.0)
    return [just_now] + [
        Ran(
            dice.choice(["ada", "ada", "bob"]),
            dice.choice(["seo", "seo", "review", "lint"]),
            begin + timedelta(minutes=dice.randrange(12 * 24 * 60)),
            dice.choice(["sonnet", "gpt", ""]),
            dice.choice(["run", "run", "run", "download"]),
            dice.random() < 0.8,
            dice.choice([0, 1, 2]),
            dice.choice([None, 100, 250]),
            dice.choice([None, 1_000.0, 1_500.0]),
        )
        for _ in range(runs)
    ]


def as_viewer(conn, project, who):
    key = actor_key(project_secret(conn, project.id), who)
    actors = frozenset({(project.id, key)})
    return Viewer(1, "ada@example.org", "member", frozenset(), actors=actors)


def rate(conn, project, package, score, at, who="ada"):
    """A rating of a package by somebody."""
    mine = (packages.c.name == package) & (packages.c.project_id == project.id)
    said = {
        "project_id": project.id,
        "actor_key": actor_key(project_secret(conn, project.id), who),
        "kind": "rating",
        "said_at": at,
        "score": score,
        "package_id": conn.execute(select(packages.c.id).where(mine)).scalar_one(),
    }
    conn.execute(insert(feedback).values(said))


@thorough
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("days", [1, 7, 30])
def test_every_figure_is_what_a_count_by_hand_gives(conn, zone, days):
    project = create_project(conn, zone, consent="opt-out", timezone=zone, retention_months=None)
    happened = history(7)
    write_runs(conn, project, *(run.line for run in happened))
    found = my_usage(conn, as_viewer(conn, project, "ada"), days, NOW)

    today = NOW.astimezone(ZONES[zone]).date()
    start = today - timedelta(days=days - 1)
    mine = [
        run
        for run in happened
        if run.who == "ada"
        and run.kind == "run"
        and start <= run.at.astimezone(ZONES[zone]).date() <= today
    ]
    assert mine
    assert (found.start, found.end, found.days) == (start, today + timedelta(days=1), days)
    assert found.runs == len(mine)
    assert found.failures == sum(not run.ok for run in mine)
    assert found.credits == sum(run.credits for run in mine)
    assert found.tokens == sum(run.tokens or 0 for run in mine)
    timed = [run.duration for run in mine if run.duration]
    assert found.duration_ms == pytest.approx(mean(timed))
    assert found.daily == by_day(mine, zone, start, days)
    assert {each.model: shape(each) for each in found.models} == by_model(mine)
    assert [(each.name, each.runs, each.credits) for each in found.packages] == by_package(
        conn, project, mine
    )


def by_day(mine, zone, start, days):
    on = defaultdict(list)
    for run in mine:
        on[run.at.astimezone(ZONES[zone]).date()].append(run)
    each = [start + timedelta(days=number) for number in range(days)]
    return tuple(DayUse(day, len(on[day]), sum(run.credits for run in on[day])) for day in each)


def by_model(mine):
    on = defaultdict(list)
    for run in mine:
        on[run.model].append(run)
    return {model: expected(runs) for model, runs in on.items()}


def expected(runs):
    timed = [run.duration for run in runs if run.duration]
    credits = [run.credits for run in runs]
    return (
        len(runs),
        sum(not run.ok for run in runs),
        sum(credits),
        len(timed),
        pytest.approx(mean(timed)) if timed else None,
        pytest.approx(stdev(timed)) if len(timed) > 1 else 0.0,
        pytest.approx(stdev(credits)) if len(credits) > 1 else 0.0,
    )


def shape(model):
    return (
        model.runs,
        model.failures,
        model.credits,
        model.timed,
        model.duration_ms,
        model.duration_spread,
        model.credit_spread,
    )


def by_package(conn, project, mine):
    counted = defaultdict(list)
    for run in mine:
        counted[run.package].append(run)
    ours = select(packages.c.name, packages.c.id).where(packages.c.project_id == project.id)
    ids = {row.name: str(row.id) for row in conn.execute(ours)}
    order = sorted(counted, key=lambda name: (-len(counted[name]), ids[name]))
    return [(name, len(counted[name]), sum(run.credits for run in counted[name])) for name in order]


def test_the_favourites_are_those_with_most_runs(conn, project):
    lines = ["ada seo 2026-03-29T10:00Z model=gpt", "ada seo 2026-03-29T11:00Z"]
    write_runs(conn, project, *lines, "ada lint 2026-03-29T12:00Z")
    found = my_usage(conn, as_viewer(conn, project, "ada"), 30, NOW)
    assert (found.favourite_package, found.favourite_model) == ("seo", "gpt")
    assert found.models[0].model == ""


def test_one_s_own_stars_stand_beside_a_package(conn, project):
    write_runs(conn, project, "ada seo 2026-03-29T10:00Z", "bob seo 2026-03-29T10:00Z")
    rate(conn, project, "seo", 5, NOW)
    rate(conn, project, "seo", 4, NOW - timedelta(days=2))
    rate(conn, project, "seo", 1, NOW - timedelta(days=40))
    rate(conn, project, "seo", 1, NOW, who="bob")
    (found,) = my_usage(conn, as_viewer(conn, project, "ada"), 30, NOW).packages
    assert (found.rating, found.ratings) == (4.5, 2)


def test_a_private_package_has_its_name_for_who_ran_it(conn, project):
    write_packages(conn, project, "inner", public=False)
    write_runs(conn, project, "ada inner 2026-03-29T10:00Z")
    (found,) = my_usage(conn, as_viewer(conn, project, "ada"), 30, NOW).packages
    assert found.name == "inner"


def test_all_projects_that_know_somebody_count_each_on_its_own_calendar(conn, project, berlin):
    late = "ada seo 2026-03-29T22:10Z"  # the 30th in Berlin
    for place in (project, berlin):
        write_runs(conn, place, late)
    actors = as_viewer(conn, project, "ada").actors | as_viewer(conn, berlin, "ada").actors
    found = my_usage(conn, Viewer(1, "a@b.c", "member", frozenset(), actors=actors), 2, NOW)
    assert found.runs == 2
    assert [(each.day, each.runs) for each in found.daily if each.runs] == [
        (date(2026, 3, 29), 1),
        (date(2026, 3, 30), 1),
    ]


@pytest.mark.parametrize(
    "viewer",
    [PUBLIC, Viewer(1, "x@y.z", "admin", frozenset({1}))],
    ids=["the public", "an admin who is nobody's actor"],
)
def test_who_ran_nothing_sees_nothing(conn, project, viewer):
    write_runs(conn, project, "ada seo 2026-03-29T10:00Z", "- seo 2026-03-29T10:00Z")
    found = my_usage(conn, viewer, 30, NOW)
    assert (found.runs, found.daily, found.models, found.packages) == (0, (), (), ())
    assert (found.duration_ms, found.success, found.favourite_model) == (None, None, None)


def test_somebody_who_has_not_run_anything_yet_has_days_of_nothing(conn, project):
    found = my_usage(conn, as_viewer(conn, project, "ada"), 3, NOW)
    assert [each.runs for each in found.daily] == [0, 0, 0]


def test_another_s_runs_are_not_one_s_own(conn, project):
    write_runs(conn, project, "bob seo 2026-03-29T10:00Z credits=3")
    assert my_usage(conn, as_viewer(conn, project, "ada"), 30, NOW).credits == 0


def test_a_package_that_was_renamed_is_still_the_same(conn, project):
    write_runs(conn, project, "ada seo 2026-03-29T10:00Z")
    conn.execute(update(packages).where(packages.c.name == "seo").values(name="search"))
    (found,) = my_usage(conn, as_viewer(conn, project, "ada"), 30, NOW).packages
    assert found.name == "search"
