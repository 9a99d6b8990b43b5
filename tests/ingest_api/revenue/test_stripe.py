"""Events of Stripe: signed, and safe to be delivered late, twice and in any order."""

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from db.access import project_secret
from db.errors import BadSetting
from db.identity import actor_key
from db.stripe_hooks import find_hook, make_hook, remove_hook, set_secret
from db.tables import customers, metadata, payments, subscription_changes
from ingest_api.event import Sender
from ingest_api.limiting import Limits
from ingest_api.revenue.stripe_events import StripeEvent, keep
from ingest_api.revenue.stripe_prices import price_of
from jobs.revenue import count_customers
from tests.conftest import undone
from tests.jobs.revenue.reference import stored
from tests.thorough import cases, thorough

FOLDER = Path(__file__).parent / "stripe"
RECORDED = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.json"))}
SECRET = "whsec_" + "testsecret" * 3
NOW = datetime(2026, 11, 1, tzinfo=UTC)
USED = [name for name in RECORDED if name != "product_updated"]


@pytest.fixture
def hook(open_door):
    door = open_door()
    with door.engine.begin() as conn:
        return door, set_secret(conn, door.project.id, SECRET)


def signed(body, secret=SECRET, at=None):
    at = int(time.time()) if at is None else at
    made = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def deliver(hook, body, signature=None):
    door, hook_id = hook
    headers = {"Stripe-Signature": signed(body) if signature is None else signature}
    path = f"/api/v1/revenue/stripe/{hook_id}"
    return door.client.post(path, content=body.encode(), headers=headers)


def outcome(hook, name):
    answer = deliver(hook, RECORDED[name])
    assert answer.status_code == 200, answer.text
    return answer.json()["status"]


def rows(hook, table, *names):
    door, _ = hook
    columns = [table.c[name] for name in names]
    mine = select(*columns).where(table.c.project_id == door.project.id).order_by(*columns)
    with door.engine.connect() as conn:
        return [tuple(row) for row in conn.execute(mine)]


