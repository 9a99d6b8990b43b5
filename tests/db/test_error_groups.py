"""What people decide about failures is kept, and noted."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from db.error_groups import fingerprint_of, ignore, name_of, reopen, resolve
from db.errors import BadSetting, UnknownErrorGroup
from db.tables import error_groups
from tests.noted import acts

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def group(conn, project, add_events):
    """The fingerprint of the project's only group."""
    add_events(project, "ann error 2026-03-02T10:00Z error=Timeout")
    mine = select(error_groups.c.fingerprint).where(error_groups.c.project_id == project.id)
    return conn.execute(mine).scalar_one()


def decided(conn, project):
    g = error_groups.c
    row = select(g.state, g.resolved_at, g.resolved_release, g.regressed_at)
    return tuple(conn.execute(row.where(g.project_id == project.id)).one())


def test_a_group_is_resolved_ignored_and_opened_again(conn, project, group):
    assert decided(conn, project) == ("open", None, "", None)
    resolve(conn, project.id, group, None, NOW, " 2.1 ")
    assert decided(conn, project) == ("resolved", NOW, "2.1", None)
    ignore(conn, project.id, group, None)
    assert decided(conn, project) == ("ignored", None, "", None)
    reopen(conn, project.id, group, None)
    assert decided(conn, project) == ("open", None, "", None)


def test_each_decision_is_noted(conn, project, group):
    resolve(conn, project.id, group, None, NOW, "2.1")
    ignore(conn, project.id, group, None)
    reopen(conn, project.id, group, None)
    noted = acts(conn, "error_group")
    assert [(row.act, row.about, row.details) for row in noted] == [
        ("error_group.resolve", name_of(group), {"release": "2.1"}),
        ("error_group.ignore", name_of(group), {}),
        ("error_group.reopen", name_of(group), {}),
    ]


def test_the_group_of_another_project_is_not_touched(conn, project, berlin, group):
    for decide in (ignore, reopen):
        with pytest.raises(UnknownErrorGroup):
            decide(conn, berlin.id, group, None)
    with pytest.raises(UnknownErrorGroup):
        resolve(conn, berlin.id, group, None, NOW)
    assert decided(conn, project)[0] == "open"


@pytest.mark.parametrize("release", ["1" * 101, "1\n2", "a\x00"])
def test_a_release_is_a_short_text(conn, project, group, release):
    with pytest.raises(BadSetting):
        resolve(conn, project.id, group, None, NOW, release)


@pytest.mark.parametrize("number", [0, 1, -1, 2**63 - 1, -(2**63)])
def test_a_name_spells_its_fingerprint(number):
    assert len(name_of(number)) == 16
    assert fingerprint_of(name_of(number)) == number


@pytest.mark.parametrize("name", ["", "x", "-1", "f" * 17, "1.5", "\ud800"])
def test_other_texts_spell_none(name):
    assert fingerprint_of(name) is None
