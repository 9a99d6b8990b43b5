"""The overview of an executive: what the page shows, what the report says and what is sent."""

from analytics import one_page
from analytics.business.overview.asking import SATISFACTION, USERS, Overview, overview
from analytics.business.overview.letter import letter_of
from analytics.business.overview.text import page_of
from analytics.business.overview.wording import (
    STATES,
    TOO_FEW,
    goal_value,
    goal_wanted,
    health_figures,
)


def as_html(overview: Overview) -> str:
    """The overview as a document of HTML of one page."""
    return one_page.as_html(page_of(overview))


def as_pdf(overview: Overview) -> bytes:
    """The overview as a PDF of one page."""
    return one_page.as_pdf(page_of(overview))


__all__ = [
    "SATISFACTION",
    "STATES",
    "TOO_FEW",
    "USERS",
    "Overview",
    "as_html",
    "as_pdf",
    "goal_value",
    "goal_wanted",
    "health_figures",
    "letter_of",
    "overview",
    "page_of",
]
