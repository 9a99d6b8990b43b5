"""What a month came to stands, for an alert, until the next one is over."""

import math

import pytest

from db.access import project_secret
from db.business_settings import BusinessSettings, set_business_settings
from db.identity import actor_key
from tests.analytics.business.revenue.books import (
    add_changes,
    add_customers,
    add_months,
    add_payments,
    add_spend,
)
from tests.analytics.operations.signals.looking import DAY, day, window

SUMMER = day("2026-07-10")


@pytest.fixture
def shop(conn, project):
    """In May 4 customers came for 1,000 each, in June 2, and one of them left; half is margin."""
    add_months(
        conn,
        project,
        "2026-05 new 4 4000",
        "2026-06 new 2 2000",
        "2026-06 churn 1 -1000",
        "2026-07 new 9 9000",
    )
    add_spend(conn, project, "2026-05-03 ads 8000", "2026-06-30 ads 6000", "2026-06-02 ads 90 USD")
    set_business_settings(conn, project.id, BusinessSettings("EUR", gross_margin=0.5))
    return project


def on(conn, project, key, text, now=SUMMER):
    """What a rule that looks on this day sees of it."""
    return window(conn, project, key, day(text), DAY, now=now, start=day("2026-06-01"))


def test_what_a_customer_costs_and_brings_is_that_of_the_last_month(conn, shop):
    assert on(conn, shop, "cac", "2026-06-20") == (8_000 / 4, 4)
    assert on(conn, shop, "cac", "2026-07-01") == (6_000 / 2, 2)
    assert on(conn, shop, "cac", "2026-07-10") == (3_000, 2)
    assert on(conn, shop, "payback", "2026-07-10") == (3_000 / (1_000 * 0.5), 2)
    # 1,000 of the 4,000 at the start of June were lost, and each customer pays 1,000.
    assert on(conn, shop, "ltv", "2026-07-10") == (1_000 * 0.5 / (1_000 / 4_000), 1)
    assert on(conn, shop, "ltv_cac", "2026-07-10") == (2_000 / 3_000, 2)


def test_where_nobody_left_there_is_no_lifetime(conn, shop):
    value, n = on(conn, shop, "ltv", "2026-06-20")
    assert math.isnan(value)
    assert n == 0


def test_trials_count_once_they_are_over(conn, project):
    add_months(conn, project, "2026-05 new 1 900")
    add_changes(
        conn,
        project,
        "1 1 2026-06-02T10:00Z trialing pro 900",
        "1 1 2026-06-09T10:00Z active pro 900",
        "2 2 2026-06-03T10:00Z trialing pro 900",
        "2 2 2026-06-20T10:00Z canceled pro 900",
        "3 3 2026-06-30T10:00Z trialing pro 900",
        "4 4 2026-07-02T10:00Z trialing pro 900",
        "4 4 2026-07-03T10:00Z active pro 900",
    )
    assert on(conn, project, "trial_conversion", "2026-07-05") == (1 / 2, 2)


def test_failed_payments_count_once_their_days_are_over(conn, project):
    add_months(conn, project, "2026-05 new 1 900")
    add_payments(
        conn,
        project,
        "1 1 2026-06-02T10:00Z payment failed 900",
        "1 1 2026-06-09T10:00Z payment succeeded 900",
        "2 2 2026-06-02T10:00Z payment failed 900",
        "2 2 2026-06-30T10:00Z payment succeeded 900",
        "3 3 2026-06-29T10:00Z payment failed 900",
        "4 4 2026-07-02T10:00Z payment failed 900",
    )
    assert on(conn, project, "recovery", "2026-07-05") == (1 / 2, 2)


def test_visitors_who_paid_are_those_of_the_last_month_whose_days_are_over(
    conn, project, add_events
):
    """Who visited in April may pay until 29 June, and who did in May until 30 July."""
    add_events(
        project,
        *(f"{who} page_view 2026-04-10T10:00Z" for who in ("ann", "bob", "cem", "dan")),
        "ann sign_up 2026-04-10T10:05Z",
        "eva page_view 2026-05-10T10:00Z",
        "eva sign_up 2026-05-10T10:05Z",
    )
    secret = project_secret(conn, project.id)
    add_customers(conn, project, {1: actor_key(secret, "ann"), 2: actor_key(secret, "eva")})
    add_changes(
        conn,
        project,
        "1 1 2026-04-20T10:00Z active pro 900",
        "2 2 2026-05-20T10:00Z active pro 900",
    )
    assert on(conn, project, "paid_conversion", "2026-07-10") == (1 / 4, 4)
    assert on(conn, project, "paid_conversion", "2026-06-30") == (1 / 4, 4)
    assert on(conn, project, "paid_conversion", "2026-06-29")[1] == 0


def test_who_came_back_is_of_the_last_month_and_the_one_before(conn, project, add_events):
    add_events(
        project,
        *(f"{who} open 2026-05-10T10:00Z" for who in ("ann", "bob", "cem", "dan")),
        *(f"{who} open 2026-06-10T10:00Z" for who in ("ann", "eva")),
        "ann open 2026-07-02T10:00Z",
    )
    assert on(conn, project, "monthly_retention", "2026-07-05") == (1 / 4, 4)
    value, n = on(conn, project, "monthly_retention", "2026-06-05")
    assert (math.isnan(value), n) == (True, 0)
