"""A report on sessions says what the reference says, and its SQL says the same."""

from collections import defaultdict
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.business.summary import headline
from analytics.measures.packs import kinds_of
from analytics.product.sessions import query
from analytics.product.sessions.cutting import load_visits
from analytics.product.sessions.ends import LENGTHS
from analytics.product.sessions.metrics import SESSION_METRICS
from analytics.product.sessions.report import session_report
from analytics.scope import PUBLIC
from tests.analytics.product.sessions.reference import (
    MINUTE,
    figures,
    minutes,
)
from tests.analytics.product.sessions.stored import NIGHTS, by_reference, pasted, visited
from tests.analytics.reference import anyone, asking
from tests.conftest import undone
from tests.written import platforms_of

KEYS = [metric.key for metric in SESSION_METRICS]


@pytest.fixture(scope="module", params=NIGHTS)
def busy(request, module_conn):
    with undone(module_conn):
        yield visited(module_conn, request.param)


def day(session, filters):
    return (
        datetime.fromtimestamp(session[0].at / 1e6, UTC).astimezone(ZoneInfo(filters.zone)).date()
    )


def same(ours, theirs):
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        for value, wanted in zip(mine, other, strict=True):
            if isinstance(value, float):
                wanted = np.nan if wanted is None else float(wanted)
                assert value == pytest.approx(wanted, rel=1e-9, nan_ok=True)
            else:
                assert value == wanted


def test_each_day_counts_the_sessions_that_begin_on_it(conn, busy):
    project, filters = busy
    found = session_report(conn, anyone(project), filters).over_time
    by_day = defaultdict(list)
    for session in by_reference(conn, project, filters):
        by_day[day(session, filters)].append(session)
    for period, rows in found.groupby("period"):
        wanted = figures(by_day[period.date()])
        assert dict(zip(rows["metric"], rows["value"], strict=True)) == pytest.approx(wanted)


def test_each_value_counts_the_sessions_that_begin_with_it(conn, busy):
    project, filters = busy
    found = session_report(conn, anyone(project), filters).by_platform
    platforms = platforms_of(conn, project)
    by_platform = defaultdict(list)
    for session in by_reference(conn, project, filters):
        by_platform[platforms[session[0].cell]].append(session)
    assert set(found["series"]) == set(by_platform)
    for row in found.to_dict("records"):
        assert {key: row[key] for key in KEYS} == pytest.approx(figures(by_platform[row["series"]]))


def test_sessions_begin_and_end_somewhere_and_last_some_time(conn, busy):
    project, filters = busy
    report = session_report(conn, anyone(project), filters)
    wanted = by_reference(conn, project, filters)
    kinds = kinds_of(conn, anyone(project), project.id).set_index("id")
    for row in report.ends.to_dict("records"):
        kind = row["name"], row["subject"]
        at = [
            [tuple(kinds.loc[session[end].kind]) == kind for session in wanted] for end in (0, -1)
        ]
        assert (row["entries"], row["exits"]) == (sum(at[0]), sum(at[1]))
        bounces = sum(len(s) == 1 for s, first in zip(wanted, at[0], strict=True) if first)
        assert row["bounces"] == bounces
    assert report.ends["entries"].sum() == report.ends["exits"].sum() == len(wanted)
    lasting = [-1 if len(s) == 1 else minutes(s) * 60 for s in wanted]
    edges = [*LENGTHS.values(), 10**9]
    counted = [sum(a <= x < b for x in lasting) for a, b in pairwise(edges)]
    assert report.lengths["sessions"].tolist() == counted


@pytest.mark.parametrize("by", [None, "platform"])
@pytest.mark.parametrize("figure", KEYS)
def test_the_statement_gives_the_numbers_over_time(conn, busy, figure, by):
    project, filters = busy
    filters = asking(project, filters.start, filters.end, compare=True)
    found = session_report(conn, anyone(project), filters, by).over_time
    shape = ["which", "period", "series", "value"]
    ours = found[found["metric"] == figure].sort_values(["which", "series", "period"])[shape]
    theirs = pasted(conn, query.over_time_sql(anyone(project), filters, figure, by))
    theirs = sorted(theirs, key=lambda row: (row[0], row[2], row[1]))
    same(list(ours.itertuples(index=False, name=None)), theirs)


@pytest.mark.parametrize("more", [{}, {"platform": ("web",)}, {"event": "view"}])
def test_the_statements_give_the_numbers_of_all_other_parts(conn, busy, more):
    project, filters = busy
    filters = asking(project, filters.start, filters.end, **more)
    report = session_report(conn, anyone(project), filters)
    for part, statement in (
        (report.by_platform, query.by_value_sql(anyone(project), filters, "platform")),
        (report.by_channel, query.by_value_sql(anyone(project), filters, "channel")),
        (report.ends, query.ends_sql(anyone(project), filters)),
        (report.lengths, query.lengths_sql(anyone(project), filters)),
    ):
        same(list(part.itertuples(index=False, name=None)), pasted(conn, statement))


def test_a_session_over_the_edge_of_the_range_is_cut_there(conn, project, add_events):
    add_events(
        project,
        "u1 a 2026-03-01T23:50Z platform=web session=s",
        "u1 b 2026-03-02T00:10Z platform=web session=s",
        "u1 c 2026-03-02T00:20Z platform=web session=s",
    )
    second = asking(project, date(2026, 3, 2), date(2026, 3, 3))
    found = load_visits(conn, anyone(project), second)
    assert (len(found), found.duration.tolist()) == (1, [10 * MINUTE])
    both = load_visits(conn, anyone(project), asking(project, date(2026, 3, 1), date(2026, 3, 3)))
    assert both.depth.tolist() == [3]


def test_the_change_compares_the_days_that_are_over(conn, project, add_events):
    for at in ("03-01T10:00Z", "03-08T10:00Z", "03-08T11:00Z", "03-09T10:00Z"):
        add_events(project, f"u1 a 2026-{at} platform=web session={at}")
    now = datetime(2026, 3, 9, 12, tzinfo=UTC)
    asked = asking(project, date(2026, 3, 8), date(2026, 3, 10), now=now, compare=True)
    count = session_report(conn, anyone(project), asked).headlines[0]
    assert (count.value, count.compared, count.previous, count.change) == (3, 2, 1, 1.0)
    assert count.series == (2.0,)


def test_a_stranger_gets_the_columns_and_no_row(conn, busy):
    project, filters = busy
    ours = session_report(conn, anyone(project), filters)
    theirs = session_report(conn, PUBLIC, filters)
    for name in ("over_time", "by_platform", "by_channel", "ends", "lengths"):
        assert getattr(theirs, name).empty
        assert getattr(theirs, name).dtypes.to_dict() == getattr(ours, name).dtypes.to_dict()


def test_the_metric_sessions_counts_the_same_where_clients_tell_all(conn, busy):
    project, filters = busy
    told = asking(project, filters.start, filters.end, channel=("organic",))
    report = session_report(conn, anyone(project), told)
    metric = headline(conn, anyone(project), told, ["sessions"])[0]
    assert report.cut == 0
    assert report.headlines[0].value == metric.value
