"""The HTML of a page, before anything is drawn."""

import re
from pathlib import Path

from starlette.applications import Starlette
from streamlit.file_util import get_static_dir

from tests.ui.asking import Browser
from ui.shell import ROUTES, START, shell

STREAMLITS = (Path(get_static_dir()) / "index.html").read_text()
ASSETS = re.compile(r'(?:src|href)="(\./static/[^"]+)"')


def test_it_says_where_the_server_is_before_any_script_runs():
    first = re.search(r"<script[^>]*>(.*?)</script>", shell(), re.DOTALL)
    assert first.group(1).strip() == START.strip()


def test_it_loads_what_streamlits_own_loads():
    assert ASSETS.findall(shell()) == ASSETS.findall(STREAMLITS) != []


def test_it_speaks_of_looplens():
    words = re.sub(r"<!--.*?-->|<script.*?</script>|<link.*?>", "", shell(), flags=re.DOTALL)
    assert "Looplens" in words
    assert "Streamlit" not in words
    assert "_stcore/agent" not in shell()


def test_it_is_at_the_address_of_every_page():
    pages = {page.stem for page in (Path(__file__).parents[2] / "pages").glob("*.py")}
    assert "executive" in pages
    browser = Browser(Starlette(routes=ROUTES))
    for path in ("", *pages):
        answer = browser.get(f"/{path}?range=7d")
        assert answer.status == 200
        assert answer.text == shell()
        assert answer.headers["cache-control"] == "no-cache"
    assert browser.get("/nowhere").status == 404
