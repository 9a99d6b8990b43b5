"""Cards: a chart or table with its title, what it means, how fresh it is, and ways to take it away.

Under each is a quiet row: a note, the data as CSV, the address of the view, and the query.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from ui.addresses import address
from ui.charts import Chart
from ui.errors import calm
from ui.popovers import popover
from ui.remembering import remembered
from ui.short_tables import Column, short_table
from ui.tables import written
from ui.taking import taking
from ui.words import unlinked

NO_VALUE = "-"
ALL_SHOWN = 700  # characters of a user's text, beyond which it scrolls
LONG = 240  # pixels of a text that scrolls
MARKUP = re.compile(  # not after an odd backslash; a colon where it begins an icon or a colour
    r"(?<!\\)((?:\\\\)*)([\[\]<>`*_~$!#|]|:(?=[\w/+-]+\\?[:\[]))"
)
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
NOTHING = "Nothing was recorded in this range with these filters. Choose a wider one."
PASTE = "Paste it into psql, connected to the database of Looplens: it gives these numbers."

Query = Callable[[], str]  # makes the SQL with its values; called when a reader asks for it


def chart_card(
    chart: Chart,
    data: pd.DataFrame,
    *,
    title: str,
    help: str,
    name: str,
    note: str = "",
    query: Query | None = None,
    picks: str = "",
    empty: str = NOTHING,
) -> list[dict[str, Any]]:
    """A chart under a title that says what it shows; `name` names its file and its widgets.

    `picks` names a selection of the chart; what the reader has clicked on in it is returned.
    `empty` is what it says where there is nothing to show.
    """
    with _card(title, help, name):
        if _is_empty(data):
            st.caption(empty)
            return []
        state: Any = st.vega_lite_chart(
            chart.table,
            chart.to_dict(),
            key=f"chart_{name}",
            alt=title,
            on_select="rerun" if picks else "ignore",
            selection_mode=picks or None,
        )
        foot(data, name, note, query)
        return list(state.selection.get(picks, [])) if picks else []


def table_card(
    data: pd.DataFrame,
    *,
    title: str,
    help: str,
    name: str,
    columns: Mapping[str, Any],
    note: str = "",
    query: Query | None = None,
    empty: str = NOTHING,
    pick: Callable[[int | None], None] | None = None,
) -> None:
    """A table under a title; `columns` names and formats those that are shown.

    A column without any value is left out: it tells nothing. `pick` is called with the number of
    the row that a reader clicks on, and with None when they let it go.
    """
    with _card(title, help, name):
        if _is_empty(data):
            st.caption(empty)
            return
        st.dataframe(
            _told(data, columns),
            column_config=dict(columns),
            hide_index=True,
            placeholder=NO_VALUE,
            alt=title,
            key=f"table_{name}",
            on_select=partial(_picked, f"table_{name}", pick) if pick else "ignore",
            selection_mode="single-row",
        )
        foot(data, name, note, query)


@remembered
def _told(data: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """The columns that have any value, as they are written."""
    shown = [column for column in columns if data[column].notna().any()]
    return written(data[shown], columns)


def short_table_card(
    data: pd.DataFrame,
    *,
    title: str,
    help: str,
    name: str,
    columns: Mapping[str, Column],
    empty: str = NOTHING,
) -> None:
    """A table of a few rows under a title; what `columns` does not name is in its file alone."""
    with _card(title, help, name):
        if data.empty:
            st.caption(empty)
            return
        st.html(_html(data, columns, title))
        foot(data, name, "", None)


@remembered
def _html(data: pd.DataFrame, columns: Mapping[str, Column], title: str) -> str:
    return short_table(data.to_dict("records"), columns, title)


def _picked(key: str, pick: Callable[[int | None], None]) -> None:
    rows = st.session_state[key].selection.rows
    pick(rows[0] if rows else None)


def text_card(
    lines: Sequence[str],
    *,
    title: str,
    help: str,
    name: str,
    written: str = "",
    dots: bool = True,
) -> None:
    """Sentences under a title, one below the other; before them what a user has `written`.

    Lines that begin with an icon need no `dots`.
    """
    with _card(title, help, name):
        plain_text(written)
        st.markdown("\n".join(f"- {line}" if dots else f"{line}\n" for line in lines))


def plain_text(written: str) -> None:
    """What a user has written, whole and as it was written; where it is long it scrolls."""
    if written:
        with st.container(height=LONG if len(written) > ALL_SHOWN else "content", border=False):
            st.text(written)


@contextmanager
def _card(title: str, help: str, name: str) -> Iterator[None]:
    with st.container(border=True, key=f"card_{name}", gap="xsmall", height="stretch"):
        st.subheader(literal(title), anchor=False, help=help)
        yield


@st.fragment
def foot(data: pd.DataFrame, name: str, note: str, query: Query | None) -> None:
    """The row under a card; a part of its own, so that opening a popover runs nothing else."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption(note, width="stretch")
        with st.container(horizontal=True, gap="xsmall", width="content", wrap=False):
            _csv_button(data, name)
            popover("Link", f"link_{name}", _link, icon="link", help="The address of this view")
            if query:
                told = "The SQL behind these numbers"
                popover(
                    "Query", f"query_{name}", partial(_query, query), icon="database", help=told
                )


def _csv_button(data: pd.DataFrame, name: str) -> None:
    st.download_button(
        "CSV",
        partial(_taken, data, taking(data)),
        f"{name}.csv",
        "text/csv",
        key=f"csv_{name}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        help="The numbers. A picture (PNG) is in the toolbar above the chart.",
    )


def _link() -> None:
    st.code(address(), language=None, wrap_lines=True)
    st.caption("Whoever may see this project sees the same view there.")


def _query(query: Query) -> None:
    with calm():
        st.caption(PASTE)
        st.code(query(), language="sql", wrap_lines=True)


def _taken(data: pd.DataFrame, noting: Callable[[], None]) -> str:
    """The file, made when a reader takes it along."""
    noting()
    return csv_of(data)


def csv_of(data: pd.DataFrame) -> str:
    """The data as CSV; text that a spreadsheet would run as a formula gets an apostrophe."""
    return data.map(_as_text).to_csv(index=False)


def _as_text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value


def literal(text: str) -> str:
    """Text with names that users gave, as Markdown shows it: no image, link or icon from outside.

    What is escaped already stays as it is.
    """
    return MARKUP.sub(r"\1\\\2", unlinked(text))


@remembered
def _is_empty(data: pd.DataFrame) -> bool:
    """Whether there is no row, or no number but zero where there are numbers."""
    numbers = data.select_dtypes("number")
    return data.empty or (
        len(numbers.columns) > 0 and not np.nan_to_num(numbers.to_numpy(float)).any()
    )
