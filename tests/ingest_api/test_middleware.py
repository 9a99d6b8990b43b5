"""What wraps every answer: CORS, meters, and problems for what nobody serves."""

import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from ingest_api import keys
from tests.ingest_api.conftest import EVENTS, event

ORIGIN = "https://shop.example"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/nowhere", 404),
        ("GET", EVENTS, 405),
        ("DELETE", "/v1/track", 405),
        ("POST", EVENTS, 401),
        ("PUT", "/api/v1/consent", 401),
        ("POST", "/v1/track", 400),
    ],
)
def test_every_answer_echoes_the_origin_errors_included(door, method, path, status):
    headers = {"Origin": ORIGIN} | ({"X-API-Key": door.key} if status == 400 else {})
    answer = door.client.request(method, path, headers=headers)
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-expose-headers"] == "ETag, Retry-After"
    assert "Origin" in answer.headers["vary"]


def test_without_an_origin_nothing_is_said_of_it(client):
    assert "access-control-allow-origin" not in client.get("/healthz").headers


@pytest.mark.parametrize("path", [EVENTS, EVENTS + "/", "/api/v1/consent", "/v1/track"])
def test_a_preflight_is_answered_and_cached_for_a_day(client, path):
    answer = client.options(
        path,
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type, x-api-key",
        },
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-headers"] == "content-type, x-api-key"
    assert "PUT" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-max-age"] == "86400"


def test_what_breaks_inside_is_a_500_without_its_values(door, monkeypatch, capsys):
    def broken(*_: object) -> None:
        raise ValueError("the value 203.0.113.9")

    monkeypatch.setattr(keys.Keys, "sender", broken)
    answer = door.send([event()], Origin=ORIGIN)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (500, ORIGIN)
    assert answer.json()["detail"] == "Something went wrong here."
    output = capsys.readouterr()
    assert "ValueError" in output.out + output.err
    assert "203.0.113.9" not in output.out + output.err


@pytest.mark.parametrize("path", ["/nowhere", "//", "/" + "x" * 10_000, "/%00", "/%ff", "/../etc"])
def test_what_is_not_served_is_a_problem(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def metric(client, name: str, **labels: str) -> float:
    samples = (s for f in families(client.get("/metrics").text) for s in f.samples)
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


def test_each_drop_and_reject_is_metered_once(door):
    name = "looplens_events_refused_total"
    before = {reason: metric(door.client, name, reason=reason) for reason in ("bot", "invalid")}
    agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    door.send([event(), event(), {}], user_agent=agent)
    assert metric(door.client, name, reason="bot") == before["bot"] + 2
    assert metric(door.client, name, reason="invalid") == before["invalid"] + 1


def test_answers_are_metered_by_route_and_never_by_what_was_asked(door):
    counted = {"route": EVENTS, "status": "200"}
    before = metric(door.client, "looplens_requests_total", **counted)
    door.send([event()])
    door.client.get("/someone@mail.example")
    assert metric(door.client, "looplens_requests_total", **counted) == before + 1
    assert "mail.example" not in door.client.get("/metrics").text
