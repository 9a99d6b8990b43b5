"""What somebody waits for in a real browser, until the last mark of the last chart is drawn."""

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright
from sqlalchemy import URL

from benchmarks.chromium import FLAGS, find_browser
from benchmarks.processes import free_port, running
from benchmarks.results import Result
from benchmarks.viewers import COOKIE, session_token

REPEATS = 7
COLD_REPEATS = 3
RANGES = ("7d", "90d", "month", "12m", "28d")
QUIET_MS = 300  # nothing was drawn for so long: the last mark was the last
WIDE = {"width": 1400, "height": 900}

# Notes the time of the latest change inside a chart, also when the page is left and drawn anew.
WATCH = """
window.lastMark = 0;
new MutationObserver(changes => {
  for (const change of changes) {
    const at = change.target.nodeType === 1 ? change.target : change.target.parentElement;
    if (at && at.closest('[data-testid=stVegaLiteChart] svg, [data-testid=stMetric]'))
      window.lastMark = performance.timeOrigin + performance.now();
  }
}).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""
SETTLED = """quiet => {
  const app = document.querySelector('[data-testid=stApp]');
  const marks = document.querySelectorAll('[data-testid=stVegaLiteChart] svg path').length;
  const now = performance.timeOrigin + performance.now();
  return app && app.dataset.testScriptState === 'notRunning' && marks > 5
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')
    && window.lastMark > window.clicked && now - window.lastMark > quiet;
}"""


def measure(url: URL) -> list[Result]:
    """Medians of a reload, a page switch, a filter change, and a first visit."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "DASHBOARD_PORT": str(port),
    }
    token = session_token(url)
    with running("ui", f"{base}/healthz", **environment), sync_playwright() as playwright:
        page = _new_page(playwright, base, token)
        _timed(page, lambda: page.goto(f"{base}/executive"))
        reload = _median(page, lambda _: page.reload(), REPEATS)
        switch = _median(page, lambda turn: _switch(page, turn), REPEATS)
        new = _median(page, lambda turn: _filter(page, turn), len(RANGES))
        change = _median(page, lambda turn: _filter(page, turn), REPEATS)
        page.context.close()
        first = statistics.median(
            _first_visit(playwright, base, token) for _ in range(COLD_REPEATS)
        )
    return [
        Result("browser", "reload to the last mark", reload, "ms", 1_000),
        Result("browser", "page switch", switch, "ms", 500),
        Result("browser", "filter change, asked for the first time", new, "ms", 500),
        Result("browser", "filter change, asked for before", change, "ms", 500),
        Result("browser", "first visit, cold browser", first, "ms", 2_500),
    ]


def _new_page(playwright: Playwright, base: str, token: str) -> Page:
    """A page in a browser with an empty profile, signed in."""
    context: BrowserContext = playwright.chromium.launch_persistent_context(
        tempfile.mkdtemp(prefix="looplens-bench-"),
        executable_path=find_browser(playwright),
        args=FLAGS,
        viewport=WIDE,  # type: ignore[arg-type]
    )
    context.add_cookies([{"name": COOKIE, "value": token, "url": base}])
    context.add_init_script(WATCH)
    return context.pages[0]


def _first_visit(playwright: Playwright, base: str, token: str) -> float:
    page = _new_page(playwright, base, token)
    milliseconds = _timed(page, lambda: page.goto(f"{base}/executive"))
    page.context.close()
    return milliseconds


def _median(page: Page, act: Callable[[int], object], repeats: int) -> float:
    return statistics.median(_timed(page, partial(act, turn)) for turn in range(repeats))


def _timed(page: Page, act: Callable[[], object]) -> float:
    """Milliseconds from the act to the last mark."""
    started = time.time() * 1000
    page.evaluate("started => { window.clicked = started }", started)
    act()
    page.evaluate("started => { window.clicked = started }", started)
    page.wait_for_function(SETTLED, arg=QUIET_MS, timeout=30_000)
    last: float = page.evaluate("window.lastMark")
    return last - started


def _switch(page: Page, turn: int) -> None:
    name = ("Trends", "Executive summary")[turn % 2]
    page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()


def _filter(page: Page, turn: int) -> None:
    """Another range each time; the first round is asked for the first time, without a cache."""
    name = RANGES[turn % len(RANGES)]
    ranges = page.get_by_role("radiogroup", name="Range")
    ranges.get_by_role("radio", name=name, exact=True).click()


if __name__ == "__main__":
    import os

    from db.engine import parse_url

    for result in measure(parse_url(os.environ["DATABASE_URL"])):
        print(result)
