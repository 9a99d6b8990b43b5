"""The HTML that a browser gets at the address of every page, before anything is drawn in it.

It is Streamlit's own, with a script before the others that says where the server is. Without it a
browser looks for the server below the page's address, is told 404, waits for a tenth of a second,
looks again and only then connects. Other addresses get what Streamlit has, and do that.
"""

import re
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from ui.frame import ASSETS

ROOT = Path(__file__).parent.parent
START = (ASSETS / "start.js").read_text()
NO_SCRIPT = "<noscript>Looplens draws its pages with JavaScript, which is off here.</noscript>"


@cache
def shell() -> str:
    """The HTML of a page."""
    html = (Path(get_static_dir()) / "index.html").read_text()
    html = re.sub("<noscript>.*?</noscript>", NO_SCRIPT, html, flags=re.DOTALL)
    html = re.sub('<link rel="service-desc"[^>]*>', "", html)  # of an interface that is closed
    html = html.replace("<title>Streamlit</title>", "<title>Looplens</title>")
    return html.replace("<script", f"<script>\n{START}</script>\n<script", 1)


async def show_shell(_: Request) -> Response:
    """Answer with it; a browser fetches it anew each time."""
    return HTMLResponse(shell(), headers={"Cache-Control": "no-cache"})


ROUTES = [
    Route(f"/{name}", show_shell)
    for name in ("", *sorted(page.stem for page in (ROOT / "pages").glob("*.py")))
]
