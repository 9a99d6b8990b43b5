"""What servers tell of revenue: kept once, by keyed hashes, and refused field by field."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.access import project_secret
from db.identity import actor_key
from db.tables import (
    customers,
    grants,
    metadata,
    mrr_months,
    payments,
    spend,
    subscription_changes,
)
from jobs.revenue import count_customers

BASE = "/api/v1/revenue"
CUSTOMER = {"customer_id": "cus_ann@example.org", "country": "de", "channel": "ads"}
CHANGE = {
    "id": "change-1",
    "customer_id": "cus_1",
    "subscription_id": "sub_1",
    "status": "active",
    "plan": "pro",
    "currency": "eur",
    "amount": 12_000,
    "interval": "year",
    "occurred_at": "2026-03-01T10:00:00Z",
}
PAYMENT = {
    "id": "pay-1",
    "customer_id": "cus_1",
    "invoice_id": "in_1",
    "status": "failed",
    "currency": "EUR",
    "amount": 1_190,
    "reason": "card_declined",
    "occurred_at": "2026-03-01T10:00:00Z",
}
REFUND = {"id": "re-1", "customer_id": "cus_1", "currency": "EUR", "amount": 100}
SPEND = {"day": "2026-03-01", "channel": "ads", "currency": "EUR", "amount": 50_000}
GOOD = {
    "customers": CUSTOMER,
    "subscriptions": CHANGE,
    "payments": PAYMENT,
    "refunds": REFUND,
    "spend": SPEND,
}
TABLES = {
    "customers": customers,
    "subscriptions": subscription_changes,
    "payments": payments,
    "refunds": payments,
    "spend": spend,
}


@pytest.fixture
def server_door(open_door):
    return open_door(scope="server")


def rows(door, table, *names):
    chosen = select(*(table.c[name] for name in names)).where(table.c.project_id == door.project.id)
    with door.engine.connect() as conn:
        return [tuple(row) for row in conn.execute(chosen)]


def told(door, kind, body):
    answer = door.send(body, f"{BASE}/{kind}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(door, kind, body):
    answer = door.send(body, f"{BASE}/{kind}")
    assert answer.status_code == 422, answer.text
    return answer.json()["detail"]


@pytest.mark.parametrize("kind", GOOD)
def test_one_object_is_kept_once_however_often_it_is_sent(server_door, kind):
    first = told(server_door, kind, GOOD[kind])
    assert (first["processed"], first["accepted"], first["duplicates"]) == (1, 1, 0)
    again = told(server_door, kind, GOOD[kind])
    assert (again["processed"], again["accepted"], again["duplicates"]) == (1, 0, 1)
    assert len(rows(server_door, TABLES[kind], "project_id")) == 1


@pytest.mark.parametrize("kind", GOOD)
def test_of_a_batch_the_good_items_are_kept_and_the_bad_ones_are_named(server_door, kind):
    body = {"items": [GOOD[kind], GOOD[kind] | {"surprise": 1}, GOOD[kind], "text"]}
    answer = told(server_door, kind, body)
    assert (answer["processed"], answer["accepted"], answer["duplicates"]) == (2, 1, 1)
    assert [each["index"] for each in answer["rejected"]] == [1, 3]
    assert answer["rejected"][0]["reason"] == "invalid"
    assert "surprise" in answer["rejected"][0]["message"]


@pytest.mark.parametrize("kind", GOOD)
def test_the_path_works_with_a_slash_at_its_end_and_a_bare_list(server_door, kind):
    answer = server_door.send([GOOD[kind]], f"{BASE}/{kind}/")
    assert answer.status_code == 200
    assert answer.json()["accepted"] == 1


@pytest.mark.parametrize("kind", GOOD)
def test_what_clients_carry_tells_nothing_of_money(open_door, kind):
    for scope in ("ingest", "read"):
        assert open_door(scope=scope).send(GOOD[kind], f"{BASE}/{kind}").status_code == 403
    unknown = open_door().client.post(f"{BASE}/{kind}", json=GOOD[kind])
    assert unknown.status_code == 401


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("customers", {"customer_id": ""}, "customer_id: "),
        ("customers", {"name": "Ann"}, "name: Extra inputs are not permitted"),
        ("customers", {"email": "ann@example.org"}, "email: Extra inputs are not permitted"),
        ("customers", {"country": "DEU"}, "country: "),
        ("customers", {"signed_up_at": "1999-12-31T00:00:00Z"}, "signed_up_at: "),
        ("subscriptions", {"status": "gone"}, "status: "),
        ("subscriptions", {"currency": "euro"}, "currency: "),
        ("subscriptions", {"amount": 12.5}, "amount: "),
        ("subscriptions", {"amount": True}, "amount: "),
        ("subscriptions", {"amount": -1}, "amount: "),
        ("subscriptions", {"amount": 10**12 + 1}, "amount: "),
        ("subscriptions", {"amount": 10**12, "interval": "day"}, "a price a month is at most"),
        ("subscriptions", {"interval": "decade"}, "interval: "),
        ("subscriptions", {"interval_count": 0}, "interval_count: "),
        ("subscriptions", {"interval_count": 367}, "interval_count: "),
        ("subscriptions", {"plan": "p\x00"}, "plan: "),
        ("subscriptions", {"plan": "p" * 101}, "plan: "),
        ("subscriptions", {"occurred_at": "9999-01-01T00:00:00Z"}, "occurred_at: "),
        ("subscriptions", {"id": None, "occurred_at": None}, "an id or occurred_at is needed"),
        ("payments", {"amount": 0}, "amount: "),
        ("payments", {"reason": "declined for Ann Smith"}, "reason: "),
        ("payments", {"card": "4242424242424242"}, "card: Extra inputs are not permitted"),
        ("payments", {"id": None}, "id: "),
        ("refunds", {"amount": -5}, "amount: "),
        ("refunds", {"status": "failed"}, "status: Extra inputs are not permitted"),
        ("spend", {"day": "2026-02-30"}, "day: "),
        ("spend", {"day": "2999-01-01"}, "day: "),
        ("spend", {"amount": "much"}, "amount: "),
    ],
)
def test_a_mistake_is_told_by_its_field_and_nothing_is_kept(server_door, kind, change, message):
    assert message in refused(server_door, kind, GOOD[kind] | change)
    assert rows(server_door, TABLES[kind], "project_id") == []


def test_what_happens_a_moment_from_now_is_taken_and_an_hour_from_now_is_not(server_door):
    soon = datetime.now(UTC) + timedelta(minutes=2)
    late = soon + timedelta(hours=1)
    assert told(server_door, "payments", PAYMENT | {"occurred_at": soon.isoformat()})["accepted"]
    assert "future" in refused(server_door, "payments", PAYMENT | {"occurred_at": late.isoformat()})


def test_a_change_without_an_id_is_known_by_all_that_it_says(server_door):
    bare = {name: value for name, value in CHANGE.items() if name != "id"}
    assert told(server_door, "subscriptions", bare)["accepted"] == 1
    assert told(server_door, "subscriptions", bare)["duplicates"] == 1
    assert told(server_door, "subscriptions", bare | {"plan": "team"})["accepted"] == 1


def test_a_yearly_price_is_kept_as_one_a_month_and_currencies_in_capitals(server_door):
    told(server_door, "subscriptions", CHANGE)
    names = ("currency", "amount", "mrr", "interval")
    assert rows(server_door, subscription_changes, *names) == [("EUR", 12_000, 1_000, "year")]


def test_no_id_of_anybody_reaches_a_table(server_door):
    told(server_door, "customers", CUSTOMER | {"user_id": "ann-user-77"})
    told(server_door, "subscriptions", CHANGE | {"plan": "deal with ann@example.org"})
    told(server_door, "payments", PAYMENT)
    with server_door.engine.connect() as conn:
        for table in metadata.sorted_tables:
            if "project_id" in table.c:
                mine = select(table).where(table.c.project_id == server_door.project.id)
                text = str([tuple(row) for row in conn.execute(mine)])
                for given in ("ann", "cus_1", "sub_1", "in_1", "pay-1", "change-1"):
                    assert given not in text, table.name


def linked(door, **more):
    told(door, "customers", CUSTOMER | {"user_id": "u1"} | more)
    with door.engine.connect() as conn:
        theirs = actor_key(project_secret(conn, door.project.id), "u1")
    return rows(door, customers, "actor_key") == [(theirs,)]


def grant(door, granted, refused):
    with door.engine.begin() as conn:
        key = actor_key(project_secret(conn, door.project.id), "u1")
        row = {"project_id": door.project.id, "actor_key": key}
        conn.execute(grants.insert().values(row | {"granted": granted, "refused": refused}))


def test_a_customer_is_known_as_a_user_where_their_usage_may_be_kept(open_door):
    assert linked(open_door(scope="server"))
    assert not linked(open_door("opt-in", scope="server"))
    assert not linked(open_door("anonymous", scope="server"))
    agreed, refused = open_door("opt-in", scope="server"), open_door(scope="server")
    grant(agreed, 1, 0)
    grant(refused, 0, 1)
    assert linked(agreed)
    assert not linked(refused)


def test_projects_with_the_same_ids_share_nothing(open_door):
    one, other = open_door(scope="server"), open_door(scope="server")
    for door in (one, other):
        told(door, "subscriptions", CHANGE)
    assert rows(one, customers, "customer_key") != rows(other, customers, "customer_key")


def test_more_items_than_a_batch_may_have_are_refused_whole(server_door):
    answer = server_door.send({"items": [{}] * 10_001}, f"{BASE}/spend")
    assert answer.status_code == 413


def test_an_empty_batch_is_nothing_wrong(server_door):
    assert told(server_door, "spend", {"items": []})["processed"] == 0


def test_the_schema_of_each_route_names_its_fields(client):
    paths = client.get("/openapi.json").json()["paths"]
    for kind, good in GOOD.items():
        body = paths[f"{BASE}/{kind}"]["post"]["requestBody"]["content"]["application/json"]
        one = body["schema"]["anyOf"][0]["properties"]
        assert set(good) <= set(one)


def test_a_subscription_of_two_customers_is_paid_for_once(server_door):
    told(server_door, "subscriptions", CHANGE)
    merged = {"customer_id": "cus_2", "occurred_at": "2026-04-01T10:00:00Z", "amount": 24_000}
    other = {"subscription_id": "sub_2", "customer_id": "cus_2"}
    items = [CHANGE | merged | {"id": "change-2"}, CHANGE | other | {"id": "change-3"}]
    assert told(server_door, "subscriptions", {"items": items})["accepted"] == 2
    with server_door.engine.begin() as conn:
        count_customers(conn, server_door.project.id)
    s, m = subscription_changes, mrr_months
    assert len({row[0] for row in rows(server_door, s, "customer_key")}) == 2
    found = sorted(rows(server_door, m, "kind", "amount", "customers"))
    assert found == [("expansion", 1_000, 1), ("new", 2_000, 2)]


def test_of_one_batch_a_subscription_is_of_the_first_customer_too(server_door):
    items = [CHANGE, CHANGE | {"id": "change-2", "customer_id": "cus_2"}]
    told(server_door, "subscriptions", items)
    keys = rows(server_door, subscription_changes, "customer_key")
    assert keys[0] == keys[1]
