"""Subscriptions whose price is not all known are counted while they go on."""

import pytest

from analytics.business.revenue.unpriced import unpriced
from analytics.scope import PUBLIC
from tests.analytics.business.revenue.books import add_changes
from tests.analytics.reference import anyone

BY_USE = "active calls 0 month 1 part"


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ((f"1 1 2026-01-05T10:00Z {BY_USE}",), 1),
        (("1 1 2026-01-05T10:00Z past_due pro 900 year 1 part",), 1),
        ((f"1 1 2026-01-05T10:00Z {BY_USE}", f"1 2 2026-01-05T10:00Z {BY_USE}"), 2),
        (("1 1 2026-01-05T10:00Z active free 0",), 0),
        (("1 1 2026-01-05T10:00Z trialing calls 0 month 1 part",), 0),
        ((f"1 1 2026-01-05T10:00Z {BY_USE}", "1 1 2026-02-05T10:00Z active pro 900"), 0),
        ((f"1 1 2026-01-05T10:00Z {BY_USE}", "1 1 2026-02-05T10:00Z canceled calls 0"), 0),
        ((f"1 1 2026-02-05T10:00Z {BY_USE}", "1 1 2026-01-05T10:00Z active pro 900"), 1),
    ],
    ids=["by use", "in part", "two", "free", "tried", "priced later", "ended", "priced before"],
)
def test_those_that_go_on_are_counted(conn, project, changes, count):
    add_changes(conn, project, *changes)
    assert unpriced(conn, anyone(project), project.id) == count
    assert unpriced(conn, PUBLIC, project.id) == 0
