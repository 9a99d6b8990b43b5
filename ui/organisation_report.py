"""The executive report of an organisation: one page, as PDF or HTML, to take along."""

from functools import partial

import streamlit as st

from analytics.community.report import Report, as_html, as_pdf

HELP = "One page with its days, its definitions and the date on which it was made."


def draw_report(report: Report) -> None:
    """The buttons; a file is made when it is asked for, of what the page shows."""
    name = report.usage.organisation.name
    _button("PDF", partial(as_pdf, report), f"{name}.pdf", "application/pdf")
    _button("HTML", partial(as_html, report), f"{name}.html", "text/html")


def _button(label: str, make: "partial[str] | partial[bytes]", name: str, kind: str) -> None:
    st.download_button(
        f"Report ({label})",
        make,
        name,
        kind,
        key=f"report_{label.lower()}",
        on_click="ignore",
        icon=":material/summarize:",
        help=HELP,
    )
