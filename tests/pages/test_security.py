"""The Security page as people of each role see it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from db.access import create_key
from db.audit import acting
from db.tables import INSTALLATION, audit_log, security_hours
from tests.pages.reading import click, figures, texts

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def watched(conn, project):
    """Three unknown keys and a failed sign-in yesterday, and a large export the day before."""
    counted = (
        (1, "unknown_key", INSTALLATION, 3),
        (1, "failed_sign_in", INSTALLATION, 1),
        (2, "exported_rows", project.id, 50_000),
        (2, "exports", project.id, 2),
    )
    for ago, kind, project_id, n in counted:
        row = {"project_id": project_id, "hour": NOON - timedelta(days=ago), "kind": kind, "n": n}
        conn.execute(insert(security_hours).values(row))
    with acting("command"):
        create_key(conn, project.id, "server")
    conn.commit()
    return project


def titles(shown):
    return [each.value for each in shown.subheader]


def opened(show, role, project, **query):
    shown = show("security", role, project, **query)
    shown.session_state["audit_log"] = True
    return shown.run()


@pytest.mark.parametrize("role", ["admin", "executive", "product", "operations"])
def test_it_says_what_was_refused_and_what_was_taken_along(show, watched, role):
    shown = show("security", role, watched)
    assert not shown.exception
    told = figures(shown)
    assert (told["Unknown keys"], told["Failed sign-ins"]) == ("3", "1")
    assert "2 exports in the range." in texts(shown)
    assert titles(shown)[0] == "4 refused: mostly unknown keys"
    assert titles(shown)[1].startswith("Unusual: 50,000 rows exported on")


def test_where_nothing_happened_it_says_so(show, conn, project):
    conn.commit()
    shown = show("security", "operations", project)
    assert not shown.exception
    assert "Nothing was refused in this range" in texts(shown)
    assert "Nothing was exported in this range." in texts(shown)


@pytest.mark.parametrize("card", ["attempts", "exports"])
def test_a_query_runs_as_it_is_shown(show, watched, conn, card):
    shown = show("security", "operations", watched)
    shown.session_state[f"query_{card}"] = True
    shown.run()
    assert not shown.exception
    assert conn.exec_driver_sql(shown.code[0].value.replace("%", "%%")).all()


def test_the_log_is_behind_a_door_and_to_open_it_is_noted_once(show, watched, conn):
    def reads():
        mine = (audit_log.c.act == "audit.read") & (audit_log.c.project_id == watched.id)
        conn.rollback()
        return conn.execute(select(func.count()).where(mine)).scalar_one()

    show("security", "admin", watched)
    assert reads() == 0
    shown = opened(show, "admin", watched)
    assert not shown.exception
    shown.run()
    assert reads() == 1
    latest = conn.execute(select(audit_log).order_by(audit_log.c.id.desc()).limit(1)).one()
    assert (latest.act, latest.place) == ("audit.read", "dashboard")
    assert latest.person_id is not None


def test_who_did_it_is_for_administrators(show, watched):
    acts = opened(show, "admin", watched).dataframe[-1].value
    assert acts["person"].notna().any()
    theirs = opened(show, "operations", watched).dataframe[-1].value
    assert "person" not in theirs
    assert "key.create" in set(theirs["act"])


def test_an_administrator_verifies_the_log(show, watched):
    shown = click(opened(show, "admin", watched), "Verify the log")
    assert not shown.exception
    assert "none was touched" in shown.success[0].value
    assert ":" in shown.code[0].value


def test_others_are_not_offered_that(show, watched):
    labels = [button.label for button in opened(show, "operations", watched).button]
    assert "Verify the log" not in labels
