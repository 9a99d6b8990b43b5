"""What is published of any population is what plain Python makes of it, in whatever pieces."""

from dataclasses import replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.access import create_project
from db.tables import published_cells
from jobs.publishing import passes, publish
from tests.conftest import undone
from tests.jobs.publishing.population import (
    FIRST,
    Chance,
    all_blocks,
    drawn,
    morning,
    mornings,
    settle,
    store,
)
from tests.jobs.publishing.reference import Stack, organisation_is_enough, package_is_enough
from tests.thorough import cases, thorough

MORNINGS = 32
PACKAGE = [("version", "model"), ("country",), ("platform",), ("error_type",)]
ORGANISATION = [("team",), ("package",), ("model",)]

chances = st.builds(
    Chance,
    seed=st.integers(0, 10**6),
    people=st.integers(5, 40),
    runs=st.integers(10, 300),
    days=st.integers(1, 12),
    organisations=st.integers(0, 3),
    released=st.integers(0, 9),
    late=st.sampled_from([0.0, 0.1, 0.5]),
    told=st.sampled_from([0.0, 0.2, 0.9]),
    failing=st.sampled_from([0.0, 0.1, 0.4]),
)


def stored(conn, project):
    """All blocks as the reference makes them, by owner."""
    found = {}
    c = published_cells.c
    sums = (c.n, c.failures, c.timed, c.metered, c.tokens, c.duration_sum)
    for row in all_blocks(conn, project):
        ours = select(c["keys"], c.people, *sums).where(c.block_id == row.id)
        cells = {tuple(keys): tuple(numbers) for keys, *numbers in conn.execute(ours)}
        days = ((day - FIRST).days for day in (row.first_day, row.last_day))
        found.setdefault((row.owner, row.owner_id), []).append((row.cut, *days, cells))
    return found


def expected(ran, places, arrivals):
    """What the reference makes of the same, morning by morning."""
    stacks = {("package", each): Stack(PACKAGE, package_is_enough) for each in places.packages}
    stacks |= {
        ("organisation", each): Stack(ORGANISATION, organisation_is_enough)
        for each in places.organisations
    }
    for day, arrived in arrivals:
        known = [_with_ids(each, places) for each in arrived]
        for (owner, number), stack in stacks.items():
            stack.publish([each for each in known if getattr(each, owner) == number], day - 1)
    return {owner: stack.made for owner, stack in stacks.items() if stack.made}


def _with_ids(ran, places):
    organisation = places.organisations[ran.organisation - 1] if ran.organisation else 0
    return replace(ran, package=places.packages[ran.package], organisation=organisation)


def in_order(found):
    """The same with the cells of each block in order."""
    return {
        owner: sorted((cut, first, last, sorted(cells.items())) for cut, first, last, cells in made)
        for owner, made in found.items()
    }


@thorough
@settings(max_examples=cases(20), phases=[Phase.generate])
@given(chances)
def test_morning_by_morning_what_is_published_is_what_plain_python_makes_of_it(module_conn, how):
    with undone(module_conn):
        project = create_project(module_conn, "many", consent="opt-out", retention_months=None)
        ran = drawn(how)
        places = settle(module_conn, project, how, ran)
        arrivals = list(mornings(module_conn, project, places, ran, MORNINGS))
        made = stored(module_conn, project)
        assert in_order(made) == in_order(expected(ran, places, arrivals))


@thorough
@settings(max_examples=cases(10), phases=[Phase.generate])
@given(chances, st.sampled_from([1, 20, 20_000]))
def test_all_days_at_once_make_the_same_blocks_as_one_morning_each(module_conn, how, rows):
    """Where nothing comes late; however many rows are taken in a turn."""
    how = replace(how, late=0.0)
    with undone(module_conn):
        project = create_project(module_conn, "many", consent="opt-out", retention_months=None)
        ran = drawn(how)
        places = settle(module_conn, project, how, ran)
        with undone(module_conn):
            list(mornings(module_conn, project, places, ran, MORNINGS))
            each = stored(module_conn, project)
        store(module_conn, project, places, ran)
        before, passes.ROWS_A_TURN = passes.ROWS_A_TURN, rows
        try:
            publish(module_conn, morning(MORNINGS))
        finally:
            passes.ROWS_A_TURN = before
        assert in_order(stored(module_conn, project)) == in_order(each)
