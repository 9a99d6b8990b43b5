"""What fires is told once, together, with a chart; and once more when nobody looks after it."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import insert, select, update

from db.access import create_project
from db.alert_rules import Rule, add_rule, pause_rule
from db.alerts import Act, acknowledge, resolve, snooze
from db.error_groups import name_of
from db.tables import (
    INSTALLATION,
    alert_episodes,
    alert_history,
    alert_states,
    error_groups,
    event_minutes,
    ledger,
    messages,
)
from db.targets import set_target
from jobs.alerting import escalate, evaluate, tell, telling
from jobs.alerting.watching import Watcher, watch
from tests.thorough import thorough
from tests.written import add_events

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SETTLED = timedelta(seconds=30)
HOSTILE = "<b>Errors</b> [here](http://evil.example) @channel"
RULE = Rule(HOSTILE, "failures", "threshold", value=1.0, window_minutes=1, severity="critical")


@pytest.fixture
def shop(own_engine):
    with own_engine.begin() as conn:
        made = create_project(conn, "shop", timezone="Europe/Berlin")
        kinds = ("alert", "escalation")
        set_target(conn, made.id, "team", "json://127.0.0.1:9/alerts", kinds)
    return made


@pytest.fixture
def add(own_engine, shop):
    def rule(rule=RULE, project_id=shop.id):
        with own_engine.begin() as conn:
            return add_rule(conn, project_id, rule, START)

    return rule


@pytest.fixture
def fail(own_engine, shop):
    """Let an event fail in the minute of this number."""

    def failing(*minutes, name="open"):
        rows = [
            {"project_id": shop.id, "minute": START + minute * MINUTE, "name": name}
            | {"n": 1, "failures": 1}
            for minute in minutes
        ]
        with own_engine.begin() as conn:
            conn.execute(insert(event_minutes), rows)

    return failing


def after(minutes):
    return START + minutes * MINUTE + SETTLED


def letters(engine):
    with engine.connect() as conn:
        return conn.execute(select(messages).order_by(messages.c.id)).all()


def episodes(engine):
    with engine.connect() as conn:
        return conn.execute(select(alert_episodes).order_by(alert_episodes.c.id)).all()


@thorough
def test_what_fires_together_is_one_message_the_gravest_first(own_engine, add, fail):
    add(Rule("Slow", "events", "threshold", value=1.0, window_minutes=1))
    add()
    fail(0)
    watch(own_engine, after(1))
    (letter,) = letters(own_engine)
    assert (letter.kind, letter.title) == ("alert", "2 alerts, 1 critical")
    assert letter.markdown.index("Critical") < letter.markdown.index("Warning")
    assert "since 2 March, 11:01" in letter.markdown
    assert "[See and acknowledge](http://127.0.0.1:8501/alerts)" in letter.markdown


def test_a_message_holds_no_markup_of_what_people_wrote(own_engine, add, fail):
    add()
    fail(0)
    watch(own_engine, after(1))
    (letter,) = letters(own_engine)
    assert letter.title == "Critical: Failures 1, at or above 1"
    assert "<b>" not in letter.html
    assert 'href="http://evil' not in letter.html
    assert letter.html.count("<a href") == 1


def test_a_message_carries_the_chart(own_engine, add, fail):
    add()
    fail(0)
    watch(own_engine, after(1))
    (letter,) = letters(own_engine)
    assert letter.attachment_name == "alert.png"
    assert letter.attachment.startswith(b"\x89PNG")


@thorough
def test_a_message_about_errors_names_them(own_engine, shop, add):
    add(Rule("New error", "new_errors", "threshold", value=1.0, window_minutes=15))
    with own_engine.begin() as conn:
        add_events(conn, shop, f"ann save {START.isoformat()} subject=file error=Timeout ok=0")
        add_events(conn, shop, f"ann save {START.isoformat()} subject=file error=Crash ok=0")
    watch(own_engine, after(1))
    (letter,) = letters(own_engine)
    with own_engine.connect() as conn:
        number = conn.execute(
            select(error_groups.c.fingerprint).where(error_groups.c.error_type == "Crash")
        ).scalar_one()
    link = f"http://127.0.0.1:8501/errors?error={name_of(number)}&project=shop"
    assert f"  - Crash in file: [see it]({link})\n" in letter.markdown
    assert "  - Timeout in file: [see it](" in letter.markdown


@thorough
def test_an_episode_is_told_once_and_a_new_one_again(own_engine, add, fail):
    add()
    fail(0, 1, 5)
    for minute in range(1, 8):
        watch(own_engine, after(minute))
    assert len(letters(own_engine)) == 2
    first, second = episodes(own_engine)
    assert (first.started_at, first.resolved_at) == (START + MINUTE, START + 3 * MINUTE)
    assert second.started_at == START + 6 * MINUTE


def test_two_workers_tell_once(own_engine, add, fail):
    add()
    fail(0)
    evaluate(own_engine, after(1))
    barrier = Barrier(2)

    def work():
        barrier.wait(10)
        tell(own_engine, after(1))

    both = [Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
    assert len(letters(own_engine)) == 1


@thorough
def test_what_nobody_acknowledges_is_told_once_more(own_engine, add, fail):
    add(Rule("Errors", "failures", "threshold", 1.0, window_minutes=1, escalate_minutes=10))
    fail(*range(60))
    for minute in (1, 9, 11, 12, 30):
        watch(own_engine, after(minute))
    assert [letter.kind for letter in letters(own_engine)] == ["alert", "escalation"]
    assert letters(own_engine)[1].title.startswith("Still firing: Warning: Failures")


@pytest.mark.parametrize("act", ["acknowledge", "snooze", "resolve"])
def test_what_somebody_looks_after_is_not_escalated(own_engine, shop, add, fail, act):
    add(Rule("Errors", "failures", "threshold", 1.0, window_minutes=60, escalate_minutes=10))
    fail(*range(30))
    watch(own_engine, after(1))
    (episode,) = episodes(own_engine)
    done = Act(shop.id, episode.id, after(2))
    with own_engine.begin() as conn:
        match act:
            case "acknowledge":
                acknowledge(conn, done)
            case "snooze":
                snooze(conn, done, after(40))
            case "resolve":
                resolve(conn, done)
    watch(own_engine, after(20))
    assert escalate(own_engine, after(30)) == 0
    assert len(letters(own_engine)) == 1


@thorough
def test_while_a_rule_is_snoozed_its_next_episode_waits(own_engine, shop, add, fail):
    add()
    fail(0, 5, 6, 7, 8)
    watch(own_engine, after(1))
    with own_engine.begin() as conn:
        snooze(conn, Act(shop.id, episodes(own_engine)[0].id, after(1)), after(8))
    watch(own_engine, after(6))
    assert (len(episodes(own_engine)), len(letters(own_engine))) == (2, 1)
    watch(own_engine, after(8))
    assert len(letters(own_engine)) == 2


def test_what_somebody_resolved_fires_again_for_what_comes_later(own_engine, shop, add, fail):
    add(Rule("Errors", "failures", "threshold", 1.0, window_minutes=5))
    fail(0, 9)
    watch(own_engine, after(1))
    with own_engine.begin() as conn:
        resolve(conn, Act(shop.id, episodes(own_engine)[0].id, after(2)))
    watch(own_engine, after(4))
    assert len(episodes(own_engine)) == 1
    watch(own_engine, after(10))
    assert [each.resolved_at is None for each in episodes(own_engine)] == [False, True]


def test_a_paused_rule_tells_nothing_of_meanwhile(own_engine, shop, add, fail):
    rule = add()
    fail(0)
    with own_engine.begin() as conn:
        pause_rule(conn, shop.id, rule, True, START)
    watch(own_engine, after(2))
    with own_engine.begin() as conn:
        pause_rule(conn, shop.id, rule, False, after(2))
    watch(own_engine, after(5))
    assert episodes(own_engine) == []


def test_behind_the_rollups_nothing_is_judged(own_engine, shop, add):
    add(Rule("Silence", "events", "no_data", above=False, window_minutes=2))
    received = {"project_id": shop.id, "received_at": START, "accepted": 1, "outcomes": {}}
    with own_engine.begin() as conn:
        conn.execute(insert(ledger).values(received))
    watch(own_engine, after(10))
    assert episodes(own_engine) == []
    with own_engine.begin() as conn:
        conn.execute(update(ledger).values(rolled_at=START))
    watch(own_engine, after(10))
    assert len(episodes(own_engine)) == 1


def test_a_metric_that_is_gone_keeps_no_other_rule_from_its_turn(own_engine, shop, add, fail):
    add(Rule("Gone", "no_such_metric", "threshold", 1.0, window_minutes=1))
    add()
    fail(0)
    watch(own_engine, after(1))
    assert len(letters(own_engine)) == 1


def test_a_rule_that_breaks_keeps_no_other_from_its_turn(own_engine, add, fail):
    burning = Rule("Budget", "burn_rate", "burn", 14.4, asked={"slo": "x"}, window_minutes=60)
    add(burning)
    add()
    fail(0)
    watch(own_engine, after(1))
    assert len(letters(own_engine)) == 1


def test_a_project_that_breaks_keeps_no_other_from_its_letter(
    own_engine, shop, add, fail, monkeypatch
):
    add()
    fail(0)
    with own_engine.begin() as conn:
        other = create_project(conn, "other")
        set_target(conn, other.id, "team", "json://127.0.0.1:9/alerts", ("alert",))
        rule = add_rule(conn, other.id, RULE, START)
        row = {"rule_id": rule, "project_id": other.id, "severity": "critical"}
        conn.execute(insert(alert_episodes).values(row | {"started_at": START, "value": 1}))
    real = telling._letter

    def breaks(engine, now, kind, rows):
        if rows[0].project_id == shop.id:
            raise KeyError
        return real(engine, now, kind, rows)

    monkeypatch.setattr(telling, "_letter", breaks)
    watch(own_engine, after(1))
    assert [letter.project_id for letter in letters(own_engine)] == [other.id]


def test_an_alert_whose_chart_breaks_is_told_without(own_engine, add, fail, monkeypatch):
    def breaks(_):
        raise RuntimeError

    add()
    fail(0)
    monkeypatch.setattr(telling, "draw", breaks)
    watch(own_engine, after(1))
    (letter,) = letters(own_engine)
    assert letter.attachment is None


def test_a_rule_that_is_paused_ends_what_it_says(own_engine, shop, add, fail):
    rule = add(Rule("Errors", "failures", "threshold", 1.0, window_minutes=1, escalate_minutes=10))
    fail(*range(60))
    watch(own_engine, after(1))
    with own_engine.begin() as conn:
        pause_rule(conn, shop.id, rule, True, after(2))
    (episode,) = episodes(own_engine)
    assert episode.resolved_at == after(2)
    assert escalate(own_engine, after(30)) == 0
    with own_engine.begin() as conn:
        pause_rule(conn, shop.id, rule, False, after(30))
    watch(own_engine, after(32))
    assert [each.resolved_at is None for each in episodes(own_engine)] == [False, True]


def test_what_a_paused_rule_said_before_is_not_told(own_engine, shop, add, fail):
    rule = add()
    fail(0)
    evaluate(own_engine, after(1))
    with own_engine.begin() as conn:
        pause_rule(conn, shop.id, rule, True, after(1))
    assert tell(own_engine, after(1)) == 0


def test_what_is_of_looplens_itself_goes_to_every_address_once(own_engine, shop):
    with own_engine.begin() as conn:
        other = create_project(conn, "other")
        set_target(conn, other.id, "team", "json://127.0.0.1:9/alerts", ("alert",))
        set_target(conn, other.id, "more", "json://127.0.0.1:9/others", ("alert",))
        rule = add_rule(conn, INSTALLATION, RULE, START)
        mine = {"rule_id": rule, "project_id": INSTALLATION, "severity": "critical"}
        conn.execute(insert(alert_episodes).values(mine | {"started_at": START}))
    assert tell(own_engine, after(1)) == 1
    assert len(letters(own_engine)) == 2


def test_the_worst_is_kept_while_it_goes_on(own_engine, shop, add):
    add(Rule("Events", "events", "threshold", 2.0, window_minutes=1))
    rows = [
        {"project_id": shop.id, "minute": START + k * MINUTE, "name": "open", "n": n, "failures": 0}
        for k, n in enumerate((3, 9, 4, 1))
    ]
    with own_engine.begin() as conn:
        conn.execute(insert(event_minutes), rows)
    for minute in (1, 2, 3):
        evaluate(own_engine, after(minute))
    (episode,) = episodes(own_engine)
    assert (episode.value, episode.worst, episode.resolved_at) == (3.0, 9.0, None)
    with own_engine.connect() as conn:
        state = conn.execute(select(alert_states)).one()
        acts = conn.execute(select(alert_history.c.act)).scalars().all()
    assert (state.value, state.episode_id, acts) == (4.0, episode.id, ["fired"])


def test_what_has_nothing_to_be_compared_with_is_not_judged(own_engine, add, fail):
    """Its figure is 0, and nobody knows what is usual: that is not quiet."""
    add(Rule("Many", "failures", "anomaly", value=5.0, window_minutes=1))
    evaluate(own_engine, after(1))
    with own_engine.connect() as conn:
        assert conn.execute(select(alert_states.c.value)).scalar_one() is None


def test_a_pass_ends_in_a_thread_of_its_own(own_engine, add, fail):
    watcher = Watcher()
    assert watcher.look(own_engine)
    watcher.stop()
