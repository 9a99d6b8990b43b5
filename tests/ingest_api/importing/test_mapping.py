"""Which column holds what, and how a mistake in that is told."""

import pytest

from db.errors import BadImport
from ingest_api.event import Reject
from ingest_api.importing.mapping import parse_mapping

COLUMNS = ("who", "what", "when", "where", "where", "took")
NEEDED = "name=what,actor=who,occurred_at=when"
ROW = {"who": "u1", "what": "open", "when": "2026-03-01T12:00:00"}


def mapping(text: str = NEEDED, mode: str = "opt-in"):
    return parse_mapping(text, COLUMNS, mode)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "which column is name"),
        ("name=what,actor=who", "which column is occurred_at"),
        ("name=what,occurred_at=when", "which column is actor, or at least session"),
        (NEEDED + ",platform=system", "no column 'system'. The file's columns are who, what"),
        (NEEDED + ",platform=where", "2 columns named 'where'"),
        (NEEDED + ",colour=where", "no field is named 'colour'; there are name"),
        (NEEDED + ",properties.=where", "no field is named 'properties.'"),
        (NEEDED + ",actor=what", "names the field 'actor' twice"),
        (NEEDED + ",plan", "'plan' has no column"),
        (NEEDED + ",plan=", "'plan' has no column"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(text, told):
    with pytest.raises(BadImport) as raised:
        mapping(text)
    assert told in str(raised.value)


def test_an_anonymous_project_needs_no_actor():
    assert mapping("name=what,occurred_at=when", "anonymous").column_of


def test_columns_that_are_not_mapped_and_cells_that_are_empty_are_left_out():
    chosen = mapping(NEEDED + ",duration_ms=took")
    for empty in ("", None, float("nan")):
        assert chosen.item(ROW | {"took": empty, "where": "secret"}) == {
            "user_id": "u1",
            "event_type": "open",
            "timestamp": "2026-03-01T12:00:00",
        }


def test_ids_that_pandas_turned_into_floats_are_whole_again():
    assert mapping().item(ROW | {"who": 12.0})["user_id"] == 12


def test_columns_can_become_properties():
    item = mapping(NEEDED + ",properties.seconds=took").item(ROW | {"took": 3})
    assert item["properties"] == {"seconds": 3}


@pytest.mark.parametrize(
    "time",
    [
        "2026-03-01 12:00:00",
        "2026-03-01T12:00:00Z",
        "2026-03-01T13:00:00+01:00",
        "1772366400",
        "1772366400000",
        1_772_366_400,
        1_772_366_400_000,
    ],
)
def test_a_time_may_be_written_in_many_ways_and_is_utc_without_a_zone(time):
    chosen = mapping()
    event = chosen.event(chosen.item(ROW | {"when": time}))
    assert event.occurred_at.isoformat() == "2026-03-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"when": ""}, "when: Field required"),
        ({"when": "01.03.2026"}, "when: Input should be a valid datetime"),
        ({"what": "x" * 101}, "what: String should have at most 100 characters"),
        ({"who": "a\x00b"}, "who: String should match pattern"),
        ({"took": "-1"}, "took: Input should be greater than or equal to 0"),
        ({"took": "NaN"}, "took: Input should be"),
    ],
)
def test_a_reject_is_told_with_the_name_of_the_column(cells, told):
    chosen = mapping(NEEDED + ",duration_ms=took")
    verdict = chosen.event(chosen.item(ROW | cells))
    assert isinstance(verdict, Reject)
    assert chosen.told(verdict).startswith(told)
