"""Tables of a few rows, as HTML.

They are read at a glance and need no sorting, searching or scrolling. The grid that `st.dataframe`
draws loads 1.3 MB of scripts, a seventh of what the browser had to do for the executive page.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

Row = Mapping[Hashable, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its label, what it means, and what makes its HTML of a row, if not the value."""

    label: str
    help: str = ""
    drawn: Callable[[Row], str] | None = None


def short_table(rows: Iterable[Row], columns: Mapping[str, Column], told: str) -> str:
    """HTML of a table whose first column names the rows; `told` names it to who does not see it."""
    heads = "".join(_head(column) for column in columns.values())
    lines = "".join(f"<tr>{_cells(row, columns)}</tr>" for row in rows)
    return (
        f'<div class="short-table" role="region" tabindex="0" aria-label="{escape(told)}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _head(column: Column) -> str:
    title = f' title="{escape(column.help)}"' if column.help else ""
    return f'<th scope="col"{title}>{escape(column.label)}</th>'


def _cells(row: Row, columns: Mapping[str, Column]) -> str:
    first, *others = (
        column.drawn(row) if column.drawn else escape(str(row[name]))
        for name, column in columns.items()
    )
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{other}</td>" for other in others)
