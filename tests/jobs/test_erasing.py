"""Who is erased is in no table any more, and nobody else has lost anything."""

import threading
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select, text

from db.access import create_project, project_secret
from db.erasures import ask_erasure, find_erasure
from db.errors import UnknownErasure
from db.experiments.drafting import create_experiment
from db.experiments.running import start_experiment
from db.feedback import Said, record
from db.identity import actor_key
from db.personal import held
from db.revenue import (
    Customer,
    Payment,
    SubscriptionChange,
    record_changes,
    record_customers,
    record_payments,
)
from db.tables import (
    consents,
    customers,
    feedback,
    feedback_history,
    grants,
    invitations,
    metadata,
    notices,
    payments,
    requests,
    segment_members,
    segments,
    subscription_changes,
    surveys,
    tickets,
    votes,
)
from jobs.erasing import erase_person, erase_waiting
from tests.db.experiments.drafts import BUTTON
from tests.packages import add_member, add_run
from tests.processes import running
from tests.thorough import thorough

AT, LATER = datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 2, 11, tzinfo=UTC)
ABOUT_PEOPLE = [
    table for table in metadata.sorted_tables if "actor_key" in table.c and table.name != "erasures"
]


@pytest.fixture
def people(conn, project):
    """The keys of two people of the project."""
    secret = project_secret(conn, project.id)
    return actor_key(secret, "ann"), actor_key(secret, "bob")


@pytest.fixture
def say_everything(conn, project, add_events):
    """Leave a row of these people in every table that is about people."""

    def say(*keys):
        create_experiment(conn, project.id, BUTTON)
        start_experiment(conn, project.id, BUTTON.key, now=AT)
        shown = 'exposure 2026-03-02T10:00Z subject=button properties={"variant":"b"}'
        for who in ("ann", "bob"):
            opened = f"{who} open 2026-03-02T10:00Z session={who}"
            failed = f"{who} error 2026-03-02T10:00Z"
            add_events(project, opened, failed, f"{who} {shown} purpose=features")
        place = {"project_id": project.id}
        survey = place | {"name": "s", "questions": [], "starts_at": AT}
        survey_id = conn.execute(
            insert(surveys).values(survey).returning(surveys.c.id)
        ).scalar_one()
        segment = place | {"name": "s", "definition": {}}
        chosen = insert(segments).values(segment).returning(segments.c.id)
        segment_id = conn.execute(chosen).scalar_one()
        for key in keys:
            mine = place | {"actor_key": key}
            record(conn, project.id, key, Said(AT, interaction="i1", score=1, comment="Slow"))
            record(conn, project.id, key, Said(LATER, interaction="i1", score=2))
            wish = requests.insert().values(mine | {"title": "Dark", "asked_at": AT})
            wish_id = conn.execute(wish.returning(requests.c.id)).scalar_one()
            about = mine | {"request_id": wish_id}
            conn.execute(votes.insert().values(about | {"voted_at": AT}))
            conn.execute(notices.insert().values(about))
            shown = mine | {"survey_id": survey_id, "shown_at": AT}
            conn.execute(invitations.insert().values(shown))
            conn.execute(segment_members.insert().values(mine | {"segment_id": segment_id}))
            conn.execute(grants.insert().values(mine | {"granted": 1, "refused": 0}))
            said = {"purpose": "usage", "granted": True, "version": "1", "source": "test"}
            conn.execute(consents.insert().values(mine | said))
            asked = {"ticket_id": f"t{key}", "opened_at": AT, "updated_at": AT}
            conn.execute(tickets.insert().values(mine | asked))
            pay(conn, project, key)
            add_member(conn, project.id, key)
            add_run(conn, project.id, key)

    return say


def pay(conn, project, key):
    """Have this person as a customer who pays."""
    record_customers(conn, project.id, [Customer(key + 1, actor_key=key, country="DE")])
    change = SubscriptionChange(key + 1, 1, uuid4(), AT, "active", "pro", "EUR", 1_000)
    record_changes(conn, project.id, [change], LATER)
    payment = Payment(key + 1, uuid4(), AT, "payment", "succeeded", "EUR", 1_000)
    record_payments(conn, project.id, [payment], LATER)


def left(conn, key):
    """How many rows of this person each table has."""
    counts = {
        table.name: conn.execute(
            select(func.count()).select_from(table).where(table.c.actor_key == key)
        ).scalar_one()
        for table in ABOUT_PEOPLE
    }
    return {name: n for name, n in counts.items() if n}


@thorough
def test_a_person_is_taken_out_of_every_table_and_others_stay(
    conn, project, people, say_everything
):
    ann, bob = people
    say_everything(ann, bob)
    before = left(conn, bob)
    assert before.keys() == left(conn, ann).keys() == {table.name for table in ABOUT_PEOPLE}
    receipt = erase_person(conn, project.id, ann)
    assert left(conn, ann) == {}
    assert left(conn, bob) == before
    assert conn.execute(select(func.count()).select_from(feedback_history)).scalar_one() == 1
    gone = before | {"feedback_history": 1, "requests_of_others_too": 0}
    assert receipt == gone | {"links_to_payments": gone.pop("customers")}


