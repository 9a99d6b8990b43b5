"""An author's packages on their page: the list, the choice of one, and its cards."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.community.author.own import OwnPackage, own_packages_sql
from analytics.community.author.parts import slices_sql
from analytics.community.author.portrait import Portrait
from analytics.metrics import DAILY, Metric
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, words
from ui import words_insights as told
from ui import words_packages as general
from ui.cards import chart_card, table_card, text_card
from ui.packages_columns import BY_MODEL, OWN, SCORECARD
from ui.tiles import Figure, figures
from ui.words_feedback import distinct

CHOSEN = "of_package"
# How each change is written, and what it is multiplied by.
CHANGES = {"success": ("+.1f", 100), "duration": ("+.1f", 100), "rating": ("+.2f", 1)}
RUN_SHARE = Metric(
    key="run_share",
    label="Share of runs",
    unit="share",
    definition=told.CURVE,
    formula="runs of a version / runs of all versions",
    direction="neutral",
    sources=("counts",),
    counts=False,
    grains=DAILY,
)


def draw_own(packages: list[OwnPackage], viewer: Viewer, days: int) -> None:
    """All packages of the author with their main figures."""
    runs = sum(each.runs.n for each in packages)
    table_card(
        pd.DataFrame([_row(each) for each in packages], columns=list(OWN)),
        title=told.own_finding(len(packages), runs),
        help=general.PUBLISHED,
        name="own_packages",
        columns=OWN,
        query=lambda: shown(own_packages_sql(viewer, days)),
        empty=general.NOTHING_YET,
        note="Click on a row to look into a package.",
        pick=lambda row: _open(packages, row),
    )


def _open(packages: list[OwnPackage], row: int | None) -> None:
    if row is not None:
        st.session_state[CHOSEN] = _names(packages)[packages[row].id]


def _names(packages: list[OwnPackage]) -> dict[int, str]:
    return distinct({each.id: each.name for each in packages})


def _row(package: OwnPackage) -> dict[str, Any]:
    return {
        "name": package.name,
        "runs": package.runs.n or None,
        "growth": package.growth and package.growth.change,
        "people": package.people,
        "success": package.runs.success,
        "rating": package.ratings.rating,
        "ratings": package.ratings.n,
        "downloads": package.downloads,
        "is_public": package.is_public,
    }


def choose_own(packages: list[OwnPackage]) -> OwnPackage:
    """Draw the choice of one of the author's packages, which is in the address by its name."""
    names = _names(packages)
    by_name = {names[each.id]: each for each in packages}
    chosen = st.selectbox("Package", list(by_name), key=CHOSEN, bind="query-params", width=280)
    return by_name[chosen]


def draw_figures(package: OwnPackage) -> None:
    """Growth, people and quality of the chosen package."""
    grown, runs, rated = package.growth, package.runs, package.ratings
    week = f"{grown.now - grown.before:+,} runs" if grown else words.NOTHING
    change = words.change(grown.change) if grown else ""
    mean = general.rated(rated.rating, rated.n)
    figures(
        {
            "This week": Figure(week, general.GROWTH, change, moves=True),
            "Runs": Figure(general.runs(runs.n), general.RUNS),
            "People": Figure(general.at_least(package.people), general.PEOPLE),
            "Rating": Figure(mean, general.RATING, general.ratings(rated.n)),
            "Success": Figure(words.amount(runs.success, "share"), general.SUCCESS),
            "Mean time": Figure(words.amount(runs.duration_ms, "ms"), general.DURATION),
        }
    )


def draw_insights(portrait: Portrait) -> None:
    """What was found, each with its evidence."""
    lines = [told.insight(each) for each in portrait.insights]
    text_card(
        lines or [told.NO_INSIGHT],
        title=told.insights_finding(portrait.insights),
        help=told.INSIGHTS,
        name="insights",
        dots=not lines,
    )


def draw_releases(portrait: Portrait, viewer: Viewer, days: int) -> None:
    """How versions are taken up, and how each does against the last."""
    releases, package = portrait.releases, portrait.package

    def query() -> str:
        return shown(slices_sql(viewer, days, package.id))

    chart_card(
        charts.line(releases.curve, RUN_SHARE, grain="day", zone=package.zone),
        releases.curve[["period", "series", "value", "runs"]],
        title=told.curve_finding(releases),
        help=told.CURVE,
        name="curve",
        query=query,
    )
    table_card(
        with_changes(releases.scorecard),
        title=told.scorecard_finding(releases),
        help=told.SCORECARD,
        name="scorecard",
        columns=SCORECARD,
        query=query,
    )
    if not releases.models.empty:
        table_card(
            with_changes(releases.models),
            title=told.by_model_finding(releases),
            help=told.BY_MODEL,
            name="by_model",
            columns=BY_MODEL,
            query=query,
        )


def with_changes(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with each change and its interval in one column: points, percent and stars."""
    written = {
        measure: general.intervals(
            rows, (f"{measure}_change", f"{measure}_low", f"{measure}_high"), pattern, times
        )
        for measure, (pattern, times) in CHANGES.items()
    }
    return rows.assign(**{f"{measure}_change_told": each for measure, each in written.items()})
