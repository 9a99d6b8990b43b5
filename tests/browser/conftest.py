"""The real product on free ports, and a real browser to look at it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import make_url, select

from benchmarks.chromium import FLAGS, find_browser
from db.access import personas, sign_in
from db.engine import make_engine
from db.tables import planted_truths
from tests.browser.visitor import LOOKS, Visitor
from tests.conftest import drop_database, make_database
from tests.thorough import QUICK
from ui.doors import COOKIE

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "docs" / "screenshots"
# For what is planted to show it takes more than for pages to have something to draw.
DEMO_EVENTS, DEMO_DAYS = ("50000", "56") if QUICK else ("200000", "70")


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium():
    """A running browser; where none is found the tests are skipped, or fail if one is required."""
    with sync_playwright() as playwright:
        path = find_browser(playwright)
        if path is None:
            missing = "no Chromium was found: install the package chromium"
            if os.environ.get("REQUIRE_BROWSER"):
                pytest.fail(missing)
            pytest.skip(missing)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Product:
    """Where the running product is, its command line and what it has stored."""

    dashboard: str
    environment: dict[str, str]

    def command(self, *words):
        """What `python -m db ...` prints."""
        done = subprocess.run(
            [sys.executable, "-m", "db", *words],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    @contextmanager
    def begin(self):
        """A transaction in its database."""
        engine = make_engine(make_url(self.environment["DATABASE_URL"]))
        try:
            with engine.begin() as conn:
                yield conn
        finally:
            engine.dispose()

    def stored(self, query):
        """The rows that a query finds, as tuples."""
        with self.begin() as conn:
            return [tuple(row) for row in conn.execute(query)]


@pytest.fixture(scope="package")
def product(server):
    """API, worker and dashboard over demo data, as `make run` starts them."""
    api, dashboard = free_port(), free_port()
    url = make_database(server)
    environment = os.environ | {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "API_PORT": str(api),
        "DASHBOARD_PORT": str(dashboard),
        "LOOPLENS_DEMO": "1",
    }
    running = Product(f"http://127.0.0.1:{dashboard}", environment)
    running.command("demo", "--events", DEMO_EVENTS, "--days", DEMO_DAYS)
    if not QUICK:
        running.command("demo-registry")
    with ExitStack() as parts:
        for module in ("ingest_api", "jobs", "ui"):
            parts.enter_context(process(module, environment))
        wait_for(f"http://127.0.0.1:{api}/healthz")
        wait_for(f"http://127.0.0.1:{dashboard}/healthz")
        yield running
    drop_database(url, server)


@contextmanager
def process(module, environment):
    """`python -m module` while the block runs."""
    started = subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield
    started.terminate()
    try:
        started.wait(10)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.fixture(scope="package")
def sign_in_of(product):
    """The cookie of a persona by their role."""
    with product.begin() as conn:
        tokens = {person.role: sign_in(conn, person.id) for person in personas(conn)}
    return lambda role: {"name": COOKIE, "value": tokens[role], "url": product.dashboard}


@pytest.fixture(scope="package")
def truths(product):
    """What is planted in the demo by the name of the truth: where, and how large."""
    columns = planted_truths.c.name, planted_truths.c.where_, planted_truths.c.size
    return {name: (where, size) for name, where, size in product.stored(select(*columns))}


@pytest.fixture(scope="package")
def windows(chromium):
    """Windows that nobody looks at, by how they were opened: a new one has to load everything."""
    left = defaultdict(list)
    yield left
    for visitor in chain(*left.values()):
        visitor.context.close()


@pytest.fixture
def visit(chromium, product, windows, sign_in_of):
    """Open a window, signed in as a role or not; it must end without complaints of the browser."""
    opened = []

    def new(role=None, look="light", **more):
        options = LOOKS[look] | {"reduced_motion": "reduce"} | more
        left = windows[repr(options)]
        if not left:
            left.append(Visitor(chromium.new_context(**options), product.dashboard, look))
        visitor = left.pop()
        opened.append((left, visitor))
        if role:
            visitor.context.add_cookies([sign_in_of(role)])
        return visitor

    yield new
    complaints = [complaint for _, visitor in opened for complaint in visitor.complaints]
    for left, visitor in opened:
        visitor.leave()
        left.append(visitor)
    assert complaints == []


@pytest.fixture(scope="session")
def picture():
    """Take a picture of what a visitor sees for the documentation, where LOOPLENS_SCREENSHOTS asks
    for it; looking at each costs as much as drawing it."""

    def take(visitor, name):
        if os.environ.get("LOOPLENS_SCREENSHOTS"):
            SCREENSHOTS.mkdir(exist_ok=True)
            visitor.shoot(SCREENSHOTS / f"{name}.png")

    return take
