"""What people did after a comment, counted person by person."""

import random
from datetime import UTC, date, datetime, timedelta
from math import nan, sqrt
from statistics import mean, variance
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from statsmodels.stats.proportion import confint_proportions_2indep

from analytics.feedback.afterwards import AFTERWARDS, WEEKS, afterwards, afterwards_sql
from analytics.scope import PUBLIC
from db import tables
from db.access import create_project
from tests.analytics.feedback import reference
from tests.analytics.feedback.reference import Said, Z, answer, history, keep, wilson
from tests.analytics.feedback.test_themes import link, theme
from tests.analytics.reference import anyone, asking
from tests.conftest import undone
from tests.thorough import cases, thorough

START, END = date(2026, 3, 16), date(2026, 3, 30)
BERLIN = ZoneInfo("Europe/Berlin")


def be_active(conn, project, days):
    """Fill the days of people: (who, day) -> events."""
    place = {"project_id": project.id, "cell_id": 1}
    rows = [place | {"day": day, "actor_key": who, "n": n} for (who, day), n in days.items()]
    conn.execute(insert(tables.actor_day), rows)


def expected(group, days, today):
    """Of each week: people, active, share, low, high, events and their variance."""
    for week in range(1, WEEKS + 1):
        old = {who: day for who, day in group.items() if day + timedelta(days=7 * week) < today}
        did = [
            sum(
                days.get((who, day + timedelta(days=7 * (week - 1) + number)), 0)
                for number in range(1, 8)
            )
            for who, day in old.items()
        ]
        active = sum(n > 0 for n in did)
        if not did:
            yield 0, 0, nan, nan, nan, nan, nan
            continue
        low, high = wilson(active, len(did))
        spread = variance(did) if len(did) > 1 else nan
        yield len(did), active, active / len(did), low, high, mean(did), spread


@thorough
@settings(max_examples=cases(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), ago=st.integers(0, 40))
def test_every_week_is_that_of_the_reference(conn, seed, ago):
    with undone(conn):
        project = create_project(
            conn, "random", consent="opt-out", timezone="Europe/Berlin", retention_months=None
        )
        said = history(seed, START - timedelta(days=3), 20, 40)
        ids = reference.store(conn, project, said)
        dice = random.Random(seed)
        slow, about = theme(conn, project, "slow"), set()
        for each, feedback_id in zip(said, ids, strict=True):
            if dice.random() < 0.3:
                link(conn, feedback_id, slow)
                about.add(each)
        days = {
            (who, START + timedelta(days=dice.randrange(60))): dice.randrange(1, 9)
            for who in range(12)
            for _ in range(10)
        }
        be_active(conn, project, days)
        now = datetime(2026, 3, 28, 12, tzinfo=UTC) + timedelta(days=ago)
        filters = asking(project, START, END, platform=("web", "ios"), now=now)
        found = afterwards(conn, anyone(project), filters, slow)

        wrote = [each for each in keep(said, filters) if each.comment and each.who]
        theirs, others = {}, {}
        for each in sorted(wrote, key=lambda each: each.at):
            others.setdefault(each.who, each.day(BERLIN))
            if each in about:
                theirs.setdefault(each.who, each.day(BERLIN))
        others = {who: day for who, day in others.items() if who not in theirs}
        today = now.astimezone(BERLIN).date()
        rows = iter(found.to_dict("records"))
        pairs = zip(expected(theirs, days, today), expected(others, days, today), strict=True)
        for week, (a, b) in enumerate(pairs, start=1):
            if not a[0] + b[0]:
                continue
            row = next(rows)
            names = ["people", "active", "share", "low", "high", "events"]
            assert [row[name] for name in names] == pytest.approx(list(a[:6]), nan_ok=True)
            rest = [row[f"rest_{name}"] for name in names]
            assert rest == pytest.approx(list(b[:6]), nan_ok=True)
            assert row["week"] == week
            margin = nan
            if a[0] and b[0]:
                low, high = confint_proportions_2indep(
                    a[1], a[0], b[1], b[0], compare="diff", method="newcomb"
                )
                apart = (row["difference"], row["difference_low"], row["difference_high"])
                assert apart == pytest.approx((a[2] - b[2], low, high))
                margin = Z * sqrt(a[6] / a[0] + b[6] / b[0])
            events = row["events_difference"], row["events_low"], row["events_high"]
            middle = a[5] - b[5]
            assert events == pytest.approx((middle, middle - margin, middle + margin), nan_ok=True)
        assert next(rows, None) is None


def test_a_week_that_is_not_over_for_somebody_leaves_them_out(conn, project):
    slow = theme(conn, project, "slow")
    noon = datetime(2026, 3, 20, 12, tzinfo=UTC)
    said = [Said(1, "text", noon, comment="slow"), Said(2, "text", noon, comment="fine")]
    ids = reference.store(conn, project, said)
    link(conn, ids[0], slow)
    be_active(conn, project, {(2, date(2026, 3, 27)): 3})
    for now, weeks in ((27, []), (28, [1])):
        filters = asking(project, START, END, now=datetime(2026, 3, now, 12, tzinfo=UTC))
        found = afterwards(conn, anyone(project), filters, slow)
        assert found["week"].tolist() == weeks
    (row,) = found.to_dict("records")
    assert (row["active"], row["rest_active"], row["difference"]) == (0, 1, -1.0)


def test_activity_counts_wherever_it_is(conn, project, add_events):
    add_events(project, "u1 open 2026-03-22T10:00Z platform=ios")
    (who,) = conn.execute(tables.actor.select().with_only_columns(tables.actor.c.actor_key)).one()
    said = Said(who, "text", datetime(2026, 3, 20, 12, tzinfo=UTC), comment="a", platform="web")
    slow = theme(conn, project, "slow")
    (feedback_id,) = reference.store(conn, project, [said])
    link(conn, feedback_id, slow)
    filters = asking(project, START, END, platform=("web",))
    found = afterwards(conn, anyone(project), filters, slow)
    assert found["active"].tolist() == [1, 0, 0, 0]
    assert found["rest_share"].isna().all()


def test_the_statement_gives_the_same_rows(conn, project):
    slow = theme(conn, project, "slow")
    ids = reference.store(conn, project, history(6, START, 14))
    for feedback_id in ids[::3]:
        link(conn, feedback_id, slow)
    be_active(conn, project, {(who, date(2026, 3, 30)): who for who in range(1, 12)})
    filters, viewer = asking(project, START, END), anyone(project)
    rows = answer(conn, afterwards_sql(viewer, filters, slow)).astype(AFTERWARDS)
    assert len(rows) == WEEKS
    assert rows.equals(afterwards(conn, viewer, filters, slow))


def test_strangers_learn_nothing(conn, project):
    slow = theme(conn, project, "slow")
    reference.store(conn, project, history(6, START, 14))
    filters = asking(project, START, END)
    for viewer in (PUBLIC, anyone(project, role="operations")):
        assert afterwards(conn, viewer, filters, slow).empty
