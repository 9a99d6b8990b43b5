"""A first start that is interrupted leaves nothing that stays half a demo."""

import pytest
from sqlalchemy import func, select

from db import __main__ as commands
from db.access import create_demo, create_project, list_projects
from db.demo.registry.keeping import REGISTRY
from db.tables import audit_log, metadata
from db.unfinished import UNFINISHED, take_back
from tests.thorough import thorough


def projects(engine):
    with engine.connect() as conn:
        return list_projects(conn)


def owned(engine, project_id):
    """How many rows of each table belong to a project, where there are any."""
    count = select(func.count())
    with engine.connect() as conn:
        return {
            table.name: rows
            for table in metadata.sorted_tables
            if "project_id" in table.c and table is not audit_log
            if (rows := conn.execute(count.where(table.c.project_id == project_id)).scalar_one())
        }


@thorough
def test_all_of_an_unfinished_demo_is_taken_back_and_nothing_else(own_database, own_engine):
    commands.make_demo(own_database, UNFINISHED, 3_000, days=70)
    (made,) = projects(own_engine)
    with own_engine.begin() as conn:
        other = create_demo(conn, "demo-2")
    before = owned(own_engine, other.id)
    assert len(owned(own_engine, made.id)) > 30
    with own_engine.begin() as conn:
        take_back(conn)
    assert projects(own_engine) == [other]
    assert owned(own_engine, made.id) == {}
    assert owned(own_engine, other.id) == before


def test_without_an_unfinished_demo_nothing_is_taken_back(conn):
    for name in ("demo", REGISTRY):
        create_demo(conn, name)
    create_project(conn, UNFINISHED)  # somebody's own
    take_back(conn)
    assert len(list_projects(conn)) == 3


@pytest.mark.parametrize("at", [UNFINISHED, REGISTRY])
def test_an_interrupted_first_start_is_made_anew(own_database, own_engine, monkeypatch, at):
    interrupted = {at}

    def make(name):
        with own_engine.begin() as conn:
            create_demo(conn, name)
        if name in interrupted:
            raise KeyboardInterrupt

    monkeypatch.setattr(commands, "make_demo", lambda _, name, *__: make(name))
    monkeypatch.setattr(commands, "make_registry", lambda _: make(REGISTRY))
    with pytest.raises(KeyboardInterrupt):
        commands._first_steps(own_database, with_demo=True)
    left = {project.id for project in projects(own_engine)}
    interrupted.clear()
    for _ in range(2):
        commands._first_steps(own_database, with_demo=True)
        made = projects(own_engine)
        assert sorted(project.name for project in made) == ["demo", REGISTRY]
        assert not left & {project.id for project in made}
