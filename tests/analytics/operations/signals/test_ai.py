"""What AI calls were worth, as alerts look at it."""

import math

import pytest

from tests.analytics.operations.signals.looking import DAY, day, window

NOW = day("2026-03-05")
CALLS = (  # day, model, ok and what was told, of which 1 is yes
    (2, "nova", 1, {"corrected": 1, "completed": 1}),
    (2, "nova", 0, {"corrected": 0}),
    (2, "lynx", 1, {"repeated": 1, "follow_up": 0, "completed": 0}),
    (3, "nova", 1, {"corrected": 0, "follow_up": 1}),
    (5, "nova", 0, {"corrected": 1}),  # on the day that is not over
)
SAID = {0: "false", 1: "true"}


@pytest.fixture
def shop(project, add_events):
    for date, model, ok, told in CALLS:
        properties = ",".join(f'"{name}":{SAID[said]}' for name, said in told.items())
        event = f"u1 tts 2026-03-0{date}T00:00Z subject={model} ok={ok}"
        add_events(project, f"{event} properties={{{properties}}}")
    return project


def of(told, days, model=""):
    """The share of yes among the calls that tell, and how many do."""
    said = [
        said[told] for date, name, _, said in CALLS
        if date in days and told in said and model in ("", name)
    ]  # fmt: skip
    return (sum(said) / len(said), len(said))


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("ai_corrections", "corrected"),
        ("ai_repeats", "repeated"),
        ("ai_follow_ups", "follow_up"),
        ("ai_completions", "completed"),
    ],
)
def test_shares_are_of_the_calls_that_tell(conn, shop, key, told):
    seen = window(conn, shop, key, day("2026-03-04"), 2 * DAY, now=NOW, start=day("2026-03-01"))
    assert seen == (pytest.approx(of(told, (2, 3))[0]), of(told, (2, 3))[1])


def test_a_model_can_be_looked_at_alone(conn, shop):
    asked = {"now": NOW, "start": day("2026-03-01"), "model": "nova"}
    assert window(conn, shop, "ai_success", day("2026-03-04"), 2 * DAY, **asked) == (
        pytest.approx(2 / 3),
        3,
    )
    assert window(conn, shop, "ai_corrections", day("2026-03-03"), DAY, **asked) == (0.5, 2)


def test_the_day_that_is_not_over_is_not_known(conn, shop):
    value, n = window(conn, shop, "ai_success", NOW, DAY, now=NOW, start=day("2026-03-01"))
    assert (math.isnan(value), n) == (True, 0)
