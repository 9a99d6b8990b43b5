"""Themes: how large they are, how they moved, and what their people think."""

import random
from datetime import UTC, date, datetime, timedelta
from math import nan
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from analytics.feedback.themes import THEMES, merged_themes, theme_sizes, theme_sizes_sql, themes_of
from analytics.scope import PUBLIC
from db import tables
from db.access import create_project
from db.themes import merge_themes
from tests.analytics.feedback import reference
from tests.analytics.feedback.reference import Said, answer, history, keep, values
from tests.analytics.reference import anyone, asking
from tests.conftest import undone
from tests.thorough import cases

START, END = date(2026, 3, 16), date(2026, 3, 30)
NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


def theme(conn, project, name, kind="pain", **more):
    made = {"project_id": project.id, "kind": kind, "name": name, "terms": {}, "found_at": NOON}
    row = insert(tables.themes).values(made | more).returning(tables.themes.c.id)
    return conn.execute(row).scalar_one()


def link(conn, feedback_id, theme_id, weight=1.0):
    pair = {"feedback_id": feedback_id, "theme_id": theme_id, "weight": weight}
    conn.execute(insert(tables.feedback_themes).values(pair))


def tell(conn, project, theme_id, *said):
    for feedback_id in reference.store(conn, project, said):
        link(conn, feedback_id, theme_id)


def sizes(conn, project, **more):
    filters = asking(project, START, END, **more)
    found = theme_sizes(conn, anyone(project), filters).set_index("name")
    return found.to_dict("index")


def detractors(said, theirs, end, zone):
    """Share and number of a theme's people whose latest answer to NPS is 0 to 6."""
    latest = {}
    for each in sorted(said, key=lambda each: each.at):
        if each.kind == "nps" and each.score is not None and each.who and each.day(zone) < end:
            latest[each.who] = each.score
    asked = [latest[who] for who in {each.who for each in theirs} if who in latest]
    return (sum(score <= 6 for score in asked) / len(asked) if asked else nan), len(asked)


@settings(max_examples=cases(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), platform=st.sampled_from([(), ("web", "ios")]))
def test_every_theme_is_that_of_the_reference(conn, seed, platform):
    with undone(conn):
        zone = ZoneInfo("Europe/Berlin")
        project = create_project(
            conn, "random", consent="opt-out", timezone=zone.key, retention_months=None
        )
        said = history(seed, START - timedelta(days=20), 40, 150)
        ids = reference.store(conn, project, said)
        slow, merged = theme(conn, project, "slow"), theme(conn, project, "too slow")
        dice = random.Random(seed)
        about = []
        for each, feedback_id in zip(said, ids, strict=True):
            mine = dice.sample([slow, merged], dice.randrange(3))
            for theme_id in mine:
                link(conn, feedback_id, theme_id)
            about += [each] if mine else []
        merge_themes(conn, project.id, merged, slow)
        filters = asking(project, START, END, platform=platform)
        (row,) = theme_sizes(conn, anyone(project), filters).to_dict("records")
        now, before = keep(about, filters), keep(about, filters.previous())
        points = values(now, "sentiment")
        share, asked = detractors(said, now, END, zone)
        expected = {
            "comments": len(now),
            "people": len({each.who for each in now} - {0}),
            "recent": len(now),
            "before": len(before),
            "change": len(now) / len(before) - 1 if before else nan,
            "sentiment": sum(points) / len(points) if points else nan,
            "detractors": share,
            "asked": asked,
        }
        assert {name: row[name] for name in expected} == pytest.approx(expected, nan_ok=True)


def test_a_comment_of_a_theme_and_of_one_merged_into_it_counts_once(conn, project):
    slow = theme(conn, project, "slow")
    merged = theme(conn, project, "too slow")
    (feedback_id,) = reference.store(conn, project, [Said(1, "text", NOON, comment="slow")])
    link(conn, feedback_id, slow)
    link(conn, feedback_id, merged)
    merge_themes(conn, project.id, merged, slow)
    found = sizes(conn, project)
    assert list(found) == ["slow"]
    assert found["slow"]["comments"] == 1


def test_the_latest_answer_to_nps_makes_a_detractor(conn, project):
    slow = theme(conn, project, "slow")
    tell(conn, project, slow, Said(1, "text", NOON, comment="slow"))
    tell(conn, project, slow, Said(2, "text", NOON, comment="slow"))
    tell(conn, project, slow, Said(3, "text", NOON, comment="slow"))
    long_ago = NOON - timedelta(days=100)
    reference.store(
        conn,
        project,
        [
            Said(1, "nps", long_ago, 9),
            Said(1, "nps", NOON, 2),
            Said(2, "nps", long_ago, 3),
            Said(2, "nps", NOON, 10),
        ],
    )
    found = sizes(conn, project)["slow"]
    assert (found["detractors"], found["asked"]) == (0.5, 2)


def test_pinned_themes_come_first_also_when_they_are_empty(conn, project):
    slow, dark = theme(conn, project, "slow"), theme(conn, project, "dark mode", is_pinned=True)
    theme(conn, project, "nothing")
    tell(conn, project, slow, Said(1, "text", NOON, comment="slow"))
    found = theme_sizes(conn, anyone(project), asking(project, START, END))
    assert found["theme_id"].tolist() == [dark, slow]
    assert found["comments"].tolist() == [0, 1]


def test_merged_themes_are_no_choice(conn, project):
    slow = theme(conn, project, "slow")
    theme(conn, project, "too slow", merged_into=slow)
    assert [each.name for each in themes_of(conn, anyone(project), project.id)] == ["slow"]
    assert themes_of(conn, PUBLIC, project.id) == []
    (merged,) = merged_themes(conn, anyone(project), project.id)
    assert (merged.name, merged.merged_into) == ("too slow", slow)
    assert merged_themes(conn, PUBLIC, project.id) == []


def test_the_statement_gives_the_same_rows(conn, project):
    said = history(4, START - timedelta(days=14), 28)
    slow = theme(conn, project, "slow")
    tell(conn, project, slow, *said)
    filters = asking(project, START, END)
    found = theme_sizes(conn, anyone(project), filters)
    rows = answer(conn, theme_sizes_sql(anyone(project), filters)).astype(THEMES)
    assert rows.equals(found)


def test_a_stranger_gets_no_theme(conn, project):
    tell(conn, project, theme(conn, project, "slow"), Said(1, "text", NOON, comment="slow"))
    assert theme_sizes(conn, PUBLIC, asking(project, START, END)).empty
