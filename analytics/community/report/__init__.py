"""The executive report of an organisation: one page, as HTML and as PDF."""

from analytics import one_page
from analytics.community.report.asking import Report, report
from analytics.community.report.text import page_of


def as_html(report: Report) -> str:
    """The report as a document of HTML."""
    return one_page.as_html(page_of(report))


def as_pdf(report: Report) -> bytes:
    """The report as a PDF."""
    return one_page.as_pdf(page_of(report))


__all__ = ["Report", "as_html", "as_pdf", "page_of", "report"]
