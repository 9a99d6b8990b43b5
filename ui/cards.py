"""Cards: a chart or table with its title, what it means, how fresh it is, and its data as CSV."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from ui.charts import Chart

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def chart_card(
    chart: Chart,
    data: pd.DataFrame,
    *,
    title: str,
    help: str,
    name: str,
    note: str = "",
) -> None:
    """A chart under a title that says what it shows; `name` names its file and its widgets."""
    with _card(title, help, name):
        if _is_empty(data):
            _nothing()
            return
        st.vega_lite_chart(chart.rows, chart.to_dict(), key=f"chart_{name}", alt=title)
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
            st.caption(note, width="stretch")
            _csv_button(data, name)


def table_card(
    data: pd.DataFrame,
    *,
    title: str,
    help: str,
    name: str,
    columns: Mapping[str, Any],
    note: str = "",
) -> None:
    """A table under a title; `columns` names and formats those that are shown.

    A column without any value is left out: it tells nothing.
    """
    with _card(title, help, name):
        if _is_empty(data):
            _nothing()
            return
        shown = [column for column in columns if data[column].notna().any()]
        st.dataframe(data[shown], column_config=dict(columns), hide_index=True, alt=title)
        if note:
            st.caption(note)


def text_card(lines: Sequence[str], *, title: str, help: str, name: str) -> None:
    """Sentences under a title, one below the other."""
    with _card(title, help, name):
        st.markdown("\n".join(f"- {line}" for line in lines))


@contextmanager
def _card(title: str, help: str, name: str) -> Iterator[None]:
    with st.container(border=True, key=f"card_{name}", gap="xsmall", height="stretch"):
        st.subheader(title, anchor=False, help=help)
        yield


def _csv_button(data: pd.DataFrame, name: str) -> None:
    st.download_button(
        "CSV",
        partial(csv_of, data),
        f"{name}.csv",
        "text/csv",
        key=f"csv_{name}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        help="Download this data",
    )


def csv_of(data: pd.DataFrame) -> str:
    """The data as CSV; text that a spreadsheet would run as a formula gets an apostrophe."""
    return data.map(_as_text).to_csv(index=False)


def _as_text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value


def _is_empty(data: pd.DataFrame) -> bool:
    """Whether there is no row, or no number but zero in any."""
    return bool(data.select_dtypes("number").fillna(0).eq(0).all(axis=None))


def _nothing() -> None:
    st.caption("Nothing was recorded in this range with these filters. Choose a wider one.")
