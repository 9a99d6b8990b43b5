"""Surveys with their turnout in a range."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert

from analytics.feedback.surveys import surveys_of, surveys_sql
from analytics.scope import PUBLIC
from analytics.showing import shown
from db.inviting import Occasion, invite, mark_answered
from db.questions import Question
from db.segments import create_segment, delete_segment
from db.surveys import Draft, make_survey
from db.tables import segment_members
from tests.analytics.reference import anyone, asking

START = datetime(2026, 3, 2, tzinfo=UTC)
NPS = (Question("nps", "How likely?"),)
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 9)


def make(conn, project, name, **more):
    return make_survey(conn, project.id, Draft(name, NPS, **{"starts_at": START} | more))


def show(conn, project, who, at, answered=False):
    made = invite(conn, project.id, Occasion(who), at)
    if answered:
        mark_answered(conn, (made.id, who), at)


def ask(conn, project, viewer=None, **more):
    filters = asking(project, FIRST, LAST, **more)
    return surveys_of(conn, viewer or anyone(project), filters)


def test_the_turnout_is_that_of_the_range(conn, project):
    make(conn, project, "Quarter", quiet_days=0)
    show(conn, project, 1, START, answered=True)
    show(conn, project, 1, START + timedelta(days=6), answered=True)
    show(conn, project, 2, START + timedelta(days=1))
    show(conn, project, 3, START + timedelta(days=7), answered=True)
    (row,) = ask(conn, project).to_dict("records")
    assert (row["name"], row["shown"], row["answered"]) == ("Quarter", 3, 2)
    assert row["response_rate"] == pytest.approx(2 / 3)
    assert row["questions"] == NPS


def test_a_survey_that_nobody_saw_has_no_rate(conn, project):
    make(conn, project, "Quarter")
    (row,) = ask(conn, project).to_dict("records")
    assert (row["shown"], row["answered"]) == (0, 0)
    assert np.isnan(row["response_rate"])


def test_those_that_run_come_first(conn, project):
    now = asking(project, FIRST, LAST).now
    make(conn, project, "ended", ends_at=START + timedelta(days=1))
    make(conn, project, "older")
    make(conn, project, "planned", starts_at=now + timedelta(days=1))
    make(conn, project, "newer", starts_at=START + timedelta(days=1))
    found = ask(conn, project)
    assert list(found["name"]) == ["newer", "older", "planned", "ended"]
    assert list(found["state"]) == ["running", "running", "planned", "over"]


def test_a_survey_is_over_from_its_end_on(conn, project):
    now = asking(project, FIRST, LAST).now
    make(conn, project, "just over", ends_at=now)
    make(conn, project, "just begun", starts_at=now)
    assert dict(ask(conn, project)[["name", "state"]].to_numpy()) == {
        "just over": "over",
        "just begun": "running",
    }


def test_a_segment_filters_who_was_asked(conn, project):
    make(conn, project, "Quarter")
    segment = create_segment(conn, project.id, "payers", "{}", None)
    member = {"project_id": project.id, "segment_id": segment, "actor_key": 1}
    conn.execute(insert(segment_members).values(member))
    for who in (1, 2, 3):
        show(conn, project, who, START)
    assert list(ask(conn, project, segment=segment)["shown"]) == [1]


def test_for_whom_a_survey_is_also_when_its_segment_is_gone(conn, project):
    kept, gone = (create_segment(conn, project.id, name, "{}", None) for name in ("a", "b"))
    make(conn, project, "of a", segment_id=kept, role="admin", event="checkout", sample=0.5)
    make(conn, project, "of b", segment_id=gone)
    make(conn, project, "of all")
    delete_segment(conn, project.id, gone)
    rows = ask(conn, project).set_index("name")
    assert rows.loc["of a", ["segment", "role", "event", "sample"]].tolist() == [
        "a",
        "admin",
        "checkout",
        0.5,
    ]
    assert rows.loc["of b", "segment"] == ""
    assert pd.isna(rows.loc["of all", "segment"])


def test_times_are_those_of_the_projects_clocks(conn, berlin):
    make(conn, berlin, "Quarter", ends_at=START + timedelta(days=1))
    (row,) = ask(conn, berlin).to_dict("records")
    assert row["starts_at"] == pd.Timestamp("2026-03-02 01:00")
    assert row["ends_at"] == pd.Timestamp("2026-03-03 01:00")


def test_without_a_survey_the_columns_stay(conn, project):
    empty = ask(conn, project)
    make(conn, project, "Quarter")
    assert empty.empty
    assert empty.dtypes.to_dict() == ask(conn, project).dtypes.to_dict()
    assert ask(conn, project, viewer=PUBLIC).empty
    assert ask(conn, project, viewer=anyone(project, role="operations")).empty


def test_the_query_that_is_shown_gives_the_same_numbers(conn, project):
    make(conn, project, "It's 100%")
    show(conn, project, 1, START, answered=True)
    show(conn, project, 2, START)
    filters = asking(project, FIRST, LAST)
    said = shown(surveys_sql(anyone(project), filters)).rstrip(";\n")
    (row,) = conn.exec_driver_sql(said.replace("%", "%%")).mappings()
    (ours,) = ask(conn, project).to_dict("records")
    for name in ("survey_id", "name", "state", "shown", "answered"):
        assert row[name] == ours[name]
    assert float(row["response_rate"]) == ours["response_rate"] == 0.5
