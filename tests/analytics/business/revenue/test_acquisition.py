"""What customers cost by channel, reckoned by hand."""

import pytest

from analytics.business.revenue.acquisition import acquisition
from analytics.filters import NOT_SET
from analytics.measures.cutting import ALL
from analytics.scope import PUBLIC
from tests.analytics.business.revenue.books import EUR, add_months, add_spend, asked
from tests.analytics.reference import anyone


@pytest.fixture
def asking(conn, project):
    """Ads brought 4 customers of 1,000 cents for 60,000; 2 came by themselves; events none."""
    add_months(
        conn,
        project,
        "2025-12 new 2 2000 DE ads",
        "2026-02 new 4 4000 DE ads",
        "2026-03 new 2 3000 DE",
        "2026-04 churn 1 -1000 DE ads",
        "2026-04 reactivation 1 1000 DE ads",
        "2026-07 new 9 9000 DE ads",
    )
    add_spend(
        conn,
        project,
        "2025-12-31 ads 999999",
        "2026-01-01 ads 20000",
        "2026-06-30 ads 40000",
        "2026-07-01 ads 999999",
        "2026-03-03 events 30000",
        "2026-03-03 events 5000 USD",
    )
    return conn, anyone(project), asked(project), EUR, 0.5


def test_a_customer_costs_what_was_spent_by_how_many_were_new(asking):
    found = acquisition(*asking)
    ads = found.channels[0]
    assert (ads.channel, ads.spend, ads.won) == ("ads", 60_000, 4)
    assert ads.cac == 15_000
    assert ads.arpa == 1_000
    assert ads.payback == 15_000 / (1_000 * 0.5)
    # At stake at the starts of January to June: 2, 2, 6, 6, 6 and 6 times 1,000; 1,000 were lost.
    assert ads.lifetime.value == pytest.approx(1_000 * 0.5 / (1_000 / 28_000))
    assert ads.ltv_cac == pytest.approx(14_000 / 15_000)


def test_the_whole_is_all_spend_by_all_who_were_new(asking):
    whole = acquisition(*asking).whole
    assert (whole.channel, whole.spend, whole.won) == (ALL, 90_000, 6)
    assert whole.cac == 15_000
    assert whole.arpa == 9_000 / 8


def test_a_channel_without_spend_or_without_customers_has_no_cost_a_customer(asking):
    by_name = {each.channel: each for each in acquisition(*asking).channels}
    assert set(by_name) == {"ads", "events", NOT_SET}
    free, vain = by_name[NOT_SET], by_name["events"]
    assert (free.spend, free.won, free.cac, free.payback, free.ltv_cac) == (0, 2, None, None, None)
    assert (vain.spend, vain.won, vain.cac, vain.payback) == (30_000, 0, None, None)


def test_spend_in_another_currency_is_named_and_not_converted(asking):
    assert acquisition(*asking).elsewhere == ("USD",)


def test_nothing_known_is_nothing_told(conn, project):
    found = acquisition(conn, anyone(project), asked(project), EUR, 0.5)
    assert (found.whole, found.channels, found.elsewhere) == (None, (), ())


def test_a_stranger_learns_nothing(asking, project):
    conn, _, *rest = asking
    found = acquisition(conn, PUBLIC, *rest)
    assert (found.whole, found.channels, found.elsewhere) == (None, (), ())
