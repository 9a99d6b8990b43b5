"""Which properties there are, and metrics by the values of one."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from analytics.filters import BadFilters
from analytics.metrics import METRICS
from analytics.product import properties
from analytics.product.properties import property_keys
from analytics.product.trends import trend
from analytics.scope import PUBLIC
from db.access import create_project
from db.errors import TooWide
from tests.analytics import reference
from tests.analytics.reference import anyone, asking
from tests.written import project_of

MARCH = date(2026, 3, 28), date(2026, 3, 31)  # the clocks of Berlin go forward in between
SENT = [
    '{"model":"m1"}',
    '{"model":"m2"}',
    '{"model":3}',
    '{"other":[1,2]}',
    "",
    '{"model":"Other"}',
]


@pytest.fixture(scope="module")
def asked(module_conn):
    """Sixty events whose properties, people and outcomes go round."""
    return project_of(
        module_conn,
        *(
            f"u{n % 7} ask 2026-03-{27 + n % 4}T{n % 24:02}:30Z ok={int(n % 3 > 0)}"
            f" session=s{n % 5} duration={n + 1} plan={['free', 'pro'][n % 2]}"
            + (f" properties={SENT[n % 6]}" if SENT[n % 6] else "")
            for n in range(60)
        ),
        'u1 open 2026-03-28T10:00Z properties={"page":"start","model":"m9"}',
        zone="Europe/Berlin",
    )


def events_of(filters):
    """The same events as plain tuples: day, value, who, failed, session and duration."""
    for n in range(60):
        hour = n % 24 + (2 if 27 + n % 4 >= 30 or (n % 4 == 2 and n % 24 >= 1) else 1)
        day = date(2026, 3, 27 + n % 4) + timedelta(days=int(hour + 0.5 >= 24))
        value = ["m1", "m2", "3", "(not set)", "(not set)", "\u201cOther\u201d"][n % 6]
        if filters.start <= day < filters.end and (not filters.plan or (n % 2) == 0):
            yield day, value, n % 7, n % 3 == 0, n % 5, n + 1


def expected(metric, rows):
    people, failed = {row[2] for row in rows}, sum(row[3] for row in rows)
    return {
        "events": len(rows),
        "failures": failed,
        "error_rate": failed / len(rows) if rows else np.nan,
        "actors": len(people),
        "sessions": len({row[4] for row in rows}),
        "events_per_actor": len(rows) / len(people) if rows else np.nan,
        "duration_p50": reference.percentile([row[5] for row in rows], 0.5) if rows else np.nan,
        "duration_p95": reference.percentile([row[5] for row in rows], 0.95) if rows else np.nan,
    }[metric]


@pytest.mark.parametrize(
    "metric",
    [key for key, metric in METRICS.items() if "hour" in metric.grains and key != "new_actors"],
)
@pytest.mark.parametrize("more", [{}, {"plan": ("free",)}], ids=["all", "free"])
def test_a_metric_by_a_property_is_what_its_definition_says(conn, asked, metric, more):
    filters = asking(asked, *MARCH, event="ask", **more)
    found = trend(conn, anyone(asked), filters, metric, "property:model", top=9)
    rows = defaultdict(list)
    for row in events_of(filters):
        rows["All", row[0]].append(row)
        rows[row[1], row[0]].append(row)
    assert set(found["series"]) == {series for series, _ in rows}
    for series, day, value in zip(found["series"], found["period"], found["value"], strict=True):
        wanted = expected(metric, rows[series, day.date()])
        np.testing.assert_allclose(value, wanted, rtol=0.02, err_msg=f"{series} {day}")


@pytest.mark.parametrize("by", ["property:model", "plan"])
@pytest.mark.parametrize("metric", ["events", "failures", "new_actors"])
def test_what_adds_up_adds_up_with_the_others(conn, asked, metric, by):
    if metric == "new_actors" and by.startswith("property"):
        return
    filters = asking(asked, date(2026, 3, 27), MARCH[1])
    filters = replace(filters, event="" if metric == "new_actors" else "ask")
    found = trend(conn, anyone(asked), filters, metric, by, top=1)
    total = found[found["series"] == "All"].groupby("period")["value"].sum()
    parts = found[found["series"] != "All"].groupby("period")["value"].sum()
    assert METRICS[metric].adds_up
    assert total.sum() > 0
    np.testing.assert_array_equal(total, parts)


def test_only_what_may_be_added_says_so():
    assert {key for key, metric in METRICS.items() if metric.adds_up} == {
        "events",
        "failures",
        "new_actors",
    }


def test_values_beyond_the_most_frequent_are_others(conn, asked, monkeypatch):
    monkeypatch.setattr(properties, "MOST_VALUES", 2)
    filters = asking(asked, *MARCH, event="ask")
    found = trend(conn, anyone(asked), filters, "actors", "property:model", top=6)
    assert len(set(found["series"])) == 4
    assert set(found["series"]) > {"All", "Other"}


def test_the_properties_offered_are_those_of_the_event(conn, asked):
    filters = asking(asked, *MARCH)
    viewer = anyone(asked)
    assert property_keys(conn, viewer, filters, "ask") == ["model", "other"]
    assert property_keys(conn, viewer, filters, "open") == ["model", "page"]
    assert property_keys(conn, viewer, filters, "nothing") == []
    assert property_keys(conn, PUBLIC, filters, "ask") == []


def test_a_property_of_another_name_or_a_hostile_one_is_no_error(conn, asked):
    filters = asking(asked, *MARCH, event="ask")
    for key in ("none", "'; drop table events --", "%s", ":x"):
        found = trend(conn, anyone(asked), filters, "events", f"property:{key}")
        assert set(found["series"]) == {"All", "(not set)"}


def test_what_a_property_can_not_tell_is_refused(conn, asked):
    filters = asking(asked, *MARCH, event="ask")
    for metric in ("new_actors", "wau", "mau", "stickiness"):
        with pytest.raises(BadFilters):
            trend(conn, anyone(asked), filters, metric, "property:model")
    with pytest.raises(BadFilters, match="choose an event"):
        trend(conn, anyone(asked), replace(filters, event=""), "events", "property:model")


def test_too_many_raw_events_are_refused(conn, asked, monkeypatch):
    monkeypatch.setattr(properties, "MOST_EVENTS", 20)
    filters = asking(asked, *MARCH, event="ask")
    with pytest.raises(TooWide, match="raw events"):
        trend(conn, anyone(asked), filters, "events", "property:model")


def test_without_ids_people_are_not_told_by_a_property(conn, add_events):
    nobody = create_project(conn, "nobody", consent="anonymous", retention_months=None)
    add_events(nobody, 'x ask 2026-03-28T10:00Z properties={"model":"m1"}')
    filters = asking(nobody, *MARCH, event="ask")
    with pytest.raises(BadFilters, match="ids"):
        trend(conn, anyone(nobody), filters, "actors", "property:model")
    assert trend(conn, anyone(nobody), filters, "events", "property:model")["value"].sum() == 2
