"""The revenue page: what it says of a business, what it teaches, and what may be changed on it."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.filters import add_months
from db import tables
from db.access import project_secret
from db.business_settings import BusinessSettings, business_settings_of, set_business_settings
from db.identity import actor_key
from tests.analytics.business.revenue import books
from tests.pages.reading import click, figures, sent, texts
from tests.thorough import thorough

NOW = datetime.now(UTC)
THIS = NOW.date().replace(day=1)
CARDS = ("movements", "waterfall", "forecast", "parts", "parts_table", "acquisition")
CARDS += ("conversion", "cohorts", "collected", "failed", "reasons")
CARDS += ("trials", "trials_by_plan", "prices")


def month(ago):
    """The month so many before the present one, as "2026-03"."""
    return f"{add_months(THIS, -ago):%Y-%m}"


def day(ago, number=5):
    """A moment of that month."""
    return f"{month(ago)}-{number:02}T10:00Z"


def write(conn, project, currency="EUR"):
    """Twenty months of growth, with all that the page tells of."""
    books.add_months(
        conn,
        project,
        *(f"{month(ago)} new 4 {8_000 + 100 * ago} DE ads {currency}" for ago in range(20, -1, -1)),
        f"{month(3)} churn 1 -2000 DE ads {currency}",
        f"{month(2)} contraction 1 -500 DE ads {currency}",
        f"{month(2)} new 1 3000 US organic {currency}",
    )


@pytest.fixture
def shop(conn, project, add_events):
    write(conn, project)
    books.add_movements(
        conn, project, f"{month(3)} churn -2000 DE ads", f"{month(2)} contraction -500 DE ads"
    )
    books.add_cohorts(
        conn, project, f"{month(3)} {month(3)} 8000 4", f"{month(3)} {month(1)} -2000 -1"
    )
    books.add_plans(
        conn, project, f"{month(4)} pro 2000 80000 40 40 0", f"{month(2)} pro 2000 -2000 -1 0 1"
    )
    books.add_spend(conn, project, f"{month(2)}-05 ads 120000", f"{month(2)}-05 ads 700 USD")
    visited = NOW - timedelta(days=80)
    at = f"{visited:%Y-%m-%dT10:00Z}"
    add_events(project, f"ann page_view {at}", f"ann sign_up {at}", f"bob page_view {at}")
    books.add_customers(conn, project, {1: actor_key(project_secret(conn, project.id), "ann")})
    books.add_changes(
        conn,
        project,
        f"1 1 {visited:%Y-%m-%dT11:00Z} trialing pro 2000",
        f"1 1 {visited + timedelta(days=9):%Y-%m-%dT11:00Z} active pro 2000",
    )
    books.add_payments(
        conn,
        project,
        f"1 10 {day(2)} payment failed 2000 expired_card",
        f"1 10 {day(2, 9)} payment succeeded 2000",
        f"1 10 {day(1)} refund succeeded 500",
    )
    conn.commit()
    return project


@pytest.fixture
def opened(show, shop):
    def run(role="executive", **query):
        shown = show("revenue", role, shop, **query)
        assert not shown.exception
        return shown

    return run


@thorough
def test_the_figures_are_those_of_the_last_month_that_is_over(opened):
    shown = opened()
    told = figures(shown)
    mrr = sum(8_000 + 100 * ago for ago in range(20, 0, -1)) - 2_000 - 500 + 3_000
    assert told["MRR"] == f"€{mrr / 100:,.0f}"
    assert told["Customers"] == "80"
    assert told["ARR"] == f"€{mrr * 12 / 100:,.0f}"
    assert "of the last month" not in texts(shown)
    assert f"At the end of {add_months(THIS, -1):%B %Y}" in texts(shown)


@thorough
def test_every_card_is_there_with_a_query_that_runs(opened, conn):
    shown = opened()
    for card in CARDS:
        shown.session_state[f"query_{card}"] = True
    shown.run()
    assert not shown.exception
    assert len(shown.code) == len(CARDS)
    for code in shown.code:
        assert conn.exec_driver_sql(code.value.replace("%", "%%")).all(), code.value


def test_titles_tell_what_was_found(opened):
    told = texts(opened())
    assert "1 visitor of the last 60 days" not in told
    assert "50.0% of visitors pay within 60 days" in told
    assert "100% of failed payments were recovered within 14 days" in told
    assert "expired_card is behind 100% of failures" in told
    assert "100% of trials that are over were paid for" in told
    assert "brings in" in told
    assert "Spend in USD is left out: nothing is converted." in told


@pytest.mark.parametrize("part", ["country", "channel", "plan"])
def test_mrr_is_broken_down_by_what_the_address_says(opened, part):
    shown = opened(part=part)
    assert f"What each {part} brings in" in texts(shown)


@thorough
def test_currencies_are_shown_one_at_a_time(opened, conn, shop):
    write(conn, shop, "USD")
    conn.commit()
    assert "$" in figures(opened(currency="USD"))["MRR"]
    assert "€" in figures(opened(currency="EUR"))["MRR"]


def test_subscriptions_without_a_fixed_price_are_counted_where_there_are_any(opened, conn, shop):
    books.add_changes(conn, shop, f"2 2 {day(1)} active calls 0 month 1 part")
    conn.commit()
    shown = opened()
    (told,) = (each for each in shown.caption if "no fixed price" in each.value)
    assert told.value.startswith("1 subscription has no fixed price")
    assert "billed by use" in told.help


def test_where_all_prices_are_known_nothing_is_said_of_them(opened):
    assert "no fixed price" not in texts(opened())


def test_before_anybody_paid_what_is_billed_by_use_is_counted(show, conn, project):
    changes = (f"{who} {who} {day(1)} active calls 0 month 1 part" for who in (2, 3))
    books.add_changes(conn, project, *changes)
    conn.commit()
    told = texts(show("revenue", "executive", project))
    assert "No customer has paid yet" in told
    assert "2 subscriptions have no fixed price" in told


def test_before_anybody_paid_the_page_teaches_how_to_begin(show, project):
    shown = show("revenue", "executive", project)
    assert not shown.exception
    assert "No customer has paid yet" in texts(shown)
    assert "/api/v1/revenue/subscriptions" in shown.code[0].value
    assert not shown.metric


def save(shown, project, **given):
    """Fill in the form and send it."""
    tag = f"business_{project.id}"
    for name, value in given.items():
        fields = [*shown.text_input, *shown.number_input]
        next(each for each in fields if each.key == f"{name}_{tag}").set_value(value)
    return click(shown, "Save")


def stored(conn, project):
    conn.rollback()
    return business_settings_of(conn, project.id)


@thorough
def test_what_is_assumed_can_be_changed_and_the_rest_stays(opened, conn, shop):
    set_business_settings(conn, shop.id, BusinessSettings(summary_pace="daily"))
    conn.commit()
    before = figures(opened())["LTV"]
    shown = save(opened(), shop, margin=40.0, visit_event="open", retained_days=90)
    held = stored(conn, shop)
    assert (held.gross_margin, held.visit_event, held.retained_days) == (0.4, "open", 90)
    assert held.summary_pace == "daily"
    assert figures(shown)["LTV"] != before
    assert "Saved." in texts(shown)


@thorough
def test_what_cannot_be_is_told_and_not_kept(opened, conn, shop):
    shown = save(opened(), shop, currency="E1")
    assert "currency" in shown.toast[0].value
    assert stored(conn, shop) == BusinessSettings()


@thorough
def test_who_lost_the_role_changes_nothing(opened, conn, shop):
    shown = opened()
    conn.execute(tables.people.update().values(role="member"))
    conn.commit()
    save(shown, shop, margin=40.0)
    assert stored(conn, shop) == BusinessSettings()


@thorough
def test_names_are_only_text(opened, conn, shop):
    hostile = "![x](https://evil.example/a.png) **loud**"
    for table in (tables.mrr_months, tables.spend):
        conn.execute(table.update().where(table.c.channel == "ads").values(channel=hostile))
    conn.execute(tables.mrr_months.update().values(country=hostile))
    conn.execute(tables.payments.update().values(reason=hostile))
    conn.commit()
    shown = opened()
    told = "\n".join(
        str(each.value) for each in [*shown.markdown, *shown.subheader, *shown.caption]
    )
    assert "![x]" not in told
    assert "**loud**" not in told


@thorough
def test_keys_of_customers_reach_no_browser(opened, conn, shop):
    key = 8_123_456_789_012_345
    conn.execute(tables.customers.update().values(customer_key=key))
    conn.execute(tables.payments.update().values(customer_key=key))
    conn.commit()
    assert str(key).encode() not in sent(opened())
