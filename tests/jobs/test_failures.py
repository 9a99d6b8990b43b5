"""Failures of the same cause are one group, whatever differs in what they say."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from db.access import create_project
from db.error_groups import ignore, resolve
from db.tables import error_groups, error_hours, error_people, event_minutes, events
from jobs.catching_up import catch_up
from jobs.rollups import erase, rebuild
from jobs.upkeep import drop_expired
from tests.jobs.conftest import store_batch
from tests.jobs.reference import Happened

AT = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
RESOLVED = datetime(2026, 3, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def failed(message="", at=AT, who=1, **more):
    properties = {"message": message} | more.pop("properties", {})
    return Happened(at, who, "error", "editor", False, properties=properties, **more)


def groups(conn, project_id):
    """The rows of the project's groups, the first seen first."""
    mine = select(error_groups).where(error_groups.c.project_id == project_id)
    ordered = mine.order_by(error_groups.c.first_seen, error_groups.c.title)
    return conn.execute(ordered).all()


@pytest.fixture
def roll_up(rolled_engine, make_project):
    """Roll a batch of a project up; the groups that it has then."""
    project = make_project("Europe/Berlin")

    def store(*batch):
        with rolled_engine.begin() as conn:
            store_batch(conn, project, batch)
        catch_up(rolled_engine)
        with rolled_engine.connect() as conn:
            return groups(conn, project.id)

    return store


@pytest.mark.parametrize(
    ("one", "other", "title"),
    [
        ("no file 17", "no file 4,018.5", "no file *"),
        ("took 12:30:59", "took 1:05", "took *"),
        ('no "Ann" here', 'no "Bob B" here', "no * here"),
        ("key 'a' isn't there", "key 'b c' isn't there", "key * isn't there"),
        ("no `x` in y", "no `z` in y", "no * in y"),
        ("GET https://a.example/x?y=1 died", "GET http://b.example died", "GET * died"),
        ("to ann@a.example failed", "to b@b.example failed", "to * failed"),
        ("open /var/a: denied", "open ~/b/c.txt: denied", "open *: denied"),
        (r"open C:\a\b denied", r"open D:\c denied", "open * denied"),
        (
            "order 8b1f0d5e-6c5a-4f0e-9a3e-0c7d1a2b3c4d lost",
            "order ffffffff0 lost",
            "order * lost",
        ),
        ("at 0x7ffd21", "at 0x12ab", "at *"),
        ("order_12 of user42", "order_9 of user7", "order_* of user*"),
        ("first\n  at line 3", "first\n  at line of another", "first"),
    ],
)
def test_what_differs_each_time_is_masked(conn, roll_up_here, one, other, title):
    found = roll_up_here(one, other)
    assert [group.title for group in found] == [title]


@pytest.fixture
def roll_up_here(conn, project, add_events):
    """Roll up one failure a message within the test's transaction; the groups that they make."""

    def roll(*messages):
        add_events(project, *(f"u{n} error 2026-03-02T10:0{n}Z" for n in range(len(messages))))
        ordered = select(events.c.event_id).where(events.c.project_id == project.id)
        ids = conn.execute(ordered.order_by(events.c.occurred_at)).scalars().all()
        for event_id, message in zip(ids, messages, strict=True):
            said = update(events).where(events.c.event_id == event_id)
            conn.execute(said.values(properties={"message": message}))
        rebuild(conn, project.id)
        return groups(conn, project.id)

    return roll


def test_other_words_are_another_cause(roll_up_here):
    assert len(roll_up_here("no file", "no folder", "no file")) == 2


def test_what_went_well_is_no_failure_and_an_error_always_is(conn, project, add_events):
    add_events(project, "ann open 2026-03-02T10:00Z", "ann error 2026-03-02T10:00Z ok=1")
    assert [group.name for group in groups(conn, project.id)] == ["error"]


def test_a_client_may_say_which_failures_belong_together(roll_up):
    mine = {"properties": {"fingerprint": ["db", "full"]}}
    roll_up(failed("one", **mine), failed("other", AT + MINUTE, error_type="Timeout", **mine))
    assert [group.title for group in roll_up(failed("one"))] == ["one", "one"]


