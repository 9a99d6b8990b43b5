from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from db.alert_rules import Rule, add_rule
from db.alerts import Act, acknowledge, comment, resolve, snooze
from db.errors import BadAlertRule, UnknownEpisode
from db.tables import alert_episodes, alert_history, alert_states

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULE = Rule("Errors", "error_rate", "threshold", value=0.05, window_minutes=30)


@pytest.fixture
def firing(conn, project):
    """The act of somebody about an episode that fires."""
    rule = add_rule(conn, project.id, RULE, NOW)
    place = {"rule_id": rule, "project_id": project.id}
    row = place | {"severity": "critical", "started_at": NOW}
    made = insert(alert_episodes).values(row).returning(alert_episodes.c.id)
    episode = conn.execute(made).scalar_one()
    conn.execute(update(alert_states).values(episode_id=episode))
    return Act(project.id, episode, NOW + HOUR, note="Looking into it")


def episode(conn, act):
    ours = select(alert_episodes).where(alert_episodes.c.id == act.episode_id)
    return conn.execute(ours).one()


def acts(conn):
    h = alert_history.c
    return conn.execute(select(h.act, h.note).order_by(h.id)).all()


def test_what_is_acknowledged_keeps_the_first_time(conn, firing):
    acknowledge(conn, firing)
    acknowledge(conn, Act(firing.project_id, firing.episode_id, NOW + 2 * HOUR))
    assert episode(conn, firing).acknowledged_at == NOW + HOUR
    assert acts(conn) == [("acknowledged", "Looking into it"), ("acknowledged", "")]


def test_what_is_snoozed_sleeps_for_a_month_at_most(conn, firing):
    snooze(conn, firing, NOW + 3 * HOUR)
    assert episode(conn, firing).snoozed_until == NOW + 3 * HOUR
    for until in (NOW, firing.at, firing.at + timedelta(days=31)):
        with pytest.raises(BadAlertRule, match="until"):
            snooze(conn, firing, until)


def test_what_is_resolved_lets_the_rule_look_afresh(conn, firing):
    resolve(conn, firing)
    assert episode(conn, firing).resolved_at == firing.at
    state = conn.execute(select(alert_states)).one()
    assert (state.episode_id, state.bad_since) == (None, firing.at + timedelta(minutes=30))
    for again in (resolve, acknowledge):
        with pytest.raises(UnknownEpisode):
            again(conn, firing)


def test_a_comment_is_kept_also_afterwards(conn, firing):
    resolve(conn, firing)
    comment(conn, firing)
    assert acts(conn)[-1] == ("commented", "Looking into it")
    with pytest.raises(BadAlertRule, match="note"):
        comment(conn, Act(firing.project_id, firing.episode_id, NOW))
    with pytest.raises(BadAlertRule, match="note"):
        comment(conn, Act(firing.project_id, firing.episode_id, NOW, note="x" * 501))


def test_an_alert_of_another_project_is_unknown(conn, berlin, firing):
    theirs = Act(berlin.id, firing.episode_id, firing.at, note="a")
    for act in (acknowledge, resolve, comment):
        with pytest.raises(UnknownEpisode):
            act(conn, theirs)
    with pytest.raises(UnknownEpisode):
        snooze(conn, theirs, NOW + 3 * HOUR)