def when(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("name", USED)
def test_each_recorded_event_that_is_used_is_kept(hook, name):
    by_use = name == "subscription_upgraded"  # has an item that is billed by use
    assert outcome(hook, name) == ("stored_without_price" if by_use else "stored")
    assert outcome(hook, name) == "duplicate"


def test_what_is_not_used_is_answered_as_well(hook):
    assert outcome(hook, "product_updated") == "ignored"


def test_a_customer_is_kept_by_country_channel_and_user(hook):
    door, _ = hook
    outcome(hook, "customer_created")
    with door.engine.connect() as conn:
        key = actor_key(project_secret(conn, door.project.id), "user-77")
    found = rows(hook, customers, "actor_key", "country", "channel", "signed_up_at")
    assert found == [(key, "DE", "ads", when("2026-01-01T09:59:00"))]


def test_what_was_told_later_stays_when_what_was_told_before_comes_last(hook):
    for name in ("customer_updated", "customer_created"):
        outcome(hook, name)
    assert rows(hook, customers, "country") == [("AT",)]


def test_a_customer_who_was_deleted_is_nobody_whatever_comes_after(hook):
    for name in ("customer_created", "customer_deleted", "customer_updated"):
        outcome(hook, name)
    assert rows(hook, customers, "actor_key", "country") == [(None, "AT")]


def test_a_subscription_is_what_its_events_say_at_their_time(hook):
    for name in USED:
        outcome(hook, name)
    names = ("occurred_at", "status", "plan", "amount", "interval", "mrr")
    assert rows(hook, subscription_changes, *names) == [
        (when("2026-01-01T10:00:00"), "unpaid", "Pro", 2_900, "month", 2_900),
        (when("2026-01-01T10:00:00.000001"), "active", "Pro", 2_900, "month", 2_900),
        (when("2026-02-10T10:00:00.000001"), "active", "Team yearly", 240_000, "year", 20_000),
        (when("2026-03-22T10:00:00.000001"), "paused", "Team yearly", 240_000, "year", 20_000),
        (when("2026-05-01T10:00:00.000002"), "canceled", "Team yearly", 240_000, "year", 20_000),
    ]


def test_an_invoice_that_two_events_tell_was_paid_once(hook):
    assert outcome(hook, "invoice_paid") == "stored"
    assert outcome(hook, "invoice_payment_succeeded") == "duplicate"
    names = ("kind", "status", "amount", "currency", "occurred_at")
    paid = ("payment", "succeeded", 3_451, "EUR", when("2026-01-01T10:00:03"))
    assert rows(hook, payments, *names) == [paid]


def test_a_try_that_failed_is_kept_with_what_was_owed(hook):
    outcome(hook, "invoice_payment_failed")
    assert rows(hook, payments, "kind", "status", "amount") == [("payment", "failed", 3_451)]


def test_of_a_charge_each_refund_is_what_went_back_then(hook):
    outcome(hook, "invoice_payment_succeeded")
    for name in ("charge_refunded_more", "charge_refunded", "charge_refunded"):
        outcome(hook, name)
    found = rows(hook, payments, "kind", "amount", "invoice_key")
    (invoice,) = {row[2] for row in found}
    assert found == [
        ("payment", 3_451, invoice),
        ("refund", 600, invoice),
        ("refund", 1_000, invoice),
    ]


def test_a_refund_of_a_charge_that_names_no_invoice_is_kept_without(hook):
    newer = json.loads(RECORDED["charge_refunded"]) | {"api_version": "2025-08-27.basil"}
    del newer["data"]["object"]["invoice"]
    assert deliver(hook, json.dumps(newer)).json() == {"status": "stored"}
    assert rows(hook, payments, "kind", "amount", "invoice_key") == [("refund", 1_000, None)]


def test_an_event_of_the_future_is_not_understood(hook):
    ahead = json.loads(RECORDED["subscription_created"]) | {"created": 4_000_000_000}
    assert deliver(hook, json.dumps(ahead)).json() == {"status": "not_understood"}


def test_an_invoice_of_nothing_is_no_payment(hook):
    free = json.loads(RECORDED["invoice_paid"])
    free["data"]["object"]["amount_paid"] = 0
    assert deliver(hook, json.dumps(free)).json() == {"status": "ignored"}


@thorough
@settings(max_examples=cases(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(USED), st.lists(st.sampled_from(USED), max_size=6))
def test_in_any_order_and_repeated_they_come_to_the_same(conn, project, order, again):
    sender = Sender(project.id, project.consent, project_secret(conn, project.id), None)

    def delivered(names):
        with undone(conn):
            for name in names:
                keep(conn, sender, StripeEvent.model_validate_json(RECORDED[name]), NOW)
                if name in again:
                    count_customers(conn, project.id)
            count_customers(conn, project.id)
            return stored(conn, project.id), paid(conn, project)

    assert delivered([*order, *again]) == delivered(USED)


def paid(conn, project):
    p = payments.c
    sums = select(p.kind, p.status, func.count(), func.sum(p.amount)).group_by(p.kind, p.status)
    return {tuple(row) for row in conn.execute(sums.where(p.project_id == project.id))}


def test_no_name_address_or_card_reaches_a_table(hook):
    door, _ = hook
    for name in RECORDED:
        outcome(hook, name)
    with door.engine.connect() as conn:
        for table in metadata.sorted_tables:
            if "project_id" in table.c and table.name != "stripe_hooks":
                mine = select(table).where(table.c.project_id == door.project.id)
                rows = conn.execute(mine).mappings()
                text = str([each for row in rows for each in row.items() if not by_chance(*each)])
                for given in ("Some Body", "example.org", "Musterweg", "4242", "user-77", "_Synth"):
                    assert given not in text, (table.name, given)


def by_chance(column, value):
    """Whether it may hold any digits: a random id, the number of a row or a hash, or a time."""
    is_number = column.endswith(("_id", "_key")) and isinstance(value, int)
    return is_number or isinstance(value, UUID | datetime)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=1,v1=00",
        "t=x,v1=00",
        "v1=00",
        b"t=1,v1=\xe9",
        signed(RECORDED["invoice_paid"], "whsec_another"),
        signed(RECORDED["customer_created"]),
        signed(RECORDED["invoice_paid"], at=1_700_000_000),
    ],
    ids=[
        "none",
        "wrong",
        "no number",
        "no time",
        "no ASCII",
        "another secret",
        "another body",
        "old",
    ],
)
def test_what_is_not_signed_for_this_body_now_is_refused(hook, signature):
    answer = deliver(hook, RECORDED["invoice_paid"], signature)
    assert answer.status_code == 400
    assert rows(hook, payments, "amount") == []


