from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from db.alert_rules import Rule, add_rule
from db.annotations import annotations_between
from db.errors import BadIncident, UnknownEpisode, UnknownIncident
from db.incidents import NewIncident, link_episode, open_incident, update_incident
from db.tables import alert_episodes, incident_updates, incidents
from tests.noted import acts

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW = NewIncident("Shop is down", "critical", NOW - HOUR, "Since the release")


def marks(conn, project):
    return [(each.kind, each.title, each.at, each.until) for each in annotated(conn, project)]


def annotated(conn, project):
    return annotations_between(conn, project.id)


def test_an_incident_is_marked_on_charts_from_its_beginning_to_its_end(conn, project):
    incident = open_incident(conn, project.id, NEW, NOW)
    assert marks(conn, project) == [("incident", "Shop is down", NOW - HOUR, None)]
    update_incident(conn, project.id, incident, "resolved", "Rolled back", NOW + HOUR)
    assert marks(conn, project) == [("incident", "Shop is down", NOW - HOUR, NOW + HOUR)]
    update_incident(conn, project.id, incident, "investigating", "Again", NOW + 2 * HOUR)
    assert marks(conn, project) == [("incident", "Shop is down", NOW - HOUR, None)]


def test_its_timeline_tells_how_it_went_on(conn, project):
    incident = open_incident(conn, project.id, NEW, NOW)
    for hours, state in enumerate(("identified", "monitoring", "resolved"), start=1):
        update_incident(conn, project.id, incident, state, "", NOW + hours * HOUR)
    u = incident_updates.c
    told = conn.execute(select(u.state, u.note).order_by(u.id)).all()
    assert told[0] == ("investigating", "Since the release")
    assert [row.state for row in told[1:]] == ["identified", "monitoring", "resolved"]
    row = conn.execute(select(incidents)).one()
    assert (row.state, row.resolved_at) == ("resolved", NOW + 3 * HOUR)


def test_when_it_had_ended_stays_in_the_audit_log(conn, project):
    incident = open_incident(conn, project.id, NEW, NOW)
    update_incident(conn, project.id, incident, "resolved", "Rolled back", NOW + HOUR)
    update_incident(conn, project.id, incident, "investigating", "Again", NOW + 2 * HOUR)
    (again,) = acts(conn, "incident.investigating")
    assert again.details["ended"] == (NOW + HOUR).isoformat()


@pytest.mark.parametrize(
    "new",
    [
        NewIncident("", "critical", NOW),
        NewIncident("x" * 201, "critical", NOW),
        NewIncident("Down", "awful", NOW),
        NewIncident("Down", "critical", NOW + HOUR),
        NewIncident("Down", "critical", NOW, "x" * 1_001),
    ],
)
def test_what_makes_no_sense_is_refused(conn, project, new):
    with pytest.raises(BadIncident):
        open_incident(conn, project.id, new, NOW)


def test_an_incident_of_another_project_is_unknown(conn, project, berlin):
    incident = open_incident(conn, project.id, NEW, NOW)
    with pytest.raises(UnknownIncident):
        update_incident(conn, berlin.id, incident, "resolved", "", NOW)
    with pytest.raises(BadIncident):
        update_incident(conn, project.id, incident, "forgotten", "", NOW)


def test_an_alert_belongs_to_an_incident_of_its_project(conn, project, berlin):
    rule = add_rule(conn, project.id, Rule("Errors", "events", "no_data", above=False), NOW)
    row = {"rule_id": rule, "project_id": project.id, "severity": "info", "started_at": NOW}
    made = insert(alert_episodes).values(row).returning(alert_episodes.c.id)
    episode = conn.execute(made).scalar_one()
    incident = open_incident(conn, project.id, NEW, NOW)
    link_episode(conn, project.id, episode, incident)
    assert conn.execute(select(alert_episodes.c.incident_id)).scalar_one() == incident
    with pytest.raises(UnknownIncident):
        link_episode(conn, berlin.id, episode, incident)
    with pytest.raises(UnknownEpisode):
        link_episode(conn, berlin.id, episode, None)
