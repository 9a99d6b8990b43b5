"""A metric over the whole range, by any breakdown, and by country."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from analytics.metrics import METRICS
from analytics.product.places import country_name, places, places_sql
from analytics.product.trends import totals, totals_sql
from analytics.scope import PUBLIC
from analytics.showing import shown
from tests.analytics import reference
from tests.analytics.reference import anyone, asking, history, keep
from tests.written import project_of

START = date(2026, 3, 16)


@pytest.fixture(scope="module")
def busy(module_conn):
    events = history(11, START - timedelta(days=33), 62, events=320)
    return project_of(module_conn, *(event.line for event in events), zone="Europe/Berlin")


def answer(conn, query):
    rows = conn.execute(text(shown(query).replace(":", r"\:"))).all()
    return pd.DataFrame(rows, columns=["series", "value"])


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("by", [None, "country", "app_version"])
@pytest.mark.parametrize("more", [{}, {"plan": ("pro",)}, {"grain": "hour"}], ids=str)
def test_the_statement_of_the_totals_gives_their_numbers(conn, busy, metric, by, more):
    filters = replace(asking(busy, START, START + timedelta(days=20)), **more)
    found = totals(conn, anyone(busy), filters, metric, by, 2)
    theirs = answer(conn, totals_sql(anyone(busy), filters, metric, by, 2))
    assert found["series"].tolist() == theirs["series"].tolist()
    np.testing.assert_allclose(found["value"], theirs["value"].astype("float64"))


def test_the_total_of_people_is_counted_by_itself(conn, project, add_events):
    add_events(
        project,
        "u1 open 2026-03-02T10:00Z platform=web",
        "u1 open 2026-03-04T11:00Z platform=ios",
        "u2 open 2026-03-04T12:00Z platform=ios",
    )
    filters = asking(project, date(2026, 3, 2), date(2026, 3, 9))
    found = totals(conn, anyone(project), filters, "actors", "platform").set_index("series")
    assert found["value"].to_dict() == {"All": 2.0, "ios": 2.0, "web": 1.0}
    assert found["share"].to_dict() == {"All": 1.0, "ios": 1.0, "web": 0.5}


def test_a_share_has_no_share(conn, busy):
    filters = asking(busy, START, START + timedelta(days=20))
    assert totals(conn, anyone(busy), filters, "error_rate", "country")["share"].isna().all()


def test_people_are_counted_once_in_each_country(conn, busy, add_events):
    events = history(11, START - timedelta(days=33), 62, events=320)
    filters = asking(busy, START, START + timedelta(days=20))
    found = places(conn, anyone(busy), filters).set_index("country")
    inside = keep(events, filters)
    assert found["value"].to_dict() == {
        code: reference.actors([e for e in inside if e.country == code]) for code in ("DE", "US")
    }
    assert found["name"].to_dict() == {"DE": "Germany", "US": "United States"}
    assert found["share"]["DE"] == found["value"]["DE"] / reference.actors(inside)


def test_the_statement_of_the_places_gives_their_numbers(conn, busy):
    filters = asking(busy, START, START + timedelta(days=20))
    found = places(conn, anyone(busy), filters, "events")
    theirs = answer(conn, places_sql(anyone(busy), filters, "events"))[1:]
    assert found["country"].tolist() == theirs["series"].tolist()
    assert found["value"].tolist() == theirs["value"].tolist()


def test_a_country_that_nobody_knows_keeps_its_code(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z country=QQ", "u2 open 2026-03-02T10:00Z")
    found = places(conn, anyone(project), asking(project, date(2026, 3, 2), date(2026, 3, 3)))
    assert found["name"].tolist() == ["(not set)", "QQ"]
    assert (country_name("XK"), country_name("CI")) == ("Kosovo", "Côte d\u2019Ivoire")


@pytest.mark.parametrize("metric", ["actors", "wau", "mau", "stickiness"])
def test_before_the_first_event_there_are_no_places(conn, busy, metric):
    filters = asking(busy, date(2020, 1, 1), date(2020, 2, 1))
    assert places(conn, anyone(busy), filters, metric)["value"].fillna(0).eq(0).all()


def test_a_stranger_gets_no_places(conn, busy):
    filters = asking(busy, START, START + timedelta(days=20))
    assert places(conn, PUBLIC, filters).empty
    assert places(conn, PUBLIC, filters).dtypes.equals(places(conn, anyone(busy), filters).dtypes)
    assert answer(conn, places_sql(PUBLIC, filters)).empty
