"""What may be an attack is counted by kind and time; unusual exports stand out; acts are found."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import insert

from analytics.operations.security.acts import Search, audit_acts, audit_choices
from analytics.operations.security.counts import security_by_kind, security_over_time
from analytics.operations.security.exports import exports_by_day, robust_z
from analytics.operations.security.signals import security_counts
from analytics.scope import PUBLIC
from db.access import create_key, ensure_person
from db.audit import acting, note
from db.tables import INSTALLATION, security_hours
from tests.analytics.reference import anyone, asking
from tests.noted import write_notes

START, END = date(2026, 3, 2), date(2026, 3, 9)
FIRST = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def count(conn, project):
    def count(kind, day, n, hour=10, project_id=project.id):
        at = FIRST + timedelta(days=day, hours=hour)
        row = {"project_id": project_id, "hour": at, "kind": kind, "n": n}
        conn.execute(insert(security_hours).values(row))

    return count


def test_kinds_are_counted_and_compared_with_the_time_before(conn, project, count):
    count("unknown_key", 0, 3)
    count("unknown_key", 6, 1)
    count("unknown_key", -1, 2)
    count("unknown_key", 7, 50)
    found = security_by_kind(conn, anyone(project), asking(project, START, END)).set_index("kind")
    assert found["n"].to_dict()["unknown_key"] == 4
    assert found["before"]["unknown_key"] == 2
    assert found["change"]["unknown_key"] == 1.0
    assert (found["n"]["wrong_scope"], len(found)) == (0, 8)
    assert np.isnan(found["change"]["wrong_scope"])


def test_what_no_project_is_known_of_is_in_each_and_another_projects_in_none(
    conn, project, berlin, count
):
    count("failed_sign_in", 0, 5, project_id=INSTALLATION)
    count("unknown_key", 0, 7, project_id=berlin.id)
    found = security_by_kind(conn, anyone(project), asking(project, START, END)).set_index("kind")
    assert (found["n"]["failed_sign_in"], found["n"]["unknown_key"]) == (5, 0)


def test_time_is_cut_in_the_projects_zone(conn, berlin, count):
    count("unknown_key", 0, 2, hour=22, project_id=berlin.id)
    count("unknown_key", 0, 3, hour=23, project_id=berlin.id)
    two = asking(berlin, START, date(2026, 3, 4))
    found = security_over_time(conn, anyone(berlin), two, ("unknown_key", "wrong_scope"))
    assert found["series"].unique().tolist() == ["Unknown keys"]
    assert found["value"].tolist() == [2.0, 3.0]
    assert found["complete"].all()


def test_alerts_see_the_hours(conn, project, count):
    count("unknown_key", 0, 2, hour=1)
    count("unknown_key", 0, 3, hour=2)
    end = FIRST + timedelta(hours=3)
    found = security_counts(conn, anyone(project), project.id, "unknown_key", FIRST, end, 60)
    assert found["at"].dt.hour.tolist() == [1, 2]
    assert found["value"].tolist() == found["n"].tolist() == [2.0, 3.0]


def test_a_day_of_many_exports_stands_out(conn, project, count):
    for day in range(-28, 6):
        count("exported_rows", day, 500 + 40 * (day % 3))
    count("exported_rows", 6, 60_000)
    found = exports_by_day(conn, anyone(project), asking(project, START, END))
    assert found["rows"].tolist()[-2:] == [580, 60_000]
    assert found["unusual"].tolist() == [False] * 6 + [True]
    assert found["usual"].iloc[-1] == 540


def test_few_rows_are_never_unusual_and_many_first_ones_are(conn, project, count):
    count("exported_rows", 1, 999)
    count("exported_rows", 3, 1_000)
    found = exports_by_day(conn, anyone(project), asking(project, START, END))
    assert found["unusual"].tolist() == [False, False, False, True, False, False, False]


def test_a_robust_z_is_the_distance_from_the_median_by_the_mad():
    before = np.array([[1.0, 2.0, 3.0, 4.0, 100.0]])
    assert robust_z(np.array([3.0 + 1.4826 * 5]), before).tolist() == [pytest.approx(5.0)]


def test_exports_of_the_widest_range_are_asked_for(conn, project):
    widest = asking(project, END - timedelta(days=3_700), END)
    assert len(exports_by_day(conn, anyone(project), widest)) == 400


# The audit log ------------------------------------------------------------------------------


@pytest.fixture
def acts(conn, project):
    ann = ensure_person(conn, "ann@example.com", "admin", (project.id,))
    with acting("dashboard", ann):
        create_key(conn, project.id, "ingest")
        note(conn, "survey.create", "survey 1", project.id, name="NPS", roles=["a", "b"])
    with acting("api"):
        note(conn, "person.sign_in", "person 7")
    write_notes(conn)
    return asking(project, date(2026, 1, 1), date(2035, 1, 1), grain="month")


def test_administrators_see_who_did_what_and_find_it(conn, project, acts):
    admin = anyone(project, role="admin")
    found = audit_acts(conn, admin, acts, Search(noun="survey"))
    (row,) = found.to_dict("records")
    assert (row["act"], row["about"], row["person"]) == (
        "survey.create",
        "survey 1",
        "ann@example.com",
    )
    assert row["details"] == "name: NPS, roles: a b"
    assert (row["place"], row["found"]) == ("dashboard", 1)
    by_ann = audit_acts(conn, admin, acts, Search(person="ann@example.com"))
    assert by_ann["act"].tolist() == ["survey.create", "key.create"]
    assert audit_acts(conn, admin, acts, Search(place="api"))["act"].tolist() == ["person.sign_in"]


def test_choices_are_those_that_there_are(conn, project, acts):
    found = audit_choices(conn, anyone(project, role="admin"), acts)
    assert {"key", "person", "project", "survey"} <= set(found["noun"])
    assert found["person"] == ["ann@example.com"]


def test_operations_see_acts_of_the_project_without_people(conn, project, acts):
    found = audit_acts(conn, anyone(project, role="operations"), acts, Search())
    assert {"survey.create", "key.create"} <= set(found["act"])
    assert "person.sign_in" not in set(found["act"])
    assert found["person"].isna().all()


def test_other_projects_acts_and_other_roles_see_nothing(conn, project, berlin, acts):
    admin = anyone(project, role="admin")
    create_key(conn, berlin.id, "ingest")
    write_notes(conn)
    ours = audit_acts(conn, admin, acts, Search(noun="key"))
    assert len(ours) == 1
    assert audit_acts(conn, anyone(project, role="member"), acts, Search()).empty
    assert audit_acts(conn, PUBLIC, acts, Search()).empty
    assert security_by_kind(conn, PUBLIC, acts).empty


def test_the_log_is_read_by_pages(conn, project, acts):
    admin = anyone(project, role="admin")
    for number in range(60):
        note(conn, "view.save", f"view {number}", project.id)
    write_notes(conn)
    first = audit_acts(conn, admin, acts, Search(noun="view"))
    second = audit_acts(conn, admin, acts, Search(noun="view"), 2)
    assert (len(first), len(second), first["found"].iloc[0]) == (50, 10, 60)
    assert second["about"].tolist()[-1] == "view 0"
