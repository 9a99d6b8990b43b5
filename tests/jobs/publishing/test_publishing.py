"""From runs to blocks: when days are published, what is kept of them, and what waits."""

from datetime import UTC, datetime

from sqlalchemy import select

from db.tables import (
    published_blocks,
    published_cells,
    runs,
    unpublished,
)
from jobs.publishing import feed, publish
from tests.runs_written import write_runs

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def run(conn, project, *lines):
    """Store these runs and feed what waits; `a-e` is five people."""
    each = [f"{who} {rest}" for line in lines for who, rest in _spread(line)]
    ids = write_runs(conn, project, *each)
    feed(conn, runs.c.run_id.in_(ids))


def _spread(line):
    who, rest = line.split(" ", 1)
    first, _, last = who.partition("-")
    return [(chr(code), rest) for code in range(ord(first), ord(last or first) + 1)]


def blocks(conn, cut="", owner="package", stream="runs"):
    """The days of each block of totals, or of a cut."""
    b = published_blocks.c
    ours = select(b.first_day, b.last_day).where(b.owner == owner, b.stream == stream, b.cut == cut)
    return [(r.first_day.day, r.last_day.day) for r in conn.execute(ours.order_by(b.id))]


def cells(conn, cut, owner="package", stream="runs"):
    """Keys, people and runs of every cell of a cut, in the order of blocks."""
    b, c = published_blocks.c, published_cells.c
    query = select(c["keys"], c.people, c.n).join(published_blocks, b.id == c.block_id)
    ours = query.where(c.cut == cut, b.owner == owner, b.stream == stream)
    return [(*r[0], r.people, r.n) for r in conn.execute(ours.order_by(b.id, c["keys"]))]


def waiting(conn):
    return len(conn.execute(select(unpublished.c.day)).all())


def test_a_day_of_five_people_is_published_when_it_is_over(conn, project):
    run(
        conn,
        project,
        "a-e review 2026-03-18T10:00Z version=1",
        "a review 2026-03-18T11:00Z version=1",
    )
    assert publish(conn, NOW) > 0
    assert blocks(conn) == [(18, 18)]
    assert cells(conn, "") == [(5, 6)]
    assert waiting(conn) == 0
