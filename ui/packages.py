"""A package on its public page: the choice of one, its figures, and its cards."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.community.breakdowns import Rows, frame
from analytics.community.comparing import Comparison
from analytics.community.metrics import RUNS
from analytics.community.packages import PackageStats
from analytics.community.statements import cells_sql, days_sql
from analytics.measures.cutting import ALL
from analytics.scope import PUBLIC, Viewer
from analytics.showing import shown
from ui import charts, words
from ui import packages_columns as columns
from ui import words_packages as told
from ui.addresses import address
from ui.cards import Query, chart_card, literal, plain_text, table_card
from ui.packages_columns import MODELS, VERSIONS
from ui.snippets import api_address
from ui.tiles import Figure, figures

CHOSEN = "id"
BADGES = ("runs", "users", "success", "rating", "growth", "model", "downloads")
THEMES = ("light", "dark")


def choose_package() -> str:
    """Draw the field for a package's name or id, which is in the address; '' for none."""
    wanted: str = st.text_input(
        "Package",
        key=CHOSEN,
        bind="query-params",
        max_chars=200,
        placeholder="Name or id of a package",
        label_visibility="collapsed",
        icon=":material/search:",
        width=280,
    )
    return wanted.strip()


def draw_list(
    found: pd.DataFrame, columns: Mapping[str, Any], *, title: str, name: str, empty: str
) -> None:
    """A list of packages, of which a reader may open one."""
    ids = found["uid"].map(str).tolist()
    table_card(
        found[list(columns)],
        title=title,
        help=told.PUBLISHED,
        name=name,
        columns=columns,
        note="Click on a row to open a package.",
        empty=empty,
        pick=lambda row: _open(ids, row),
    )


def _open(ids: list[str], row: int | None) -> None:
    if row is not None:
        st.session_state[CHOSEN] = ids[row]


def draw_figures(stats: PackageStats) -> None:
    """The package's name, what it is for, and its key figures."""
    st.header(literal(stats.package.name), anchor=False)
    plain_text(stats.package.summary)
    runs, ratings = stats.totals, stats.ratings
    figures(
        {
            "Runs": Figure(told.runs(runs.n), told.RUNS, told.weekly(stats.growth), moves=True),
            "People": Figure(told.at_least(stats.people), told.PEOPLE),
            "Rating": Figure(
                told.rated(ratings.rating, ratings.n), told.RATING, told.ratings(ratings.n)
            ),
            "Success": Figure(words.amount(runs.success, "share"), told.SUCCESS),
            "Mean time": Figure(words.amount(runs.duration_ms, "ms"), told.DURATION),
        }
    )
    st.caption(f"{told.tested(stats)}. {told.until(stats)}")


def draw_daily(stats: PackageStats, viewer: Viewer) -> None:
    """The runs of each day that is published alone."""
    frame = daily(stats)
    zone = stats.package.zone
    chart_card(
        charts.line(frame, RUNS, grain="day", zone=zone),
        stats.daily,
        title=told.daily_finding(stats),
        help=told.DAILY,
        name="runs",
        note=told.until(stats),
        query=_query(stats, viewer, "days"),
        empty=told.NOTHING_YET,
    )


def daily(stats: PackageStats) -> pd.DataFrame:
    """The runs by day as a chart takes them, with a gap where a day is not published alone."""
    runs = stats.daily.set_index("day")["runs"].astype("float64")
    if stats.window and not runs.empty:
        first = max(pd.Timestamp(stats.window.start), runs.index.min())
        days = pd.date_range(first, runs.index.max(), freq="D", name="period", unit="us")
        runs = runs.reindex(days)
    frame = runs.rename("value").rename_axis("period").reset_index()
    return frame.assign(series=ALL, which="current", complete=True)


def draw_models(stats: PackageStats, viewer: Viewer) -> None:
    """How the package does on each model."""
    found = stats.models
    names = told.named(found["model"], told.NOT_TOLD)
    tokens = found["tokens"].round()
    rows = found.assign(model=names, success_told=told.success(found), tokens=tokens)
    table_card(
        rows,
        title=told.models_finding(stats),
        help=told.MODELS,
        name="models",
        columns=MODELS,
        query=_query(stats, viewer, "version,model"),
    )


def draw_versions(stats: PackageStats, compared: Comparison | None, viewer: Viewer) -> None:
    """How each of its versions does, and how the newest differs from the one before it."""
    found = stats.versions
    stars = told.intervals(found, ("rating", "rating_low", "rating_high"), ".2f")
    rows = found.assign(
        version=told.named(found["version"], told.NOT_TOLD),
        success_told=told.success(found),
        rating_told=stars,
    )
    table_card(
        rows,
        title=told.versions_finding(stats),
        help=told.VERSIONS,
        name="versions",
        columns=VERSIONS,
        note=literal(told.compared(compared)),
        query=_query(stats, viewer, "version,model"),
    )


def draw_downloads(stats: PackageStats) -> None:
    """What people downloaded, where that is told, and how much others did."""
    if not stats.downloaded:
        return
    st.subheader(told.downloads_finding(stats), anchor=False, help=told.DOWNLOADS)
    for place, (part, rows) in zip(st.columns(3), stats.fetched.items(), strict=True):
        found = downloads_frame(rows)
        with place:
            table_card(
                found.assign(value=told.named(found["value"], told.NOT_TOLD)),
                title=told.part_finding(found, part),
                help=told.DOWNLOADED,
                name=f"downloads_{part}",
                columns=columns.downloads(part.capitalize()),
            )


def downloads_frame(rows: Rows) -> pd.DataFrame:
    """A row a value: value (str), downloads (int64), share (float64, of all that people made)."""
    found = frame(rows, {"value": "str", "downloads": "int64"})
    return found.assign(share=found["downloads"] / found["downloads"].sum())


def draw_badges(stats: PackageStats) -> None:
    """Badges and a card for other people's pages, with their code, of a package that is public."""
    if not stats.package.is_public:
        return
    api, uid = api_address(), stats.package.uid
    with st.expander("Badges and a card for your README", icon=":material/code:", key="badges"):
        st.caption(told.EMBED)
        theme = st.segmented_control(
            "Theme", THEMES, default="light", key="badge_theme", required=True, width="content"
        )
        badges = {each: f"{api}/badge/{uid}/{each}.svg?theme={theme}" for each in BADGES}
        card = f"{api}/card/{uid}.svg?theme={theme}"
        here = address()
        lines = [f"[![{each}]({badges[each]})]({here})" for each in badges]
        with st.container(horizontal=True, gap="xsmall"):
            for url in badges.values():
                st.image(url, width="content")
        st.code("\n".join(lines), language="markdown", wrap_lines=True)
        st.image(card, width="content")
        st.code(f'<img src="{card}" alt="">', language="html", wrap_lines=True)


def _query(stats: PackageStats, viewer: Viewer, what: str) -> Query | None:
    """The statement behind a card, for who may paste it; strangers have no database to ask."""
    window = stats.window
    if viewer == PUBLIC or window is None:
        return None
    if what == "days":
        return lambda: shown(days_sql(viewer, stats.package, window))
    return lambda: shown(cells_sql(viewer, stats.package, window, what))