def test_what_was_paid_stays_and_nobody_knows_by_whom(conn, project, people):
    ann, _ = people
    pay(conn, project, ann)
    assert erase_person(conn, project.id, ann)["links_to_payments"] == 1
    rows = conn.execute(select(customers.c.actor_key, customers.c.country)).all()
    assert [tuple(row) for row in rows] == [(None, "DE")]
    for table in (subscription_changes, payments):
        assert conn.execute(select(table.c.amount)).scalars().all() == [1_000]


def test_nothing_is_held_of_who_was_erased(conn, project, people, say_everything):
    ann, bob = people
    say_everything(ann, bob)
    assert all(held(conn, project.id, ann).values())
    erase_person(conn, project.id, ann)
    assert not any(held(conn, project.id, ann).values())
    assert all(held(conn, project.id, bob).values())


def test_another_projects_person_of_the_same_key_stays(conn, project, berlin, people):
    ann, _ = people
    record(conn, berlin.id, ann, Said(AT, score=3))
    assert not any(erase_person(conn, project.id, ann).values())
    assert left(conn, ann) == {"feedback": 1}


@thorough
def test_a_request_that_others_want_stays_as_nobodys_without_its_details(
    conn, project, people, say_everything
):
    ann, bob = people
    say_everything(ann)
    wish_id = conn.execute(select(requests.c.id)).scalar_one()
    theirs = {"request_id": wish_id, "project_id": project.id, "actor_key": bob, "voted_at": AT}
    conn.execute(votes.insert().values(theirs))
    conn.execute(requests.update().values(details="For me, Ann", external_id="ann-1"))
    receipt = erase_person(conn, project.id, ann)
    assert (receipt["requests"], receipt["requests_of_others_too"], receipt["votes"]) == (0, 1, 1)
    r = requests.c
    kept = conn.execute(select(r.actor_key, r.title, r.details, r.external_id)).one()
    assert tuple(kept) == (0, "Dark", "", None)


def test_a_refusal_outlives_the_erasure_and_nothing_else_of_it(conn, project, people):
    ann, _ = people
    mine = {"project_id": project.id, "actor_key": ann}
    conn.execute(grants.insert().values(mine | {"granted": 1, "refused": 8}))
    assert erase_person(conn, project.id, ann)["grants"] == 0
    assert conn.execute(select(grants.c.granted, grants.c.refused)).one() == (0, 8)


def test_nobody_is_not_a_person_to_erase(conn, project):
    record(conn, project.id, 0, Said(AT, score=3))
    assert erase_person(conn, project.id, 0) == {}
    assert left(conn, 0) == {"feedback": 1}


# By the worker ------------------------------------------------------------------------------


@pytest.fixture
def shop(own_engine):
    """A project with two people who said something just now."""
    with own_engine.begin() as conn:
        project = create_project(conn, "shop", consent="opt-out", retention_months=None)
        for key in (1, 2):
            record(conn, project.id, key, Said(datetime.now(UTC), score=key))
        return project


def scores(engine):
    with engine.connect() as conn:
        return conn.execute(select(feedback.c.score).order_by(feedback.c.score)).scalars().all()


def test_the_worker_erases_who_asked_and_keeps_a_receipt_that_names_nobody(own_engine, shop):
    with own_engine.begin() as conn:
        asked = ask_erasure(conn, shop.id, 1)
        assert ask_erasure(conn, shop.id, 1).id == asked.id
    assert (asked.done_at, asked.receipt) == (None, None)
    assert erase_waiting(own_engine) == 1
    assert erase_waiting(own_engine) == 0
    with own_engine.connect() as conn:
        done = find_erasure(conn, shop.id, asked.id)
        assert conn.execute(text("SELECT actor_key FROM erasures")).scalars().all() == [0]
    assert done.done_at > done.asked_at
    assert done.receipt["feedback"] == 1
    assert scores(own_engine) == [2]


def test_who_comes_back_is_erased_by_an_erasure_of_its_own(own_engine, shop):
    with own_engine.begin() as conn:
        first = ask_erasure(conn, shop.id, 1)
    erase_waiting(own_engine)
    with own_engine.begin() as conn:
        record(conn, shop.id, 1, Said(LATER, score=5))
        again = ask_erasure(conn, shop.id, 1)
    assert again.id != first.id
    assert erase_waiting(own_engine) == 1
    assert scores(own_engine) == [2]


@thorough
def test_two_workers_erase_each_once(own_engine, shop):
    with own_engine.begin() as conn:
        for key in range(1, 9):
            ask_erasure(conn, shop.id, key)
    counts = []

    def work():
        counts.append(erase_waiting(own_engine))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(timeout=60)
    assert sum(counts) == 8
    assert scores(own_engine) == []


def test_an_erasure_of_another_project_is_not_found(own_engine, shop):
    with own_engine.begin() as conn:
        asked = ask_erasure(conn, shop.id, 1)
        with pytest.raises(UnknownErasure):
            find_erasure(conn, shop.id + 1, asked.id)


@thorough
def test_the_running_worker_erases_within_seconds(own_database, own_engine, shop):
    with own_engine.begin() as conn:
        asked = ask_erasure(conn, shop.id, 1)
    with running("jobs", own_database):
        deadline = time.monotonic() + 30  # with the start of the worker, on a busy machine
        while scores(own_engine) != [2]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    with own_engine.connect() as conn:
        assert find_erasure(conn, shop.id, asked.id).receipt["feedback"] == 1