def test_what_is_not_signed_uses_up_nothing_of_the_project(hook, monkeypatch):
    counted = []
    monkeypatch.setattr(Limits, "check_project", lambda _, project_id: counted.append(project_id))
    door, _ = hook
    deliver(hook, RECORDED["invoice_paid"], "t=1,v1=00")
    assert counted == []
    outcome(hook, "invoice_paid")
    assert counted == [door.project.id]


def test_one_changed_byte_breaks_the_signature(hook):
    body = RECORDED["invoice_paid"]
    assert deliver(hook, body.replace("3451", "3452"), signed(body)).status_code == 400


def test_an_unknown_address_and_one_without_a_secret_take_nothing(hook, open_door):
    door, _ = hook
    bare = open_door()
    with bare.engine.begin() as conn:
        waiting = make_hook(conn, bare.project.id)
    for hook_id in (uuid4(), "no-uuid", waiting):
        answer = deliver((door, hook_id), RECORDED["invoice_paid"])
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"data": {"object": []}},
        {"data": {"object": {"id": "in_1"}}},
        {"created": "soon"},
        {"created": -1},
        {"data": {"object": {"id": "in_1", "amount_paid": "lots", "customer": "c"}}},
    ],
)
def test_what_can_not_be_understood_is_not_sent_again(hook, change):
    body = json.dumps(json.loads(RECORDED["invoice_paid"]) | change)
    answer = deliver(hook, body)
    assert (answer.status_code, answer.json()["status"]) == (200, "not_understood")


def test_a_body_that_is_signed_and_no_text_is_refused(hook):
    door, hook_id = hook
    sent = {"Stripe-Signature": signed("x")}
    path = f"/api/v1/revenue/stripe/{hook_id}"
    assert door.client.post(path, content=b"\xff\xfe", headers=sent).status_code == 400


def test_a_hook_keeps_its_address_when_the_secret_changes_and_can_go(conn, project):
    hook_id = make_hook(conn, project.id)
    assert find_hook(conn, hook_id) is None
    assert set_secret(conn, project.id, SECRET) == hook_id == make_hook(conn, project.id)
    assert find_hook(conn, hook_id).project_id == project.id
    with pytest.raises(BadSetting):
        set_secret(conn, project.id, "sk_live_nothing")
    assert remove_hook(conn, project.id)
    assert find_hook(conn, hook_id) is None
    assert not remove_hook(conn, project.id)


# What a subscription costs --------------------------------------------------------------------


def subscribed(*items, **more):
    listed = []
    for amount, interval, quantity, *usage in items:
        rhythm = {"interval": interval, "interval_count": 1, "usage_type": "".join(usage)}
        price = {"id": f"p{amount}", "unit_amount": amount, "recurring": rhythm}
        listed.append({"price": price, "quantity": quantity})
    return {"items": {"data": listed}} | more


def cost(subscription):
    price = price_of(subscription)
    return price.amount, price.interval


def test_items_add_up_and_what_is_billed_by_use_costs_nothing():
    assert cost(subscribed((1_000, "month", 2), (500, "month", 1))) == (2_500, "month")
    assert cost(subscribed((1_000, "month", 1), (5, "month", 900, "metered"))) == (1_000, "month")
    assert cost(subscribed()) == (0, "month")


def test_items_of_different_rhythms_cost_so_much_a_month():
    assert cost(subscribed((1_200, "year", 1), (1_000, "month", 1))) == (1_100, "month")


def test_a_discount_that_stays_is_taken_off_and_one_that_ends_is_not():
    forever = {"id": "di_1", "coupon": {"duration": "forever", "percent_off": 25}}
    once = {"id": "di_2", "coupon": {"duration": "once", "amount_off": 100}}
    plain = (1_000, "month", 1)
    assert cost(subscribed(plain, discount=forever, discounts=[forever, once]))[0] == 750
    assert cost(subscribed(plain, discounts=["di_1"]))[0] == 1_000
    named = subscribed(plain, discount=forever, discounts=["di_1"])
    assert (price_of(named).amount, price_of(named).is_whole) == (750, True)
    less = {"id": "di_3", "coupon": {"duration": "forever", "amount_off": 5_000}}
    assert cost(subscribed(plain, discount=less))[0] == 0


