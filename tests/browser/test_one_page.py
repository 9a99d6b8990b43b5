"""A report prints on one page, however much it has to say."""

import io
from datetime import UTC, datetime

from pypdf import PdfReader

from analytics.one_page import Page, Table, Tile, as_html

LONG = "Adoption of the main feature is 33.7%; the goal was \u2265 80.0% by 1 March 2026: missed."
FULL = Page(
    "shop: summary",
    "23 March 2026 to 29 March 2026; made on 30 March 2026 at 09:00 (UTC)",
    datetime(2026, 3, 30, 9, tzinfo=UTC),
    tiles=(Tile("Net revenue retention", "98.4%", "+19% on the time before"),) * 5,
    tables=tuple(
        Table(f"Table {rows}", ("", "Goal", "Now", "State"), (("A figure", "1", "2", "3"),) * rows)
        for rows in (10, 7, 10, 10)
    ),
    notes=("Definitions of figures. " * 10, "Definitions of figures. " * 20, "Sums. " * 50),
    worries=(LONG,) * 8,
)


def test_the_fullest_summary_prints_on_one_page(chromium):
    window = chromium.new_page()
    window.set_content(as_html(FULL))
    printed = PdfReader(io.BytesIO(window.pdf(prefer_css_page_size=True)))
    window.close()
    assert len(printed.pages) == 1
    assert printed.pages[0].extract_text().count("missed.") == 8
