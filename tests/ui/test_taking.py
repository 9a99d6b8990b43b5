"""What readers take along is counted, and what people wrote is noted."""

import pandas as pd
import pytest
from sqlalchemy import func, select

from db.access import create_project, ensure_person
from db.audit import Acting
from db.security import Tally
from db.tables import audit_log
from ui import cards, taking


@pytest.fixture
def tally(monkeypatch):
    counted = Tally()
    monkeypatch.setattr("db.security.count", counted.count)
    return counted


def counts(tally):
    return {(project_id, kind): n for (project_id, _, kind), n in tally.take().items()}


def exports(conn):
    conn.rollback()
    mine = audit_log.c.act == "comments.export"
    return conn.execute(select(func.count()).where(mine)).scalar_one()


def test_numbers_are_counted_and_not_noted(conn, tally):
    before = exports(conn)
    taking.take(pd.DataFrame({"n": [1, 2, 3]}), 7, Acting("dashboard", 1))
    assert counts(tally) == {(7, "exports"): 1, (7, "exported_rows"): 3}
    assert exports(conn) == before


def test_what_people_wrote_is_noted_with_who_took_it(conn, tally):
    project = create_project(conn, "shop")
    person = ensure_person(conn, "ann@example.org", "product", (project.id,))
    conn.commit()
    before = exports(conn)
    said = pd.DataFrame({"comment": ["slow", "good"]})
    taking.take(said, project.id, Acting("dashboard", person))
    assert exports(conn) == before + 1
    row = conn.execute(select(audit_log).order_by(audit_log.c.id.desc()).limit(1)).one()
    assert (row.person_id, row.place, row.project_id) == (person, "dashboard", project.id)
    assert row.details == {"rows": 2}


def test_the_file_is_counted_when_it_is_made(tally):
    data = pd.DataFrame({"n": [1]})
    assert cards._taken(data, lambda: taking.take(data, None, Acting())) == "n\n1\n"
    assert counts(tally) == {(0, "exports"): 1, (0, "exported_rows"): 1}
