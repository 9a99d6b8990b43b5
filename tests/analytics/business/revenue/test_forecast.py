"""Where MRR is heading, and how wrong each method was before."""

import numpy as np
import pandas as pd
import pytest

from analytics.business.revenue.forecast import (
    AHEAD,
    COURSE,
    METHODS,
    NEEDED,
    backtest,
    error_of,
    forecast,
)
from analytics.scope import PUBLIC
from tests.analytics.business.revenue.books import EUR, add_months, asked
from tests.analytics.reference import anyone
from tests.thorough import thorough


def write(conn, project, values, start="2023-01"):
    """MRR of so many cents at the ends of the months from this one on."""
    months = pd.period_range(start, periods=len(values), freq="M")
    steps = np.diff([0, *values])
    lines = [
        f"{month} {'new' if step > 0 else 'churn'} 1 {step}"
        for month, step in zip(months, steps, strict=True)
        if step
    ]
    add_months(conn, project, *lines)


def told(conn, project, values):
    """The forecast of a business with these months, up to June 2026."""
    start = pd.Period("2026-06", "M") - len(values) + 1
    write(conn, project, values, str(start))
    return forecast(conn, anyone(project), asked(project), EUR)


def season(months):
    """MRR that comes and goes by the year, without growing."""
    return [int(1e6 + 4e5 * np.sin(month / 12 * 2 * np.pi)) for month in range(months)]


@pytest.mark.parametrize(
    ("values", "method"),
    [
        ([500_000] * 24, "naive"),
        (season(40), "seasonal naive"),
        ([100_000 + 10_000 * month for month in range(30)], "damped trend"),
        ([100_000 + 10_000 * month for month in range(NEEDED)], "damped trend"),
    ],
    ids=["level", "season", "growth", "short growth"],
)
def test_the_method_that_told_the_past_best_is_used(conn, project, values, method):
    found = told(conn, project, values)
    assert found.method == method
    assert found.error == min(found.errors.values())


def test_the_error_is_what_a_method_was_wrong_by(conn, project):
    values = np.array([float(each) for each in range(100, 124)])
    naive = backtest(values)["naive"]
    wrong = [abs(values[at + h] - values[at - 1]) for at in naive for h in range(min(6, 24 - at))]
    real = [values[at + h] for at in naive for h in range(min(6, 24 - at))]
    assert error_of(values, naive) == pytest.approx(sum(wrong) / sum(real))


def test_a_method_is_told_nothing_of_what_it_tells():
    values = np.array(season(30), float)
    spoilt = values.copy()
    for name, parts in backtest(values).items():
        for at, ahead in parts.items():
            spoilt[at:] = 7.0
            assert np.array_equal(METHODS[name](spoilt[:at]), ahead)
            spoilt = values.copy()


@pytest.mark.parametrize("months", [NEEDED, 17, 20, 36])
def test_all_methods_tell_the_same_months(months):
    parts = backtest(np.array(season(months), float))
    origins = {name: list(told) for name, told in parts.items()}
    assert len(set(map(tuple, origins.values()))) == 1
    assert sum(at + AHEAD <= months for at in origins["naive"]) >= 3
    assert ("seasonal naive" in parts) == (months >= 20)


def test_the_interval_grows_and_never_goes_below_zero(conn, project):
    dice = np.random.default_rng(5)
    values = np.maximum(50_000 + np.cumsum(dice.normal(0, 60_000, 30)), 100).astype(int)
    found = told(conn, project, values.tolist())
    ahead = found.course[found.course["ahead"] > 0]
    assert len(ahead) == AHEAD
    assert (ahead["low"] >= 0).all()
    assert (ahead["low"] <= ahead["value"]).all()
    assert (ahead["high"] - ahead["value"]).is_monotonic_increasing


@thorough
def test_the_interval_holds_what_comes():
    """Of random walks, the next six months are in nearly all intervals of 95 %."""
    dice, held = np.random.default_rng(11), []
    for _ in range(60):
        walk = 1e6 * np.exp(np.cumsum(dice.normal(0.01, 0.04, 36 + AHEAD)))
        course = forecast_of(walk[:36])
        inside = (course["low"].to_numpy() <= walk[36:]) & (walk[36:] <= course["high"].to_numpy())
        held.append(inside.mean())
    assert np.mean(held) >= 0.88


def forecast_of(values):
    from analytics.business.revenue import forecast as module

    parts = backtest(values)
    best = min(parts, key=lambda name: error_of(values, parts[name]))
    return module._ahead(pd.Timestamp("2026-06-01"), values, best, parts[best])


def test_months_without_a_change_keep_what_was(conn, project):
    write(conn, project, [1_000], "2026-02")
    add_months(conn, project, "2026-05 new 1 500", "2026-07 new 1 99999")
    found = forecast(conn, anyone(project), asked(project), EUR)
    assert found.course["value"].tolist() == [1_000, 1_000, 1_000, 1_500, 1_500]
    assert found.course["month"].dt.strftime("%Y-%m").tolist()[::4] == ["2026-02", "2026-06"]
    assert (found.method, found.error, found.tried) == ("", None, 0)


@pytest.mark.parametrize("values", [[0] * 3 + [900] * 13, [900] * 13 + [0] * 3, [1, *[0] * 30]])
def test_a_business_that_ends_or_hardly_begins_is_told_too(conn, project, values):
    found = told(conn, project, values)
    assert np.isfinite(found.course["value"]).all()


def test_a_stranger_gets_an_empty_course(conn, project):
    write(conn, project, [1_000] * 20)
    found = forecast(conn, PUBLIC, asked(project), EUR)
    assert found.course.empty
    assert found.course.dtypes.astype(str).to_dict() == COURSE
    assert (found.method, found.errors, found.tried) == ("", {}, 0)
