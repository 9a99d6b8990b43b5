"""Estimates of requests and themes: what is kept, and what is refused."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, update

from db.errors import BadEstimate, UnknownItem
from db.roadmap import TABLES, Estimate, estimate
from db.tables import requests, themes

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def items(conn, project):
    """The ids of a request and of a theme, by their kind."""
    request = {"project_id": project.id, "actor_key": 1, "title": "Faster", "asked_at": NOW}
    theme = {"project_id": project.id, "kind": "pain", "name": "slow", "terms": {}}
    made = {"request": (requests, request), "theme": (themes, theme | {"found_at": NOW})}
    return {
        kind: conn.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
        for kind, (table, values) in made.items()
    }


def kept(conn, kind, item):
    table = TABLES[kind]
    chosen = select(table.c.effort, table.c.confidence).where(table.c.id == item)
    return tuple(conn.execute(chosen).one())


@pytest.mark.parametrize("kind", TABLES)
def test_what_is_entered_is_kept_and_can_be_taken_back(conn, project, items, kind):
    estimate(conn, project.id, kind, items[kind], Estimate(3.5, 0.8))
    assert kept(conn, kind, items[kind]) == (3.5, 0.8)
    estimate(conn, project.id, kind, items[kind], Estimate())
    assert kept(conn, kind, items[kind]) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [Estimate(0, 0.5), Estimate(-1), Estimate(521), Estimate(float("nan")), Estimate(1, 0),
     Estimate(1, 1.01), Estimate(1, float("nan"))],
)  # fmt: skip
def test_what_can_not_be_is_refused(conn, project, items, wrong):
    with pytest.raises(BadEstimate):
        estimate(conn, project.id, "request", items["request"], wrong)
    assert kept(conn, "request", items["request"]) == (None, None)


@pytest.mark.parametrize("kind", TABLES)
def test_another_projects_item_is_unknown(conn, berlin, items, kind):
    with pytest.raises(UnknownItem):
        estimate(conn, berlin.id, kind, items[kind], Estimate(1))


@pytest.mark.parametrize("kind", TABLES)
def test_what_was_merged_has_no_estimate_of_its_own(conn, project, items, kind):
    table = TABLES[kind]
    conn.execute(update(table).values(merged_into=table.c.id))
    with pytest.raises(UnknownItem):
        estimate(conn, project.id, kind, items[kind], Estimate(1))
