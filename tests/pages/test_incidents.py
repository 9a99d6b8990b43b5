"""Incidents on the page on alerts: how one goes on, is opened, and is not reopened by chance."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.incidents import NewIncident, open_incident, update_incident
from db.tables import incident_updates, incidents

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
HOUR = timedelta(hours=1)
HOSTILE = "POST /v1/runs <b>fails</b> ![a](http://e)"


@pytest.fixture
def outage(conn, project):
    """The number of an incident that began three hours ago, resolved two hours ago."""
    made = open_incident(conn, project.id, NewIncident(HOSTILE, "critical", NOW - 3 * HOUR), NOW)
    update_incident(conn, project.id, made, "resolved", "Rolled back", NOW - 2 * HOUR)
    conn.commit()
    return made


def box(shown, label):
    return next(each for each in shown.selectbox if each.label == label)


def write(shown, label, text):
    next(field for field in shown.text_input if field.label == label).set_value(text)


def press(shown, label):
    next(button for button in shown.button if button.label == label).click().run()
    assert not shown.exception
    return shown


def held(conn):
    conn.rollback()
    return conn.execute(select(incidents).order_by(incidents.c.id)).all()


def table(shown):
    return next(each.value for each in shown.dataframe if "title" in each.value)


def test_its_present_state_is_preset_and_a_click_alone_changes_nothing(show, project, conn, outage):
    shown = show("alerts", "operations", project)
    assert box(shown, "Status").value == "resolved"
    press(shown, "Post update")
    assert [(row.state, row.resolved_at) for row in held(conn)] == [("resolved", NOW - 2 * HOUR)]
    assert any("Write an update first" in toast.value for toast in shown.toast)


def test_it_is_reopened_only_on_purpose_and_its_timeline_keeps_its_end(show, project, conn, outage):
    shown = show("alerts", "operations", project)
    box(shown, "Status").set_value("investigating")
    write(shown, "Update", "It is back")
    press(shown, "Post update")
    assert held(conn)[0].state == "resolved"
    assert any("Tick Reopen" in toast.value for toast in shown.toast)
    shown.checkbox[0].set_value(True)
    press(shown, "Post update")
    assert (held(conn)[0].state, held(conn)[0].resolved_at) == ("investigating", None)
    u = incident_updates.c
    kept = select(u.at).where(u.incident_id == outage, u.state == "resolved")
    assert conn.execute(kept).scalars().all() == [NOW - 2 * HOUR]
    assert box(shown, "Status").value == "investigating"


def test_an_incident_that_goes_on_is_resolved(show, project, conn):
    open_incident(conn, project.id, NewIncident(HOSTILE, "warning", NOW - HOUR), NOW)
    conn.commit()
    shown = show("alerts", "operations", project)
    box(shown, "Status").set_value("resolved")
    write(shown, "Update", "Done")
    press(shown, "Post update")
    assert (held(conn)[0].state, held(conn)[0].resolved_at is not None) == ("resolved", True)
    assert "Done" in [part.value for part in shown.text]
    assert box(shown, "Status").value == "resolved"


def test_a_new_incident_is_the_one_that_is_shown(show, project, conn, outage):
    shown = show("alerts", "operations", project)
    write(shown, "What is wrong", "Payments fail")
    shown.run()
    press(shown, "Open it")
    newest = held(conn)[-1]
    assert newest.title == "Payments fail"
    assert box(shown, "Incident").value == newest.id
    assert not next(f for f in shown.text_input if f.label == "What is wrong").value
    assert (table(shown)["minutes"] >= 0).all()
    assert not shown.session_state["incident_opening"]


def test_a_title_in_a_list_to_choose_from_is_as_it_was_written(show, project, outage):
    shown = show("alerts", "operations", project)
    offered = "".join(box(shown, "Incident").options)
    assert "\\" not in offered
    assert "POST /v1/runs <b>fails</b>" in offered
