"""Which annotations a chart shows, and when they were."""

from datetime import UTC, date, datetime

import pandas as pd

from analytics.annotations import FRAME, annotations_in, annotations_of
from analytics.scope import PUBLIC
from db.annotations import Draft, annotate
from tests.analytics.reference import anyone, asking


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def note(conn, project, title, at, until=None, kind="note", url=None):
    annotate(conn, project.id, Draft(kind, title, moment(at), until and moment(until), url))


def shown(conn, project, start, end):
    return annotations_in(conn, anyone(project), asking(project, start, end))


def test_a_day_of_the_project_has_the_annotations_of_its_own_hours(conn, berlin):
    note(conn, berlin, "before", "2026-03-01T22:59:59")
    note(conn, berlin, "first", "2026-03-01T23:00:00")
    note(conn, berlin, "last", "2026-03-02T22:59:59")
    note(conn, berlin, "after", "2026-03-02T23:00:00")
    frame = shown(conn, berlin, date(2026, 3, 2), date(2026, 3, 3))
    assert frame["title"].tolist() == ["first", "last"]
    assert frame["at"].tolist() == [
        pd.Timestamp("2026-03-02 00:00:00"),
        pd.Timestamp("2026-03-02 23:59:59"),
    ]


def test_what_lasts_into_the_range_is_shown(conn, project):
    note(conn, project, "long", "2026-02-01T00:00", "2026-03-02T12:00", "incident")
    note(conn, project, "over", "2026-02-01T00:00", "2026-03-01T23:59", "incident")
    frame = shown(conn, project, date(2026, 3, 2), date(2026, 3, 3))
    assert frame[["title", "kind"]].to_numpy().tolist() == [["long", "incident"]]
    assert frame["until"].tolist() == [pd.Timestamp("2026-03-02 12:00")]


def test_columns_and_types_are_the_same_without_any(conn, project):
    empty = shown(conn, project, date(2026, 3, 2), date(2026, 3, 3))
    note(conn, project, "<b>text</b>", "2026-03-02T00:00", url="https://example.org")
    full = shown(conn, project, date(2026, 3, 2), date(2026, 3, 3))
    assert {name: str(kind) for name, kind in full.dtypes.items()} == FRAME
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert full["title"].tolist() == ["<b>text</b>"]
    assert full["until"].isna().all()


def test_nobody_else_sees_them(conn, project, berlin):
    note(conn, project, "ours", "2026-03-02T00:00")
    filters = asking(project, date(2026, 3, 2), date(2026, 3, 3))
    for viewer in (PUBLIC, anyone(berlin), anyone(project, role="member")):
        assert annotations_of(conn, viewer, filters) == []
        assert annotations_in(conn, viewer, filters).empty
