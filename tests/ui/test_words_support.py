"""Support in words: what became of the backlog, and which days are compared."""

from datetime import UTC, date, datetime

import pytest

from analytics.filters import Filters
from analytics.operations.support.summary import SupportSummary
from ui import words, words_support

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("resolved", "backlog", "said"),
    [
        (197, 5, "the backlog is 5, as at the start of the range"),
        (187, 15, "the backlog grew from 5 to 15"),
        (200, 2, "the backlog shrank from 5 to 2"),
    ],
)
def test_the_tile_and_the_title_begin_with_the_same_backlog(resolved, backlog, said):
    now = SupportSummary(opened=197, resolved=resolved, backlog=backlog)
    assert words_support.load_finding(now) == f"197 opened, {resolved} resolved: {said}"
    tile = words_support.tiles(now, SupportSummary(backlog=3))["Backlog"]
    assert (tile.value, tile.below) == (str(backlog), "5 at the start")


def compared(first, end):
    return words.compared(Filters(1, "UTC", "full", first, end, NOW))


def test_a_range_that_goes_on_says_which_of_its_days_are_compared():
    assert compared(date(2026, 10, 25), date(2026, 11, 22)) == (
        "25 Oct to 21 Nov 2026. The 27 days that are over are compared with 4 weeks earlier "
        "(27 Sep to 23 Oct 2026)"
    )
    assert ". The day that is over is compared" in compared(date(2026, 11, 20), date(2026, 11, 22))
    assert compared(date(2026, 10, 24), date(2026, 11, 21)) == (
        "24 Oct to 20 Nov 2026, compared with 4 weeks earlier (26 Sep to 23 Oct 2026)"
    )
