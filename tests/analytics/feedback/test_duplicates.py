"""Requests that say nearly the same are found, whatever the order of their words."""

import math

import pandas as pd
import pytest
from sqlalchemy import insert, text, update

from analytics.feedback.duplicates import DUPLICATES, near_duplicates, near_duplicates_sql
from analytics.scope import PUBLIC
from analytics.showing import shown
from db.tables import requests, votes
from tests.analytics.reference import anyone
from tests.jobs.said import NOON, ask_for


def vote(conn, project, request_id, *actors):
    row = {"request_id": request_id, "project_id": project.id, "voted_at": NOON}
    conn.execute(insert(votes), [row | {"actor_key": actor} for actor in actors])


def pairs(conn, project):
    found = near_duplicates(conn, anyone(project), project.id)
    return list(zip(found["source"], found["target"], strict=True))


@pytest.fixture
def asked(conn, project):
    titles = ("Faster export of reports", "Export reports faster", "Dark mode", "Offline mode")
    return [ask_for(conn, project, title) for title in titles]


def test_the_one_with_fewer_votes_goes_into_the_other(conn, project, asked):
    assert pairs(conn, project) == [("Export reports faster", "Faster export of reports")]
    vote(conn, project, asked[1], 1, 2)
    vote(conn, project, asked[0], 3)
    assert pairs(conn, project) == [("Faster export of reports", "Export reports faster")]


def test_closeness_is_the_cosine_of_tf_idf(conn, project):
    ask_for(conn, project, "Dark mode for the editor")
    ask_for(conn, project, "Dark mode")
    ask_for(conn, project, "Import")
    common, rare = math.log(4 / 3) + 1, math.log(4 / 2) + 1
    expected = 2 * common**2 / math.sqrt((2 * common**2) * (2 * common**2 + rare**2))
    found = near_duplicates(conn, anyone(project), project.id)
    assert found["closeness"].tolist() == pytest.approx([expected])


@pytest.mark.parametrize("change", [{"state": "shipped"}, {"state": "declined"}, "merged"])
def test_what_is_done_or_merged_is_no_duplicate(conn, project, asked, change):
    values = {"merged_into": asked[0]} if change == "merged" else change
    conn.execute(update(requests).where(requests.c.id == asked[1]).values(values))
    assert pairs(conn, project) == []


def test_another_projects_requests_are_none_of_ours(conn, project, berlin):
    ask_for(conn, project, "Dark mode")
    ask_for(conn, berlin, "Dark mode")
    assert pairs(conn, project) == []
    assert near_duplicates(conn, PUBLIC, project.id).dtypes.astype(str).to_dict() == DUPLICATES


def test_the_query_that_is_shown_gives_the_same(conn, project, asked):
    viewer = anyone(project)
    query = shown(near_duplicates_sql(viewer, project.id)).rstrip(";\n")
    theirs = pd.DataFrame(conn.execute(text(query)).all(), columns=list(DUPLICATES))
    ours = near_duplicates(conn, viewer, project.id)
    pd.testing.assert_frame_equal(theirs.astype(DUPLICATES), ours)
