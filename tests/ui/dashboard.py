"""Fixtures of the dashboard: its database, and its pages as AppTest runs them."""

import pickle
from concurrent.futures import wait as wait_for
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pandas as pd
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from db.access import ensure_person, sign_in
from db.engine import close_engine, make_engine
from db.tables import metadata
from tests.conftest import drop_database, make_database
from ui import doors, frame
from ui.frame import THREADS
from ui.remembering import forget_all

ROOT = Path(__file__).parents[2]
HOME = "home"  # the page at the address without a path
# Each AppTest looks through all installed packages, which takes longer than to run a page.
INSTALLED = cache(manifest_scanner.scan_component_manifests)
COMPILED = ScriptCache()  # of all pages that were run: a server compiles each of them once, too
STAYS = ("audit_log", "audit_head")  # whoever asks
# Of few rows quicker than TRUNCATE, and in one go; without parameters it may be many statements.
EMPTY = "; ".join(
    str(table.delete()) for table in reversed(metadata.sorted_tables) if table.name not in STAYS
)
COMPLAIN = local_script_runner.require_widgets_deltas


@pytest.fixture(scope="session")
def dashboard_database(server):
    """A database for what pages see, which is only what is committed; left empty by each test."""
    url = make_database(server)
    yield url
    drop_database(url, server)


@pytest.fixture(scope="session")
def writing(dashboard_database):
    """The tests' own engine on it: one for all, since an engine keeps the SQL it has compiled."""
    engine = make_engine(dashboard_database)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def address(dashboard_database):
    """The database's address, where the dashboard looks for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", dashboard_database.render_as_string(hide_password=False))
        close_engine()
        yield dashboard_database
        until_idle()
        close_engine()


def until_idle():
    """Wait for what pages still ask: a connection in use outlives the engine that is closed."""
    everybody = Barrier(THREADS._max_workers)
    wait_for([THREADS.submit(everybody.wait) for _ in range(everybody.parties)])


class Content(pickle.Pickler):
    """Pickles frames by what they hold, without what pandas remembers of them while it reads."""

    def reducer_override(self, value):
        if isinstance(value, pd.DataFrame):
            told = value.to_dict("split"), value.dtypes.to_dict(), value.axes, value.attrs
            return str, (str(told),)
        return NotImplemented


def content(value):
    """What an answer holds, to compare."""
    written = BytesIO()
    Content(written).dump(value)
    return written.getvalue()


@pytest.fixture
def answers_stay(monkeypatch):
    """Answers are shared by everybody who looks: no test may end with one that was changed."""
    given, answer = [], frame._answer

    def remember(viewer, asked):
        made = answer(viewer, asked)
        given.append((asked.name, made, content(made)))
        return made

    monkeypatch.setattr(frame, "_answer", remember)
    yield
    assert [name for name, made, before in given if content(made) != before] == []


@pytest.fixture
def conn(address, writing, answers_stay):
    """A connection to the dashboard's database, emptied afterwards; pages see what is committed."""
    st.cache_resource.clear()
    forget_all()
    with writing.connect() as connection:
        yield connection
        connection.rollback()
        connection.exec_driver_sql(EMPTY, execution_options={"no_parameters": True})
        connection.commit()


class TakenOver(PagesManager):
    """The folder `pages/` as ui.server leaves it: a page runs within app.py, never by itself."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        PagesManager.uses_pages_directory = False


def wait(runner, timeout):
    """As AppTest does, but for looking a thousand times a second whether the page has ended."""
    runner._script_thread.join(timeout)
    COMPLAIN(runner, 0.0 if runner._script_thread.is_alive() else timeout)


@pytest.fixture
def show(conn, monkeypatch):
    """Run a page for a role (None: signed out) with an address's filters; gives the AppTest."""

    monkeypatch.setattr(app_test, "PagesManager", TakenOver)
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", INSTALLED)
    for module in (app_test, local_script_runner):  # of app.py, and of the page in it
        monkeypatch.setattr(module, "ScriptCache", lambda: COMPILED)
    monkeypatch.setattr(local_script_runner, "require_widgets_deltas", wait)

    def run(page, role, *projects, path="app.py", **query):
        cookies = {}
        if role:
            ids = tuple(project.id for project in projects)
            person = ensure_person(conn, f"{role}@example.org", role, ids)
            cookies = {doors.COOKIE: sign_in(conn, person)}
        conn.commit()
        monkeypatch.setattr(type(st.context), "cookies", cookies)
        shown = AppTest.from_file(str(ROOT / path), default_timeout=30)
        for name, value in query.items():
            shown.query_params[name] = value
        if page and page != HOME:
            shown.switch_page(f"pages/{page}.py")
        return shown.run()

    return run
