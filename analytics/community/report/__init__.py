"""The executive report of an organisation: one page, as HTML and as PDF."""

from analytics.community.report.asking import Report, report
from analytics.community.report.html import as_html
from analytics.community.report.pdf import as_pdf

__all__ = ["Report", "as_html", "as_pdf", "report"]