def test_a_group_without_a_message_has_the_title_of_its_type_or_event(roll_up):
    found = roll_up(failed("1\n2", error_type="Timeout"), failed(), failed(error_type="Crash"))
    assert [group.title for group in found] == ["*", "Crash in editor", "error failed in editor"]


def test_a_group_tells_its_ends_whatever_the_order_they_come_in(roll_up):
    late = AT + timedelta(days=2)
    roll_up(failed("gone 1", late, error_type="E", app_version="2.0"))
    second = failed("gone 2", AT, error_type="E", app_version="1.9")
    between = failed("gone 3", AT + timedelta(days=1), error_type="E", app_version="3.0")
    (group,) = roll_up(second, between)
    assert (group.first_seen, group.last_seen) == (AT, late)
    assert (group.first_release, group.last_release) == ("1.9", "2.0")
    assert (group.title, group.error_type, group.name) == ("gone *", "E", "error")
    assert (group.subject, group.state, group.regressed_at) == ("editor", "open", None)


@pytest.mark.parametrize(
    ("release", "event", "comes_back"),
    [
        ("", {"at": RESOLVED + MINUTE}, True),
        ("", {"at": RESOLVED - MINUTE}, False),
        ("2.10", {"at": RESOLVED + MINUTE, "app_version": "2.10"}, True),
        ("2.10", {"at": RESOLVED + MINUTE, "app_version": "2.11.0"}, True),
        ("2.10", {"at": RESOLVED + MINUTE, "app_version": "2.9"}, False),
        ("2.10", {"at": RESOLVED - MINUTE, "app_version": "2.11"}, False),
        ("2.10", {"at": RESOLVED + MINUTE}, True),
    ],
)
def test_a_resolved_group_comes_back_in_what_should_be_cured(
    rolled_engine, roll_up, release, event, comes_back
):
    (group,) = roll_up(failed("gone"))
    with rolled_engine.begin() as conn:
        resolve(conn, group.project_id, group.fingerprint, None, RESOLVED, release)
    (group,) = roll_up(failed("gone", **event))
    came = ("open", RESOLVED + MINUTE) if comes_back else ("resolved", None)
    assert (group.state, group.regressed_at) == came


@pytest.mark.parametrize(
    ("seen", "release", "failed_in", "comes_back"),
    [
        (["f00d", "a12f"], "f00d", "a12f", True),
        (["a12f", "f00d"], "f00d", "a12f", False),
        (["2.0.0-beta", "2.0.0"], "2.0.0", "2.0.0-beta", False),
        (["2.0.0"], "2.0.1", "2.0.1-beta", False),
        (["2.0"], "1.9", "2.0", True),
        ([], "f00d", "a12f", False),
        (["f00d"], "f00d", "f00d", True),
    ],
)
@pytest.mark.parametrize("apart", [timedelta(days=1), MINUTE], ids=["days", "minutes"])
def test_a_release_has_the_cure_when_it_was_seen_later(
    rolled_engine, roll_up, seen, release, failed_in, comes_back, apart
):
    went_well = [
        Happened(AT + apart * n, 1, "open", "editor", True, app_version=version)
        for n, version in enumerate(seen)
    ]
    (group,) = roll_up(failed("gone"), *went_well)
    with rolled_engine.begin() as conn:
        resolve(conn, group.project_id, group.fingerprint, None, RESOLVED, release)
    (group,) = roll_up(failed("gone", RESOLVED + MINUTE, app_version=failed_in))
    assert group.state == ("open" if comes_back else "resolved")


def test_an_ignored_group_stays_so(rolled_engine, roll_up):
    (group,) = roll_up(failed("gone"))
    with rolled_engine.begin() as conn:
        ignore(conn, group.project_id, group.fingerprint, None)
    (group,) = roll_up(failed("gone", AT + timedelta(days=9)))
    assert (group.state, group.last_seen) == ("ignored", AT + timedelta(days=9))


def hours(engine, project_id):
    with engine.connect() as conn:
        h = error_hours.c
        mine = select(h.fingerprint, func.sum(h.n)).where(h.project_id == project_id)
        return dict(conn.execute(mine.group_by(h.fingerprint)).all())