def test_a_discount_whose_coupon_is_told_as_its_source_is_taken_off():
    coupon = {"id": "co_1", "duration": "forever", "percent_off": 25}
    told = subscribed((1_000, "month", 1), discounts=[{"id": "di_1", "source": {"coupon": coupon}}])
    assert (price_of(told).amount, price_of(told).is_whole) == (750, True)


@pytest.mark.parametrize(
    "discounts",
    [["di_1"], [{"id": "di_1", "source": {"type": "coupon", "coupon": "co_1"}}]],
    ids=["discount", "coupon"],
)
def test_a_price_is_not_whole_where_a_discount_is_told_by_its_id(discounts):
    assert not price_of(subscribed((1_000, "month", 1), discounts=discounts)).is_whole
    of_an_item = subscribed((1_000, "month", 1))
    of_an_item["items"]["data"][0]["discounts"] = discounts
    assert not price_of(of_an_item).is_whole


@pytest.mark.parametrize(("up_or_down", "packages"), [("up", 3), ("down", 2)])
def test_what_is_sold_in_packages_costs_so_many_of_them(up_or_down, packages):
    packed = subscribed((500, "month", 25))
    price = packed["items"]["data"][0]["price"]
    price["transform_quantity"] = {"divide_by": 10, "round": up_or_down}
    assert cost(packed)[0] == packages * 500
    packed["items"]["data"][0]["quantity"] = 20
    assert cost(packed)[0] == 2 * 500


def test_fractions_of_a_cent_are_counted_before_they_are_rounded():
    exact = subscribed((0, "month", 1_000))
    exact["items"]["data"][0]["price"] |= {"unit_amount": None, "unit_amount_decimal": "0.55"}
    assert cost(exact) == (550, "month")


def test_a_price_is_called_by_its_name_or_else_its_id():
    both = subscribed((1, "month", 1), (2, "month", 1))
    both["items"]["data"][0]["price"]["nickname"] = "Pro"
    assert price_of(both).plan == "Pro + p2"


TIERS = [
    {"up_to": 10, "unit_amount": 500, "flat_amount": 1_000},
    {"up_to": 40, "unit_amount_decimal": "300.5", "unit_amount": None, "flat_amount": None},
    {"up_to": None, "unit_amount": 100, "flat_amount": 2_000},
]


def tiered(quantity, mode, tiers):
    tried = subscribed((None, "month", quantity))
    tried["items"]["data"][0]["price"] |= {"tiers_mode": mode, "tiers": tiers}
    return price_of(tried)


@pytest.mark.parametrize(
    ("quantity", "mode", "amount"),
    [
        (10, "graduated", 6_000),
        (12, "graduated", 6_601),
        (50, "graduated", 6_000 + 30 * 300.5 + 10 * 100 + 2_000),
        (10, "volume", 6_000),
        (12, "volume", 3_606),
        (50, "volume", 7_000),
    ],
)
def test_a_price_in_tiers_is_worked_out_where_they_are_told(quantity, mode, amount):
    price = tiered(quantity, mode, TIERS)
    assert (price.amount, price.is_whole) == (amount, True)


def test_a_price_is_not_whole_where_an_item_has_none():
    assert not tiered(50, "graduated", None).is_whole
    assert not price_of(subscribed((1_000, "month", 1), (5, "month", 900, "metered"))).is_whole
    assert price_of(subscribed((0, "month", 1))).is_whole
    assert not price_of(subscribed()).is_whole
    one_of_many = subscribed((1_000, "month", 1))
    one_of_many["items"]["has_more"] = True
    assert not price_of(one_of_many).is_whole
    one_of_many["items"]["has_more"] = False
    assert price_of(one_of_many).is_whole


def test_a_subscription_whose_price_is_not_told_is_named_and_kept(hook):
    untold = json.loads(RECORDED["subscription_active"])
    for item in untold["data"]["object"]["items"]["data"]:
        item["price"] |= {"unit_amount": None, "unit_amount_decimal": None}
    statuses = [deliver(hook, json.dumps(untold)).json()["status"] for _ in range(2)]
    assert statuses == ["stored_without_price", "duplicate"]
    assert rows(hook, subscription_changes, "status", "mrr", "is_whole") == [("active", 0, False)]
    untold |= {"id": "evt_end", "type": "customer.subscription.deleted"}
    untold["data"]["object"]["status"] = "canceled"
    assert deliver(hook, json.dumps(untold)).json()["status"] == "stored"
