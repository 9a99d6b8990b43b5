"""Buttons for a report of one page: made when it is asked for, of what the page shows."""

from collections.abc import Callable

import streamlit as st

HELP = "One page with its days, its definitions and the date on which it was made."


def offer_report(
    label: str, name: str, as_pdf: Callable[[], bytes], as_html: Callable[[], str]
) -> None:
    """A button for each form of a report; `name` is that of its file."""
    _button(f"{label} (PDF)", as_pdf, f"{name}.pdf", "application/pdf", "pdf")
    _button(f"{label} (HTML)", as_html, f"{name}.html", "text/html", "html")


def _button(
    label: str, make: Callable[[], bytes] | Callable[[], str], name: str, kind: str, form: str
) -> None:
    st.download_button(
        label,
        make,
        name,
        kind,
        key=f"report_{form}",
        on_click="ignore",
        icon=":material/summarize:",
        help=HELP,
    )
