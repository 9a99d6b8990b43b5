"""Combinations of dimensions are read once, then those that came since; all told as they are."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from analytics.filters import NOT_SET, BadFilters, Filters
from analytics.measures.cells import NONE, Cells, load_cells
from analytics.scope import PUBLIC
from db.tables import DIMENSIONS
from tests.analytics.reference import anyone
from tests.conftest import undone
from tests.written import platforms_of

TEXTS = st.sampled_from([NOT_SET, "web", "Zürich", "10.2", "10.10", "a,b"])
COMBINATIONS = st.lists(st.tuples(*[TEXTS] * len(DIMENSIONS)), unique=True, max_size=12)


@pytest.fixture
def read(conn):
    """The id with which each statement on the cells has begun."""
    begun = []

    def note(_conn, _cursor, statement, values, *_):
        if "FROM cells" in statement and "id_1" in values:
            begun.append(values["id_1"])

    event.listen(conn, "before_cursor_execute", note)
    yield begun
    event.remove(conn, "before_cursor_execute", note)


def those(rows):
    """Cells of these combinations, whose ids have gaps; and what each of them has, by its id."""
    told = {3 + 2 * place: dict(zip(DIMENSIONS, row, strict=True)) for place, row in rows}
    frame = pd.DataFrame([{"id": number, **row} for number, row in told.items()])
    return Cells.of(frame) if rows else NONE, told


def platforms(conn, project, viewer=None):
    return list(load_cells(conn, viewer or anyone(project), project.id).by("platform"))


@given(COMBINATIONS, st.integers(0, 12), st.sampled_from(DIMENSIONS))
def test_what_is_read_in_pieces_is_told_as_it_was_seen(rows, cut, dimension):
    placed = list(enumerate(rows))
    (first, earlier), (more, later) = those(placed[:cut]), those(placed[cut:])
    both, told = first.with_more(more), earlier | later
    values = sorted({row[dimension] for row in told.values()})
    assert both.labels(dimension) == values
    assert {value: ids.tolist() for value, ids in both.by(dimension).items()} == {
        value: [number for number, row in told.items() if row[dimension] == value]
        for value in values
    }
    entries = np.array([*told, *told], np.int32)
    codes = both.codes(entries, dimension)
    assert [values[code] for code in codes] == [told[number][dimension] for number in entries]
    assert both.last == max(told, default=0)


@given(COMBINATIONS, st.data())
def test_filters_keep_the_combinations_that_have_all_that_is_asked_for(rows, data):
    found, told = those(list(enumerate(rows)))
    wanted = {
        name: tuple(data.draw(st.lists(TEXTS, min_size=1)))
        for name in data.draw(st.sets(st.sampled_from(DIMENSIONS)))
    }
    now = datetime(2026, 3, 3, tzinfo=UTC)
    filters = Filters(1, "UTC", "opt-out", date(2026, 3, 1), date(2026, 3, 2), now, **wanted)
    expected = [
        number
        for number, row in told.items()
        if all(row[name] in values for name, values in wanted.items())
    ]
    assert found.kept(filters).tolist() == expected


@given(COMBINATIONS.filter(bool), st.data())
def test_entries_are_parted_by_the_value_of_their_combination(rows, data):
    found, told = those(list(enumerate(rows)))
    entries = data.draw(st.lists(st.sampled_from(sorted(told)), max_size=30))
    parts = found.parts(np.array(entries, np.int32), "country")
    assert list(parts) == sorted({told[number]["country"] for number in entries})
    for value, places in parts.items():
        expected = [p for p, number in enumerate(entries) if told[number]["country"] == value]
        assert places.tolist() == expected


def test_all_are_read_once_and_then_those_that_came_since(conn, project, add_events, read):
    add_events(project, "u1 open 2026-03-02T10:00Z platform=web")
    assert [platforms(conn, project) for _ in range(2)] == [["web"]] * 2
    add_events(project, "u1 open 2026-03-02T10:00Z platform=ios")
    assert [platforms(conn, project) for _ in range(2)] == [["ios", "web"]] * 2
    first, last = platforms_of(conn, project)
    assert read == [0, first, first, last]


def test_those_of_each_project_are_its_own(conn, project, berlin, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z platform=web")
    add_events(berlin, "u1 open 2026-03-02T10:00Z platform=ios")
    add_events(project, "u1 open 2026-03-02T10:00Z platform=cli")
    assert platforms(conn, project) == ["cli", "web"]
    assert platforms(conn, berlin) == ["ios"]


def test_what_is_remembered_is_shown_to_no_stranger(conn, project, berlin, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z platform=web")
    assert platforms(conn, project) == ["web"]
    assert platforms(conn, project, PUBLIC) == []
    assert platforms(conn, project, anyone(berlin)) == []


def test_what_was_taken_back_is_forgotten(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z platform=web")
    with undone(conn):
        add_events(project, "u1 open 2026-03-02T10:00Z platform=ios")
        assert platforms(conn, project) == ["ios", "web"]
    add_events(project, "u1 open 2026-03-02T10:00Z platform=cli")
    assert platforms(conn, project) == ["cli", "web"]


@pytest.mark.parametrize(
    "asked",
    [
        lambda found: found.by("subject"),
        lambda found: found.labels("subject"),
        lambda found: found.codes(np.array([1], np.int32), "subject"),
        lambda found: found.parts(np.array([1], np.int32), "subject"),
    ],
)
def test_what_is_no_dimension_is_refused(asked):
    with pytest.raises(BadFilters, match="not by 'subject'"):
        asked(NONE)
