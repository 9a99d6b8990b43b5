"""What stands below the chart of Trends, a tab each: asked for and drawn only while it is open."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.metrics import Metric
from analytics.product.heat import heat, heat_sql
from analytics.product.places import places, places_sql
from analytics.product.subjects import top_subjects_sql
from analytics.product.trends import top_subjects, totals, totals_sql
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, words_trends
from ui.cards import chart_card, table_card
from ui.charts.axes import number_format
from ui.frame import Ask, ask
from ui.tables import SUBJECTS, totals_columns

TOP, VALUES, HOURS, COUNTRIES = "Subjects", "Values", "Hours", "Countries"
SHOWN = 20  # values in the table
BARS = 8  # countries in the list beside the map


@dataclass(frozen=True, slots=True)
class Part:
    """The tab that is open, and what its questions are about."""

    name: str
    filters: Filters  # of all events
    scoped: Filters  # of the events of the first line
    metric: Metric
    by: str | None

    @property
    def question(self) -> Ask:
        """What has to be asked for this tab."""
        questions = {
            TOP: ask(top_subjects, self.filters),
            VALUES: ask(totals, self._over_days, self.metric.key, self.by, SHOWN),
            HOURS: ask(heat, self.scoped),
            COUNTRIES: ask(places, self._over_days, self.metric.key),
        }
        return questions[self.name]

    def draw(self, viewer: Viewer, answer: pd.DataFrame, as_of: str) -> None:
        """Draw the tab from the answer to its question."""
        drawing = {
            TOP: self._draw_subjects,
            VALUES: self._draw_values,
            HOURS: self._draw_hours,
            COUNTRIES: self._draw_countries,
        }
        drawing[self.name](viewer, answer, as_of)

    @property
    def _over_days(self) -> Filters:
        """The same whatever the grain, and whether or not something is compared."""
        return replace(self.scoped, grain="day", compare=False)

    def _draw_subjects(self, viewer: Viewer, top: pd.DataFrame, as_of: str) -> None:
        table_card(
            top,
            title="Top subjects",
            help="The features, pages, commands and so on with the most events in the range.",
            name="top_subjects",
            columns=SUBJECTS,
            note=as_of,
            query=lambda: shown(top_subjects_sql(viewer, self.filters)),
        )

    def _draw_values(self, viewer: Viewer, values: pd.DataFrame, as_of: str) -> None:
        table_card(
            values,
            title=words_trends.values_finding(values, self.metric),
            help=f"{self.metric.definition} {words_trends.TOTALS}",
            name="values",
            columns=totals_columns(self.metric),
            note=f"{words_trends.adding(self.metric)} {as_of}",
            query=lambda: shown(
                totals_sql(viewer, self._over_days, self.metric.key, self.by, SHOWN)
            ),
        )

    def _draw_hours(self, viewer: Viewer, hours: pd.DataFrame, as_of: str) -> None:
        chart_card(
            charts.calendar(hours, value_title="Events an hour", zone=self.scoped.zone),
            hours,
            title=words_trends.peak(hours),
            help=words_trends.HEAT,
            name="hours",
            note=as_of,
            query=lambda: shown(heat_sql(viewer, self.scoped)),
        )

    def _draw_countries(self, viewer: Viewer, countries: pd.DataFrame, as_of: str) -> None:
        beyond = words_trends.beyond(charts.off_the_map(countries), self.metric)
        common: dict[str, Any] = {
            "help": f"{self.metric.definition} {words_trends.MAP}",
            "query": lambda: shown(places_sql(viewer, self._over_days, self.metric.key)),
        }
        left, right = st.columns([3, 2])
        with left:
            chart_card(
                charts.world(countries, self.metric),
                countries,
                title=words_trends.lead(countries, self.metric),
                name="countries",
                note=f"{beyond} {as_of}".strip(),
                **common,
            )
        with right:
            top = countries.head(BARS)
            chart_card(
                charts.bars(
                    top,
                    label="name",
                    value="value",
                    label_title="Country",
                    value_title=self.metric.label,
                    number=number_format(self.metric, digits=1),
                ),
                top,
                title=words_trends.first_of(len(top), len(countries)),
                name="country_bars",
                note=as_of,
                **common,
            )


def choose_part(by: str | None) -> tuple[str, Any]:
    """Draw the tabs; the name of the one that is open, and its place."""
    names = [TOP, *([VALUES] if by else []), HOURS, COUNTRIES]
    tabs = st.tabs(names, key="part", bind="query-params")
    return next(
        ((name, tab) for name, tab in zip(names, tabs, strict=True) if tab.open),
        (TOP, tabs[0]),
    )
