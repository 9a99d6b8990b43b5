"""Trials that are converted, open and lost, by hand and against plain Python."""

import math
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from analytics.business.revenue.trials import BY_PLAN, TRIALS, trials, trials_by_plan
from analytics.filters import NOT_SET
from analytics.scope import PUBLIC
from tests.analytics.business.revenue.books import EUR, add_changes, asked
from tests.analytics.reference import anyone

TRIED = (
    "1 1 2026-02-01T10:00Z trialing pro 900",
    "1 1 2026-02-15T10:00Z active pro 900",
    "1 1 2026-04-15T10:00Z canceled pro 900",
    "2 2 2026-02-02T10:00Z trialing pro 900",
    "2 2 2026-02-09T10:00Z canceled pro 900",
    "3 3 2026-02-03T10:00Z trialing team 4900",
    "4 4 2026-07-03T10:00Z trialing - 900",
    "5 5 2026-02-01T10:00Z active pro 900",
    "5 5 2026-02-05T10:00Z trialing pro 900",
    "6 6 2026-02-01T10:00Z trialing pro 900",
    "6 6 2026-02-20T10:00Z active pro 0",
    "7 7 2025-12-01T10:00Z trialing pro 900",
    "7 7 2026-01-02T10:00Z trialing pro 900",
)


def by(found, name):
    """The rows of a frame by a column, without those of zeros."""
    keys = found["month"].dt.strftime("%Y-%m") if name == "month" else found[name]
    rows = found.set_index(keys)
    return rows[rows["began"] > 0]


def test_those_that_are_over_are_converted_or_lost(conn, project):
    add_changes(conn, project, *TRIED)
    found = by(trials(conn, anyone(project), asked(project), EUR), "month")
    assert found.index.tolist() == ["2026-02", "2026-07"]
    assert found["began"].tolist() == [4, 1]  # nobody tries what they have paid for, or twice
    assert found["converted"].tolist() == [1, 0]
    assert found["lost"].tolist() == [2, 0]  # one canceled, one goes on for nothing
    assert found["open"].tolist() == [1, 1]
    assert found["conversion"].iloc[0] == 1 / 3
    assert math.isnan(found["conversion"].iloc[1])
    assert found["median_days"].iloc[0] == 14
    assert math.isnan(found["median_days"].iloc[1])


def test_the_plan_is_the_one_that_was_tried(conn, project):
    add_changes(conn, project, *TRIED, "3 3 2026-02-20T10:00Z active pro 900")
    found = by(trials_by_plan(conn, anyone(project), asked(project), EUR), "plan")
    assert found.index.tolist() == ["pro", NOT_SET, "team"]
    assert found["began"].tolist() == [3, 1, 1]
    assert found.loc["team", "converted"] == 1


def test_what_has_not_happened_yet_is_not_known(conn, project):
    add_changes(
        conn,
        project,
        "1 1 2026-07-01T10:00Z trialing pro 900",
        "1 1 2026-07-11T10:00Z active pro 900",
    )
    found = trials(conn, anyone(project), asked(project), EUR)
    assert (found["converted"].sum(), found["open"].sum()) == (0, 1)


def changes(seed):
    """Random changes of a few subscriptions over ten months."""
    dice = random.Random(seed)
    begin = datetime(2025, 10, 1, tzinfo=UTC)
    states = ["trialing", "trialing", "active", "past_due", "canceled", "paused"]
    return [
        (
            dice.randint(1, 25),
            begin + timedelta(hours=hour),
            dice.choice(states),
            dice.choice(["pro", "team"]),
            dice.choice([0, 900]),
        )
        for hour in sorted(dice.sample(range(270 * 24), 90))
    ]


def reference(made, start):
    """Trials by month, going through each subscription in the order of time."""
    of, found = defaultdict(list), defaultdict(lambda: [0, 0, 0, []])
    for number, *change in made:
        of[number].append(change)
    for history in of.values():
        began = next((at for at, state, *_ in history if state == "trialing"), None)
        paid = next(
            (at for at, state, _, mrr in history if state in ("active", "past_due") and mrr), None
        )
        if began is None or began < start or (paid is not None and paid < began):
            continue
        row = found[f"{began:%Y-%m}"]
        row[0] += 1
        row[1] += paid is not None
        row[2] += paid is None and history[-1][1] == "trialing"
        row[3] += [(paid - began) / timedelta(days=1)] if paid else []
    return {
        month: (n, done, still, median(days) if days else None)
        for month, (n, done, still, days) in found.items()
    }


@pytest.mark.parametrize("seed", range(5))
def test_trials_are_those_of_going_through_each_subscription(conn, project, seed):
    made = changes(seed)
    lines = (f"{n} {n} {at.isoformat()} {s} {plan} {mrr}" for n, at, s, plan, mrr in made)
    add_changes(conn, project, *lines)
    found = by(trials(conn, anyone(project), asked(project, "2025-10"), EUR), "month")
    told = {
        month: (row.began, row.converted, row.open, None if not row.converted else row.median_days)
        for month, row in zip(found.index, found.itertuples(), strict=True)
    }
    wanted = reference(made, datetime(2025, 10, 1, tzinfo=UTC))
    assert told == {month: pytest.approx(row) for month, row in wanted.items()}


def test_empty_frames_keep_their_columns(conn, project):
    add_changes(conn, project, *TRIED)
    for viewer, currency in ((PUBLIC, EUR), (anyone(project), "CHF")):
        for question, columns in ((trials, TRIALS), (trials_by_plan, BY_PLAN)):
            found = question(conn, viewer, asked(project), currency)
            assert found.dtypes.astype(str).to_dict() == columns
            assert found.empty
