"""The events of an online shop, as retentioneering published them, against loops over the file."""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import URL, Connection

from analytics.filters import Filters
from analytics.product.funnels.asking import conversion
from analytics.product.funnels.definition import Funnel, Step
from analytics.product.retention import curves, retention
from db.access import Project, create_project
from db.engine import make_engine
from ingest_api.importing import import_events
from jobs.catching_up import catch_up
from tests.analytics.reference import anyone, asking
from tests.conftest import drop_database, make_database

FILE = Path(__file__).parents[4] / "shared" / "data" / "ecom.csv.gz"
MAPPING = "name=event,actor=user_id,session=session_id,occurred_at=timestamp,platform=platform"
STEPS = ("home", "product_view", "add_to_cart", "purchase")
START, END = date(2024, 1, 1), date(2024, 7, 1)  # a Monday and a Monday
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="../shared/data/ecom.csv.gz is not here")

Visits = dict[str, list[tuple[datetime, str]]]


@pytest.fixture(scope="module")
def visits() -> Visits:
    """What each person of the file did, in order of time."""
    done: Visits = {}
    with gzip.open(FILE, "rt") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC)
            done.setdefault(row["user_id"], []).append((at, row["event"]))
    return {who: sorted(events) for who, events in done.items()}


@pytest.fixture(scope="module")
def shop(server: URL) -> Iterator[tuple[Connection, Project]]:
    """The file, imported and rolled up."""
    url = make_database(server)
    engine = make_engine(url)
    with engine.begin() as conn:
        project = create_project(conn, "shop", retention_months=None)
    import_events(url, FILE, "shop", MAPPING, None, lambda *_: None)
    catch_up(engine)
    with engine.connect() as conn:
        yield conn, project
    engine.dispose()
    drop_database(url, server)


def filters(project: Project, **more: object) -> Filters:
    return asking(project, START, END, **more)


# A funnel -------------------------------------------------------------------------------------


def furthest(events: list[tuple[datetime, str]], window: timedelta) -> list[datetime]:
    """When the steps of a person's furthest chain were done; of several, the one begun last."""
    best: list[datetime] = []
    for entered in [at for at, name in events if name == STEPS[0]]:
        chain = [entered]
        for step in STEPS[1:]:
            times = [at for at, name in events if name == step]
            next_one = [at for at in times if chain[-1] <= at <= entered + window]
            if not next_one:
                break
            chain.append(min(next_one))
        if len(chain) >= len(best):
            best = chain
    return best


@pytest.mark.parametrize("window", [timedelta(minutes=30), timedelta(days=1), timedelta(days=14)])
def test_home_to_purchase_is_what_loops_count(shop, visits, window):
    conn, project = shop
    chains = [furthest(events, window) for events in visits.values()]
    reached = [sum(len(chain) > step for chain in chains) for step in range(len(STEPS))]
    took = [chain[-1] - chain[0] for chain in chains if len(chain) == len(STEPS)]

    funnel = Funnel(tuple(Step(name) for name in STEPS), window=window)
    report = conversion(conn, anyone(project), filters(project), funnel)

    assert reached[0] > reached[1] > reached[2] > reached[3] > 0
    assert report.steps["actors"].tolist() == reached
    assert report.median_seconds == pytest.approx(median(took).total_seconds(), abs=0.01)


# Weekly retention -----------------------------------------------------------------------------


def week(at: datetime) -> int:
    """Weeks since the first Monday."""
    return (at.date() - START).days // 7


def test_weekly_retention_is_what_loops_count(shop, visits):
    conn, project = shop
    expected: dict[tuple[int, int], int] = {}
    for events in visits.values():
        first = week(events[0][0])
        for active in {week(at) for at, _ in events}:
            expected[first, active - first] = expected.get((first, active - first), 0) + 1

    cells = retention(conn, anyone(project), filters(project, grain="week"))

    cohort = (cells["cohort"].dt.date.map(lambda day: (day - START).days // 7)).tolist()
    found = zip(cohort, cells["interval"], cells["actors"], cells["size"], strict=True)
    for first, interval, actors, size in found:
        assert actors == expected.pop((first, interval), 0)
        assert interval or size == actors
    assert not expected


def test_the_average_of_weekly_retention_is_weighted_by_cohort_size(shop, visits):
    conn, project = shop
    weeks = (END - START).days // 7
    firsts = {who: week(events[0][0]) for who, events in visits.items()}

    averages = curves(retention(conn, anyone(project), filters(project, grain="week")))

    for row in averages.itertuples():
        old = [who for who, first in firsts.items() if first + row.interval < weeks]
        back = [
            who
            for who in old
            if any(week(at) == firsts[who] + row.interval for at, _ in visits[who])
        ]
        assert (row.size, row.actors) == (len(old), len(back))