def test_new_causes_beyond_the_most_are_one_group(rolled_engine, roll_up, monkeypatch):
    monkeypatch.setattr("jobs.error_bounds.MOST_OPEN", 2)
    made_up = [
        failed(f"word {word}", AT + MINUTE * n, who=2) for n, word in enumerate(("a", "b", "c"))
    ]
    found = roll_up(failed("gone"), *made_up)
    assert [group.title for group in found] == ["gone", "word a", "Other failures"]
    found = roll_up(failed("gone", AT + MINUTE), failed("word d", AT + 9 * MINUTE, who=2))
    assert [group.title for group in found] == ["gone", "word a", "Other failures"]
    gone, word, other = (group.fingerprint for group in found)
    project_id = found[0].project_id
    assert hours(rolled_engine, project_id) == {gone: 2, word: 1, other: 3}
    with rolled_engine.begin() as conn:
        erase(conn, project_id, [2])
    assert hours(rolled_engine, project_id) == {gone: 2}
    with rolled_engine.connect() as conn:
        assert [group.title for group in groups(conn, project_id)] == ["gone"]


def test_a_cause_that_is_decided_on_makes_room_for_another(rolled_engine, roll_up, monkeypatch):
    monkeypatch.setattr("jobs.error_bounds.MOST_OPEN", 1)
    (group,) = roll_up(failed("gone"))
    with rolled_engine.begin() as conn:
        ignore(conn, group.project_id, group.fingerprint, None)
    found = roll_up(failed("new", AT + MINUTE))
    assert [group.title for group in found] == ["gone", "new"]


def test_a_group_is_forgotten_once_its_last_failure_is_past_the_retention(conn, add_events):
    project = create_project(conn, "short", consent="opt-out", retention_months=6)
    now = datetime.now(UTC)
    old, new = now - timedelta(days=200), now - timedelta(days=1)
    add_events(project, f"ann save {old.isoformat()} ok=0", f"ann error {new.isoformat()}")
    assert len(groups(conn, project.id)) == 2
    drop_expired(conn, now)
    assert [group.name for group in groups(conn, project.id)] == ["error"]


def test_a_group_goes_with_the_last_of_whom_it_met(rolled_engine, roll_up):
    first, _ = roll_up(failed("one"), failed("one", who=2), failed("two"))
    with rolled_engine.begin() as conn:
        erase(conn, first.project_id, [1])
        assert [group.title for group in groups(conn, first.project_id)] == ["one"]
        met = select(error_people.c.actor_key, error_people.c.n)
        mine = met.where(error_people.c.project_id == first.project_id)
        assert conn.execute(mine).all() == [(2, 1)]
        erase(conn, first.project_id, [2])
        assert groups(conn, first.project_id) == []


def test_rebuilding_keeps_what_was_decided_and_forgets_what_nothing_tells(rolled_engine, roll_up):
    kept, _ = roll_up(failed("one"), failed("two"))
    with rolled_engine.begin() as conn:
        project_id = kept.project_id
        resolve(conn, project_id, kept.fingerprint, None, RESOLVED)
        kept, _ = groups(conn, project_id)
        conn.execute(delete(events).where(events.c.properties["message"].astext == "two"))
        rebuild(conn, project_id)
        assert groups(conn, project_id) == [kept]


def test_minutes_and_whom_failures_met_are_not_kept_for_good(conn, add_events):
    project = create_project(conn, "short", consent="opt-out", retention_months=6)
    now = datetime.now(UTC)
    days = [now - timedelta(days=n) for n in (1, 30, 32, 200)]
    add_events(project, *(f"ann error {at.isoformat()}" for at in days))

    def kept(table):
        mine = select(func.count()).where(table.c.project_id == project.id)
        return conn.execute(mine).scalar_one()

    tables = (event_minutes, error_people, error_hours)
    assert [kept(table) for table in tables] == [2, 4, 4]
    drop_expired(conn, now + timedelta(days=2))
    assert [kept(table) for table in tables] == [1, 3, 4]


def test_nobody_is_not_counted_as_a_person(roll_up, rolled_engine):
    (group,) = roll_up(failed("gone", who=0))
    with rolled_engine.connect() as conn:
        met = select(error_people).where(error_people.c.project_id == group.project_id)
        assert conn.execute(met).all() == []
