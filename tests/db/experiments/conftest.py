"""Experiments kept in the project of a test."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from db.access import Project
from db.experiments.checking import Draft
from db.experiments.drafting import create_experiment
from db.experiments.kept import Experiment, find_experiment
from db.experiments.running import start_experiment
from tests.db.experiments.drafts import NOW


@pytest.fixture
def keep(conn: Connection, project: Project) -> Callable[..., Experiment]:
    """Keeps a draft, starts it where that is wanted, and returns it as it is kept."""

    def make(draft: Draft, started: bool = True) -> Experiment:
        create_experiment(conn, project.id, draft, now=NOW)
        if started:
            start_experiment(conn, project.id, draft.key, now=NOW)
        return find_experiment(conn, project.id, draft.key)

    return make


@pytest.fixture
def held(conn: Connection, project: Project) -> Callable[[str], Experiment]:
    """The experiment of a key as it is kept."""
    return lambda key: find_experiment(conn, project.id, key)
