"""Reports of one page, to take along or to send: the same words as HTML and as PDF."""

from analytics.one_page.html import as_html
from analytics.one_page.page import Page, Row, Table, Tile
from analytics.one_page.pdf import as_pdf
from analytics.one_page.wording import CUT, LONGEST, NONE, WORRIES, shortened

__all__ = [
    "CUT",
    "LONGEST",
    "NONE",
    "WORRIES",
    "Page",
    "Row",
    "Table",
    "Tile",
    "as_html",
    "as_pdf",
    "shortened",
]
