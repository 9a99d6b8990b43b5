"""Journeys of stored events, and the statement behind them."""

import pytest

from analytics.measures.packs import kinds_of
from analytics.product.journeys.asking import Journey
from analytics.product.journeys.flow import journeys
from analytics.product.journeys.query import journeys_sql, paths_sql
from analytics.scope import PUBLIC
from tests.analytics.product.journeys import reference
from tests.analytics.product.sessions.stored import NIGHTS, by_reference, pasted, visited
from tests.analytics.reference import anyone, asking
from tests.conftest import undone

ASKED = (
    Journey(),
    Journey(direction="before", steps=3, top=2),
    Journey("view", steps=5, top=2),
    Journey("view", "pricing", "before", steps=4, top=3),
    Journey("open", level="name", steps=8, top=1),
    Journey("buy", "", steps=3),
    Journey("never"),
)


@pytest.fixture(scope="module", params=list(NIGHTS)[:2])
def busy(request, module_conn):
    with undone(module_conn):
        yield visited(module_conn, request.param)


@pytest.mark.parametrize("journey", ASKED)
def test_stored_events_flow_as_the_reference_says(conn, busy, journey):
    project, filters = busy
    kinds = kinds_of(conn, anyone(project), project.id).set_index("id")
    pairs = {number: (row["name"], row["subject"]) for number, row in kinds.iterrows()}
    found = journeys(conn, anyone(project), filters, journey)
    own = [[pairs[e.kind] for e in session] for session in by_reference(conn, project, filters)]
    nodes, edges = reference.flow(own, journey)
    rows = found.nodes[["step", "node", "sessions"]].itertuples(index=False, name=None)
    assert {(step, node): n for step, node, n in rows} == nodes
    rows = found.edges[["step", "source", "target", "sessions"]].itertuples(index=False, name=None)
    assert {tuple(key): n for *key, n in rows} == edges


@pytest.mark.parametrize("journey", ASKED)
@pytest.mark.parametrize("more", [{}, {"platform": ("web", "ios")}])
def test_the_statement_gives_the_edges(conn, busy, journey, more):
    project, filters = busy
    filters = asking(project, filters.start, filters.end, **more)
    ours = journeys(conn, anyone(project), filters, journey).edges
    theirs = pasted(conn, journeys_sql(anyone(project), filters, journey))
    wanted = {row[:3]: (row[3], pytest.approx(row[4])) for row in theirs}
    rows = ours.itertuples(index=False, name=None)
    assert {row[:3]: (row[3], row[4]) for row in rows} == wanted


@pytest.mark.parametrize("journey", ASKED)
def test_the_statement_gives_the_commonest_paths(conn, busy, journey):
    project, filters = busy
    ours = journeys(conn, anyone(project), filters, journey).paths
    theirs = pasted(conn, paths_sql(anyone(project), filters, journey))
    assert [(tuple(path), n) for path, n, _ in theirs] == [(p.nodes, p.sessions) for p in ours]
    assert [share for *_, share in theirs] == pytest.approx([path.share for path in ours])
    assert bool(ours) == (journey.name != "never")


def test_a_stranger_gets_the_columns_and_no_row(conn, busy):
    project, filters = busy
    ours = journeys(conn, anyone(project), filters, Journey())
    theirs = journeys(conn, PUBLIC, filters, Journey())
    assert (theirs.sessions, theirs.of, theirs.ways, theirs.paths) == (0, 0, (), ())
    for name in ("nodes", "edges"):
        assert getattr(theirs, name).empty
        assert getattr(theirs, name).dtypes.to_dict() == getattr(ours, name).dtypes.to_dict()
