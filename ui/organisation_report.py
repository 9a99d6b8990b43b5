"""The executive report of an organisation: one page, as PDF or HTML, to take along."""

from functools import partial

from analytics.community.report import Report, as_html, as_pdf
from ui.files import offer_report


def draw_report(report: Report) -> None:
    """The buttons for both forms."""
    name = report.usage.organisation.name
    offer_report("Report", name, partial(as_pdf, report), partial(as_html, report))
