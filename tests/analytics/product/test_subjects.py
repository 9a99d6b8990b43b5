from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy import insert, select

from analytics.product.subjects import SUBJECTS, top_subjects, top_subjects_sql
from analytics.showing import shown
from db.tables import actor, segment_members
from tests.analytics.reference import anyone, asking
from tests.written import project_of

LINES = (
    "u1 open 2026-03-09T10:00Z subject=home platform=web",
    "u1 open 2026-03-09T11:00Z subject=home platform=web ok=0",
    "u2 open 2026-03-10T10:00Z subject=home platform=ios",
    "u2 save 2026-03-10T11:00Z subject=file platform=ios",
    "u1 open 2026-03-02T11:00Z subject=home platform=web",
    "u1 save 2026-03-02T11:00Z subject=old platform=web",
)


@pytest.fixture(scope="module")
def filled(module_conn):
    return project_of(module_conn, *LINES)


def asked(project, **more):
    return asking(project, date(2026, 3, 9), date(2026, 3, 11), compare=True, **more)


def rows(frame):
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def test_subjects_are_ranked_by_events_with_their_people_and_change(conn, filled):
    first, second = rows(top_subjects(conn, anyone(filled), asked(filled)))
    assert (first["name"], first["subject"], first["events"], first["actors"]) == (
        "open",
        "home",
        3,
        2,
    )
    assert first["error_rate"] == pytest.approx(1 / 3)
    assert (first["previous_events"], first["change"]) == (1, 2.0)
    assert (second["subject"], second["previous_events"], second["change"]) == ("file", 0, None)


def test_what_was_used_only_before_is_not_listed(conn, filled):
    assert "old" not in set(top_subjects(conn, anyone(filled), asked(filled))["subject"])


def test_under_filters_only_those_who_match_are_counted(conn, filled):
    (only,) = rows(top_subjects(conn, anyone(filled), asked(filled, platform=("web",))))
    assert (only["events"], only["actors"], only["previous_events"]) == (2, 1, 1)


def test_a_segment_keeps_its_members_and_what_they_did(conn, filled):
    who = conn.execute(select(actor.c.actor_key).order_by(actor.c.first_seen).limit(1)).scalar_one()
    row = {"project_id": filled.id, "segment_id": 5, "actor_key": who}
    conn.execute(insert(segment_members).values(row))
    (only,) = rows(top_subjects(conn, anyone(filled), asked(filled, segment=5)))
    assert (only["subject"], only["events"], only["actors"]) == ("home", 2, 1)
    assert top_subjects(conn, anyone(filled), asked(filled, segment=6)).empty


def test_one_name_and_a_limit_narrow_the_list(conn, filled):
    saved = top_subjects(conn, anyone(filled), asked(filled), name="save")
    assert saved["subject"].tolist() == ["file"]
    assert len(top_subjects(conn, anyone(filled), asked(filled), limit=1)) == 1
    assert top_subjects(conn, anyone(filled), asked(filled), name="nothing").empty


def test_the_change_leaves_out_today(conn, filled):
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    first = rows(top_subjects(conn, anyone(filled), asked(filled, now=noon)))[0]
    assert (first["events"], first["previous_events"], first["change"]) == (3, 1, 1.0)


def test_the_columns_are_the_same_with_and_without_rows(conn, project, filled):
    wanted = {name: pd.api.types.pandas_dtype(kind) for name, kind in SUBJECTS.items()}
    for name in (None, "nothing"):
        found = top_subjects(conn, anyone(filled), asked(filled), name=name)
        assert found.dtypes.to_dict() == wanted


@pytest.mark.parametrize("more", [{}, {"platform": ("web",)}, {"event": "open"}])
def test_the_statement_shown_gives_the_same_rows(conn, filled, more):
    filters = asked(filled, **more)
    found = rows(top_subjects(conn, anyone(filled), filters))
    text = shown(top_subjects_sql(anyone(filled), filters))
    cursor = conn.connection.cursor().execute(text)
    for row, expected in zip(cursor.fetchall(), found, strict=True):
        assert row[:4] == tuple(list(expected.values())[:4])
        assert float(row[4]) == pytest.approx(expected["error_rate"])
        assert (None if row[6] is None else float(row[6])) == expected["change"]
