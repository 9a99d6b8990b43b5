"""Reports of requests: what is taken, once, and what is refused by name."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from looplens.requests import Requests
from sqlalchemy import func, select

from db.tables import INSTALLATION, request_stats
from ingest_api.event import Reject
from ingest_api.formats.requests import MOST_ROWS, Report, parse
from ingest_api.own_requests import OwnRequests

PATH = "/api/v1/performance/requests"
NOW = datetime(2026, 3, 10, 12, 30, 40, tzinfo=UTC)


def row(**members):
    now = datetime.now(UTC).isoformat()
    return {"at": now, "endpoint": "GET /a", "n": 2, "bins": [[0, 1], [10, 1]]} | members


def report(*rows, **members):
    about = {"report_id": str(uuid.uuid4()), "service": "shop"}
    return about | {"requests": list(rows or [row()])} | members


@pytest.fixture
def shop(open_door):
    return open_door(scope="server")


def stored(door):
    with door.engine.connect() as conn:
        mine = select(request_stats).where(request_stats.c.project_id == door.project.id)
        return conn.execute(mine).all()


def test_a_report_is_kept_by_minute(shop):
    told = {"failures": 1, "refused": 1, "errors": {"KeyError": 1, "404": 1}, "cache_misses": 2}
    answer = shop.send(report(row(**told, duration_sum_ms=2.5)), PATH)
    assert answer.json() == {"status": "success", "accepted": 1, "duplicate": False}
    (kept,) = stored(shop)
    assert (kept.service, kept.endpoint, kept.n, kept.minutes) == ("shop", "GET /a", 2, 1)
    assert (kept.failures, kept.refused, kept.cache_misses) == (1, 1, 2)
    assert kept.errors == {"KeyError": 1, "404": 1}
    assert kept.duration_sum == 2.5
    assert (kept.at.second, kept.at.microsecond) == (0, 0)


def test_a_report_that_comes_again_is_not_added_again(shop):
    body = report()
    shop.send(body, PATH)
    assert shop.send(body, PATH).json() == {
        "status": "success",
        "accepted": 0,
        "duplicate": True,
    }
    assert len(stored(shop)) == 1


def test_what_the_client_counts_is_what_the_server_takes(shop):
    counted = Requests("shop")
    for status, took in ((200, 1.0), (404, 20.0), (503, 1e11)):
        counted.add("GET /a", status, took, cached=status == 200)
    assert shop.send(report(*counted.take()), PATH).json()["accepted"] == 1


@pytest.mark.parametrize("scope", ["ingest", "read"])
def test_it_takes_a_key_of_a_server(open_door, scope):
    door = open_door(scope=scope)
    answer = door.send(report(), PATH)
    assert answer.status_code == 403
    assert stored(door) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (row(n=0), "requests.0.n"),
        (row(n=3), "do not add up to n"),
        (row(n=10**18), "requests.0.n"),
        (row(bins=[[0, 1], [0, 1]]), "a bin is there twice"),
        (row(bins=[[589, 2]]), "requests.0.bins.0"),
        (row(bins=[[-177, 2]]), "requests.0.bins.0"),
        (row(bins=[[0, -2]]), "requests.0.bins.0"),
        (row(bins=[[0, 2]] * 800), "requests.0.bins"),
        (row(failures=2, refused=1), "failures and refused are more"),
        (row(cache_hits=2, cache_misses=1), "cache_hits and cache_misses are more"),
        (row(errors={"404": 1}), "errors are more"),
        (row(errors={"\x00": 1}, failures=1), "requests.0.errors"),
        (row(duration_sum_ms=-1), "requests.0.duration_sum_ms"),
        (row(endpoint=""), "requests.0.endpoint"),
        (row(endpoint="x" * 201), "requests.0.endpoint"),
        (row(endpoint="a\x00b"), "requests.0.endpoint"),
        (row(more=1), "requests.0.more"),
        (row(at="yesterday"), "requests.0.at"),
        (row(at=(datetime.now(UTC) - timedelta(hours=26)).isoformat()), "requests.0.at"),
        (row(at=(datetime.now(UTC) + timedelta(hours=1)).isoformat()), "requests.0.at"),
    ],
    ids=range(20),
)
def test_what_is_wrong_with_a_row_is_named_and_nothing_is_kept(shop, wrong, told):
    answer = shop.send(report(wrong, row()), PATH)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert stored(shop) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (report(report_id="7"), "report_id"),
        (report(service=""), "service"),
        (report() | {"requests": []}, "requests"),
        (report(*[row()] * (MOST_ROWS + 1)), "requests"),
        ([], "object"),
        ("text", "object"),
        (None, "object"),
    ],
    ids=range(7),
)
def test_what_is_wrong_with_a_report_is_named(shop, wrong, told):
    answer = shop.send(wrong, PATH)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


@pytest.mark.parametrize("hours", [-30, -1, 1, 30, 50_000])
def test_a_clock_that_is_wrong_and_says_so_is_corrected(shop, hours):
    now = datetime.now(UTC)
    clock = now + timedelta(hours=hours)
    rows = [row(at=(clock - timedelta(minutes=ago)).isoformat()) for ago in (0, 10)]
    answer = shop.send(report(*rows, sent_at=clock.isoformat()), PATH)
    assert answer.json()["accepted"] == 2
    ages = sorted((now - kept.at).total_seconds() for kept in stored(shop))
    assert ages == pytest.approx([30, 630], abs=35)


def test_a_clock_that_is_nearly_right_moves_no_minute():
    at = NOW.replace(second=0)
    near = report(row(at=at.isoformat()), sent_at=(NOW + timedelta(seconds=140)).isoformat())
    assert parse(near, NOW).requests[0].at == at


@pytest.mark.parametrize(
    ("at", "sent_at"),
    [
        ("2026-03-10T12:30:00Z", "0001-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        ("2026-03-10T10:00:00Z", "2026-03-11T12:00:00Z"),
    ],
)
def test_a_time_that_does_not_fit_the_clock_of_its_report_is_named(at, sent_at):
    refused = parse(report(row(at=at), sent_at=sent_at), NOW)
    assert refused.message.startswith("requests.0.at:")


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(row())), json))
def test_whatever_is_sent_is_a_report_or_a_mistake(members):
    assert isinstance(parse(report(row(**members)), NOW), Report | Reject)


def test_the_api_counts_itself(client, ingest_engine):
    own = OwnRequests()
    own.requests.add("GET /healthz", 200, 1.0)
    mine = select(func.sum(request_stats.c.n)).where(
        request_stats.c.project_id == INSTALLATION, request_stats.c.service == "looplens"
    )
    with ingest_engine.connect() as conn:
        before = conn.execute(mine).scalar_one() or 0
    own.store(ingest_engine)
    own.store(ingest_engine)
    with ingest_engine.connect() as conn:
        assert conn.execute(mine).scalar_one() >= before + 1
