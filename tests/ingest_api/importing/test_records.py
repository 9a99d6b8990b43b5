"""Files of customers, subscriptions, payments, refunds, spend and tickets."""

import json

import pytest
from sqlalchemy import select

from db.errors import BadImport, UnknownProject
from db.tables import customers, payments, spend, subscription_changes, tickets
from ingest_api.importing import import_file, preview_file
from ingest_api.importing.kinds import OF_FILES
from ingest_api.importing.records import RECORDS

FILES = {
    "customers": (
        "customer_id,user_id,country,channel,signed_up_at\nc1,u1,DE,ads,2026-01-05T10:00:00Z\n",
        customers,
    ),
    "subscriptions": (
        "customer_id,subscription_id,status,plan,currency,amount,interval,occurred_at\n"
        "c1,s1,active,pro,eur,12000,year,2026-01-05T10:00:00Z\n",
        subscription_changes,
    ),
    "payments": (
        "id,customer_id,invoice_id,status,currency,amount,reason,occurred_at\n"
        "p1,c1,in1,failed,EUR,1000,card_declined,2026-01-05 10:00:00\n",
        payments,
    ),
    "refunds": (
        "id,customer_id,currency,amount,occurred_at\nr1,c1,EUR,1000,2026-01-05T10:00:00Z\n",
        payments,
    ),
    "spend": ("day,channel,currency,amount\n2026-01-05,ads,EUR,5000\n", spend),
    "tickets": ("id,opened_at,topic\nt1,2026-01-05T10:00:00Z,billing\n", tickets),
}


@pytest.fixture
def importing(open_door, ingest_url, tmp_path):
    """Imports a text of this kind into a project of its own: a door to it, and what became."""
    door = open_door()

    def run(of, text, mapping="", name="file.csv", project=door.project.name):
        path = tmp_path / name
        path.write_text(text)
        rejects = tmp_path / "rejects.csv"
        nothing = lambda *_: None  # noqa: E731
        return import_file(ingest_url, path, project, mapping, rejects, nothing, "all", of)

    return door, run


def rows(door, table, *names):
    chosen = select(*(table.c[name] for name in names or ("project_id",)))
    with door.engine.connect() as conn:
        found = conn.execute(chosen.where(table.c.project_id == door.project.id))
        return [tuple(row) for row in found]


def test_every_kind_that_is_told_to_the_api_has_a_file():
    assert set(RECORDS) == set(FILES)
    assert set(OF_FILES) == {"events", "runs", "downloads", *FILES}


@pytest.mark.parametrize("of", FILES)
def test_a_file_is_kept_once_however_often_it_is_imported(importing, of):
    door, run = importing
    text, table = FILES[of]
    first = run(of, text)
    assert (first.rows, first.accepted, first.duplicates, first.rejects) == (1, 1, 0, None)
    again = run(of, text)
    assert (again.rows, again.accepted, again.duplicates) == (1, 0, 1)
    assert len(rows(door, table)) == 1


def test_a_row_is_kept_as_the_api_keeps_it(importing):
    door, run = importing
    run("subscriptions", FILES["subscriptions"][0])
    names = ("status", "plan", "currency", "amount", "interval", "mrr")
    expected = [("active", "pro", "EUR", 12_000, "year", 1_000)]
    assert rows(door, subscription_changes, *names) == expected


def test_columns_of_other_names_are_mapped_and_what_no_field_names_is_left_out(importing):
    door, run = importing
    text = "customer_id,who,where,email\nwrong,c1,fr,ann@example.org\n"
    run("customers", text, mapping="customer_id=who, country=where")
    assert rows(door, customers, "country") == [("FR",)]


def test_bad_lines_are_listed_without_what_they_say(importing, tmp_path):
    _, run = importing
    text = "id,customer_id,currency,amount,occurred_at\n"
    text += "r1,c1,EUR,1000,2026-01-05T10:00:00Z\nr2,c-secret,EUR,-5,2026-01-05T10:00:00Z\n"
    text += "r3,c1,EUR,,2026-01-05T10:00:00Z\n"
    done = run("refunds", text)
    assert (done.rows, done.accepted, done.rejected) == (3, 1, {"invalid": 2})
    listed = (tmp_path / "rejects.csv").read_text()
    assert listed.splitlines()[1:] == [
        "3,invalid,amount: Input should be greater than 0",
        "4,invalid,amount: Field required",
    ]
    assert "secret" not in listed


def test_lines_of_json_are_read_as_well(importing):
    door, run = importing
    line = {"day": "2026-01-05", "channel": "ads", "currency": "EUR", "amount": 5000.0}
    assert run("spend", json.dumps(line) + "\n", name="spend.jsonl").accepted == 1
    assert rows(door, spend, "amount") == [(5_000,)]


@pytest.mark.parametrize(
    ("of", "mapping", "said"),
    [
        ("payments", "", "A column 'id' is needed"),
        ("payments", "id=a,customer_id=a,currency=a,amount=a", "A column 'occurred_at' is needed"),
        ("payments", "nothing=a", "no field is named 'nothing'"),
        ("payments", "id", "'id' has no column"),
        ("payments", "id=gone", "0 columns 'gone'"),
        ("payments", "id=b", "2 columns 'b'"),
        ("goods", "", "--of is events, runs"),
    ],
)
def test_what_a_file_or_mapping_lacks_is_told_before_anything_is_read(importing, of, mapping, said):
    _, run = importing
    with pytest.raises(BadImport, match=said):
        run(of, "a,b,b\n1,2,3\n", mapping=mapping)
    with pytest.raises(UnknownProject):
        run("payments", "a\n1\n", project="nowhere")


def test_a_preview_stores_nothing_and_says_what_is_wrong(importing, ingest_url, tmp_path):
    door, _ = importing
    path = tmp_path / "spend.csv"
    path.write_text("day,channel,currency,amount\n2026-01-05,ads,EUR,5\n2026-01-05,ads,EUR,x\n")
    shown = preview_file(ingest_url, path, door.project.name, "", "spend")
    assert shown[0] == {
        "line": 2,
        "day": "2026-01-05",
        "channel": "ads",
        "currency": "EUR",
        "amount": "5",
    }
    assert "amount" in shown[1]["rejected"]
    assert rows(door, spend) == []
