"""The events of an online shop, as retentioneering published them, against pandas."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import URL, Engine, func, select

from db.access import create_project
from db.engine import make_engine
from db.tables import actor_day, event_day, events
from ingest_api.importing import Imported, import_events
from jobs.catching_up import catch_up
from tests.thorough import thorough

FILE = Path(__file__).parents[4] / "shared" / "data" / "ecom.csv.gz"
MAPPING = (
    "name=event,actor=user_id,session=session_id,occurred_at=timestamp,platform=platform,"
    "channel=acquisition_channel"
)
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="../shared/data/ecom.csv.gz is not here")


@pytest.fixture
def shop(own_database: URL) -> Iterator[Engine]:
    """A database with the project 'shop', which asks for consent as all do by default."""
    engine = make_engine(own_database)
    with engine.begin() as conn:
        create_project(conn, "shop", retention_months=None)
    yield engine
    engine.dispose()


def imported(engine: Engine) -> Imported:
    return import_events(engine.url, FILE, "shop", MAPPING, None, lambda *_: None)


def by_day(engine: Engine, column: object, table: object) -> dict[str, int]:
    query = select(table.c.day, column).group_by(table.c.day)
    with engine.connect() as conn:
        return {str(day): count for day, count in conn.execute(query)}


def test_it_comes_in_completely_and_agrees_with_pandas_day_by_day(shop):
    file = pd.read_csv(FILE, parse_dates=["timestamp"])
    days = file.groupby(file["timestamp"].dt.strftime("%Y-%m-%d"))
    whole = select(
        func.count(),
        func.count(events.c.actor_key.distinct()),
        func.count(events.c.session_key.distinct()),
        func.min(events.c.occurred_at),
        func.max(events.c.occurred_at),
    )

    result = imported(shop)
    catch_up(shop)

    assert (result.rows, result.accepted, result.people_granted) == (31_106, 31_106, 600)
    assert (result.dropped, result.rejected) == ({}, {})
    with shop.connect() as conn:
        count, actors, sessions, first, last = conn.execute(whole).one()
    assert (count, actors, sessions) == (31_106, 600, 3_605)
    assert (f"{first:%F}", f"{last:%F}") == ("2024-01-04", "2024-06-29")
    assert by_day(shop, func.sum(event_day.c.n), event_day) == days.size().to_dict()
    uniques = func.count(actor_day.c.actor_key.distinct())
    assert by_day(shop, uniques, actor_day) == days["user_id"].nunique().to_dict()
    columns = [events.c.name, events.c.platform, events.c.channel]
    with shop.connect() as conn:
        rows = conn.execute(select(*columns, func.count()).group_by(*columns))
        found = {tuple(kind): count for *kind, count in rows}
    kinds = file.groupby(["event", "platform", "acquisition_channel"])
    assert found == kinds.size().to_dict()


@thorough
def test_a_second_import_adds_nothing(shop):
    imported(shop)
    again = imported(shop)

    assert (again.accepted, again.duplicates, again.people_granted) == (0, 31_106, 0)
    assert again.told() == (
        "Read 31,106 rows, stored 0 events in 'shop'. 31,106 were stored before."
    )
    with shop.connect() as conn:
        assert conn.execute(select(func.count()).select_from(events)).scalar() == 31_106
        assert conn.execute(select(events.c.properties).distinct()).scalars().all() == [None]
