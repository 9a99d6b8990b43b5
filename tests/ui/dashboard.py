"""Fixtures of the dashboard: its database, and its pages as AppTest runs them."""

from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from db.access import ensure_person, sign_in
from db.engine import engine as dashboard_engine
from db.engine import make_engine
from db.tables import metadata
from tests.conftest import drop_database, make_database
from ui import doors

ROOT = Path(__file__).parents[2]
HOME = "home"  # the page at the address without a path
# Each AppTest looks through all installed packages, which takes longer than to run a page.
INSTALLED = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(scope="module")
def dashboard_database(server):
    """A database of the module's own, since pages see only what is committed."""
    url = make_database(server)
    yield url
    drop_database(url, server)


@pytest.fixture
def address(dashboard_database, monkeypatch):
    """The database's address, where the dashboard looks for it."""
    monkeypatch.setenv("DATABASE_URL", dashboard_database.render_as_string(hide_password=False))
    dashboard_engine.cache_clear()
    st.cache_data.clear()
    yield dashboard_database
    dashboard_engine().dispose()
    dashboard_engine.cache_clear()


@pytest.fixture
def conn(address):
    """A connection to the dashboard's database, emptied afterwards; pages see what is committed."""
    engine = make_engine(address)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
        for table in reversed(metadata.sorted_tables):  # of few rows quicker than TRUNCATE
            connection.execute(table.delete())
        connection.commit()
    engine.dispose()


class TakenOver(PagesManager):
    """The folder `pages/` as ui.server leaves it: a page runs within app.py, never by itself."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        PagesManager.uses_pages_directory = False


@pytest.fixture
def show(conn, monkeypatch):
    """Run a page for a role (None: signed out) with an address's filters; gives the AppTest."""

    monkeypatch.setattr("streamlit.testing.v1.app_test.PagesManager", TakenOver)
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", INSTALLED)

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
