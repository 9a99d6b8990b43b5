"""A report as a document of HTML; whatever people named things is text in it."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from analytics.one_page.page import Page
from analytics.one_page.wording import WORRIES

TEMPLATE = Path(__file__).parent / "page.html"


def as_html(page: Page) -> str:
    """The whole document; it refers to nothing outside of it, and prints on one page of A4."""
    return _template().render(page=page, worries=WORRIES)


@cache
def _template() -> Template:
    escaping = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return escaping.from_string(TEMPLATE.read_text())
