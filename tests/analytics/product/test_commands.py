from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from analytics.measures.cutting import read
from analytics.product import commands
from analytics.product.commands import command_runs, command_runs_sql
from analytics.scope import PUBLIC
from tests.analytics.reference import anyone, asking
from tests.written import project_of

LINES = (
    "ann command_run 2026-03-09T08:00Z subject=build ok=0 error=Timeout"
    ' properties={"output_format":"json","flags":["--wide","--wide","--quiet"]}',
    "ann command_run 2026-03-09T09:00Z subject=build platform=cli"
    ' properties={"output":"text","flags":{"wide":true,"tail":false},"prompt_length":45}',
    "bob command_run 2026-03-09T10:00Z subject=test ok=0"
    ' properties={"flags":"--wide","prompt_length":9.6}',
    "bob command_run 2026-03-09T11:00Z subject=test ok=0 error=Timeout",
    "bob command_run 2026-03-09T12:00Z subject=test"
    ' properties={"prompt_length":"long","flags":7,"output":""}',
    "bob feature_use 2026-03-09T12:00Z subject=test ok=0 error=Other",
)


@pytest.fixture(scope="module")
def filled(module_conn):
    return project_of(module_conn, *LINES)


def asked(project, **more):
    return asking(project, date(2026, 3, 9), date(2026, 3, 11), **more)


def listed(frame):
    return [tuple(row) for row in frame.itertuples(index=False)]


def test_errors_are_the_failures_of_commands_by_type(conn, filled):
    found = command_runs(conn, anyone(filled), asked(filled))
    assert found.runs == 5
    assert listed(found.errors) == [
        ("Timeout", 2, pytest.approx(2 / 3)),
        ("(not set)", 1, pytest.approx(1 / 3)),
    ]


def test_flags_are_read_from_lists_objects_and_texts_and_once_a_run(conn, filled):
    flags = command_runs(conn, anyone(filled), asked(filled)).flags
    assert listed(flags) == [
        ("--wide", 2, 0.4, 1.0),
        ("--quiet", 1, 0.2, 1.0),
        ("tail", 1, 0.2, 0.0),
        ("wide", 1, 0.2, 0.0),
    ]


def test_formats_are_named_by_either_property(conn, filled):
    formats = command_runs(conn, anyone(filled), asked(filled)).formats
    assert listed(formats) == [("json", 1, 0.2, 1.0), ("text", 1, 0.2, 0.0)]


def test_prompts_are_counted_by_their_length(conn, filled):
    found = command_runs(conn, anyone(filled), asked(filled))
    assert listed(found.prompts) == [
        ("0 to 9", 0, 0.0),
        ("10 to 24", 1, 0.5),
        ("25 to 49", 1, 0.5),
    ]
    assert found.prompt == 10


def test_filters_on_dimensions_are_obeyed(conn, filled):
    found = command_runs(conn, anyone(filled), asked(filled, platform=("cli",)))
    assert (found.runs, len(found.errors), found.prompt) == (1, 0, 45)


def test_only_the_latest_runs_are_read_and_since_when_is_told(conn, filled, monkeypatch):
    monkeypatch.setattr(commands, "MOST", 2)
    found = command_runs(conn, anyone(filled), asked(filled))
    assert (found.runs, found.since) == (2, datetime(2026, 3, 9, 11, tzinfo=UTC))
    assert listed(found.errors) == [("Timeout", 1, 1.0)]


def test_one_look_at_the_raw_events_answers_it_all(conn, filled):
    asked_of_events = []

    def note(conn, cursor, statement, *_):
        asked_of_events.append("FROM events" in statement)

    event.listen(conn, "before_cursor_execute", note)
    command_runs(conn, anyone(filled), asked(filled))
    event.remove(conn, "before_cursor_execute", note)
    assert sum(asked_of_events) == 1


def test_the_query_that_is_shown_has_the_same_numbers(conn, filled):
    rows = read(conn, command_runs_sql(anyone(filled), asked(filled)))
    found = command_runs(conn, anyone(filled), asked(filled))
    part = rows[rows["part"] == "flag"]
    assert listed(part[["value", "runs"]]) == listed(found.flags[["value", "runs"]])
    assert rows.loc[rows["part"] == "run", "runs"].tolist() == [found.runs]


def test_a_stranger_gets_the_same_columns_and_nothing_in_them(conn, filled):
    theirs = command_runs(conn, PUBLIC, asked(filled))
    ours = command_runs(conn, anyone(filled), asked(filled))
    assert (theirs.runs, theirs.since, theirs.prompt) == (0, None, None)
    for name in ("errors", "formats", "flags", "prompts"):
        assert getattr(theirs, name).empty
        assert getattr(theirs, name).dtypes.to_dict() == getattr(ours, name).dtypes.to_dict()
