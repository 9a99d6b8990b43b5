"""The page on performance: what it tells of servers, clients, pages and AI calls, and to whom."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from db.request_stats import Served, bin_of, record
from db.tables import INSTALLATION
from tests.thorough import thorough

NOW = datetime.now(UTC)
YESTERDAY = NOW - timedelta(days=1)


def served(ago, *durations, endpoint="GET /runs", service="shop", **more):
    at = (NOW - timedelta(days=ago)).replace(second=0, microsecond=0)
    bins = Counter(bin_of(each) for each in durations)
    return Served(at, service, endpoint, len(durations), bins, **more)


@pytest.fixture
def shop(conn, project, add_events):
    """Servers that took twice as long as four weeks before, a page, an AI call, and Looplens."""
    told = {"failures": 1, "errors": {"KeyError": 1}}
    record(conn, project.id, [served(1, 400.0, 20.0, **told), served(29, 200.0, 20.0)])
    record(conn, project.id, [served(1, 900.0, endpoint="POST /<b>runs</b>")])
    record(conn, INSTALLATION, [served(1, 5.0, service="looplens", endpoint="GET /healthz")])
    at = f"{YESTERDAY:%Y-%m-%dT%H:%M}Z"
    add_events(
        project,
        f"u1 page_view {at} subject=home duration=2100",
        f"u1 voice_request {at} subject=nova duration=300",
        f"u1 api_request {at} subject=clients-call duration=70",
    )
    conn.commit()
    return project


def titles(shown):
    return [each.value for each in shown.subheader]


def tile(shown, label):
    return next(each for each in shown.metric if each.label == label)


@pytest.mark.parametrize("role", ["admin", "executive", "product", "operations"])
def test_titles_say_what_was_found(show, shop, role):
    shown = show("performance", role, shop)
    assert not shown.exception
    told = titles(shown)
    assert told[0].startswith("One request in twenty takes over 902 ms, up")
    assert told[1].startswith(r"\<0.01/s requests")
    assert told[2].startswith("33.33% of requests fail")
    assert told[3].startswith(r"POST /\<b\>runs\</b\> is slowest: p95 902 ms")
    assert "KeyError at GET /runs fails most: 1 time" in told
    assert told[6:] == [
        "home loads slowest: p95 2.14 s",
        "nova: 100.0% of 1 call succeeded, p95 301 ms",
    ]


def test_looplens_shows_itself_and_how_to_measure_ones_own_before_anything_is_reported(
    show, conn, project
):
    record(conn, INSTALLATION, [served(1, 5.0, service="looplens", endpoint="GET /healthz")])
    conn.commit()
    shown = show("performance", "operations", project)
    assert shown.selectbox(key="measured").value == "Looplens itself"
    assert "GET /healthz is slowest" in " ".join(titles(shown))
    assert "looplens.asgi" in shown.code[0].value


def test_who_counted_can_be_chosen(show, shop):
    shown = show("performance", "operations", shop, measured="Clients")
    assert not shown.exception
    assert titles(shown)[0].startswith("One request in twenty takes over 70 ms")
    assert "Clients tell causes with their events" in " ".join(each.value for each in shown.caption)


def test_apdex_goes_by_the_threshold_of_the_address(show, shop):
    shown = show("performance", "operations", shop)
    assert tile(shown, "Apdex").value == "0.50"
    shown = show("performance", "operations", shop, apdex="1000")
    assert tile(shown, "Apdex").value == "1.00"


@thorough
def test_it_runs_by_hour_and_without_any_request(show, project, shop):
    assert not show("performance", "operations", shop, grain="hour", range="7d").exception
    old = {"range": "custom", "dates": ["2020-01-01", "2020-01-05"]}
    shown = show("performance", "operations", shop, **old)
    assert not shown.exception


@pytest.mark.parametrize("query", ["latency", "request_rate", "endpoints", "spread", "kinds"])
def test_every_card_shows_a_query_that_runs(show, shop, conn, query):
    shown = show("performance", "operations", shop)
    shown.session_state[f"query_{query}"] = True
    shown.run()
    assert not shown.exception
    statement = shown.code[-1].value
    assert f"project_id = {shop.id}" in statement
    assert conn.exec_driver_sql(statement.replace("%", "%%")).all()


@pytest.mark.parametrize("role", ["author", "member"])
def test_roles_without_the_field_learn_nothing(show, shop, role):
    shown = show("performance", role, shop)
    assert "does not include this page" in shown.info[0].value
    assert not shown.subheader


def test_a_stranger_learns_nothing(show, shop):
    shown = show(None, None, path="pages/performance.py")
    assert shown.info[0].value == "Sign in to see this page."
    assert not shown.subheader
