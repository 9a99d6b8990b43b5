"""AI calls by model: shares are of the calls that tell, percentiles from bins."""

import math
from datetime import date

import pytest

from analytics.operations.requests.ai import ai_by_model
from analytics.scope import PUBLIC
from tests.analytics.reference import anyone, asking

DAYS = (date(2026, 3, 2), date(2026, 3, 3))


def call(model, took=10, ok=1, **properties):
    told = ",".join(f'"{name}":{value}' for name, value in properties.items())
    return (
        f"u1 voice_request 2026-03-02T10:00Z subject={model} duration={took} ok={ok} "
        f"properties={{{told}}}"
    )


def test_each_model_has_its_shares_means_and_percentiles(conn, project, add_events):
    add_events(
        project,
        call("nova", 100, corrected="true", tokens=10),
        call("nova", 300, ok=0, corrected="false", tokens=20),
        call("nova", 100, request_size_bytes=5, response_size_bytes=9, completed="true"),
        call("lynx", 50, repeated="true", follow_up="false"),
        "u1 voice_request 2026-03-03T00:00Z subject=nova",
        "u1 open 2026-03-02T10:00Z subject=nova duration=9",
    )
    found = ai_by_model(conn, anyone(project), asking(project, *DAYS))
    nova, lynx = (found.iloc[number] for number in range(2))
    assert (nova["model"], nova["n"], lynx["model"], lynx["n"]) == ("nova", 3, "lynx", 1)
    assert nova["success"] == pytest.approx(2 / 3)
    assert (nova["p50"], nova["p95"]) == pytest.approx((100, 300), rel=0.02)
    assert (nova["corrections"], nova["tokens"], nova["completions"]) == (0.5, 15, 1)
    assert (nova["request_bytes"], nova["response_bytes"]) == (5, 9)
    assert math.isnan(nova["repeats"])
    assert (lynx["repeats"], lynx["follow_ups"]) == (1, 0)


def test_calls_without_a_duration_have_no_percentile(conn, project, add_events):
    add_events(project, "u1 tts 2026-03-02T10:00Z subject=nova")
    found = ai_by_model(conn, anyone(project), asking(project, *DAYS))
    assert found["n"].tolist() == [1]
    assert math.isnan(found["p95"][0])


def test_nobody_else_learns_of_them(conn, project, add_events):
    add_events(project, call("nova"))
    found = ai_by_model(conn, PUBLIC, asking(project, *DAYS))
    assert found.empty
    assert (
        found.dtypes.to_dict()
        == ai_by_model(conn, anyone(project), asking(project, *DAYS)).dtypes.to_dict()
    )
