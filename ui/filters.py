"""The filter bar: one on every page, and in the address, so that a link shows the same view.

Those that are folded away are drawn while they are unfolded, and each one that is set always: a
widget that is not drawn loses its part of the address, and those that say nothing have none.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.choices import dimension_values, projects_of
from analytics.filters import Filters, add_months
from analytics.metrics import METRICS, Metric
from analytics.segments.asking import segments_of
from db.access import Project
from db.segments import Segment
from ui import words, words_segments
from ui.errors import calm
from ui.frame import clock, fetch

RANGES = ("7d", "28d", "90d", "12m", "month", "custom")
CHOSEN = "chosen_filters"
SEGMENT, COMPARE = "segment", "compare"
NO_BREAKDOWN = "Nothing"
LABELS = {
    "platform": "Platform",
    "app_version": "Version",
    "country": "Country",
    "channel": "Channel",
    "plan": "Plan",
}


def current_filters() -> Filters:
    """What is chosen in the filter bar, which stands above the page."""
    chosen: Filters | None = st.session_state.get(CHOSEN)
    return chosen or draw_filters("Looplens")


def draw_filters(title: str, beside: Callable[[Project], None] | None = None) -> Filters:
    """Draw the page's title and the filter bar; without any project, say so and end the run.

    `beside` draws what else stands in the bar. The bar is drawn before the page runs, not by it:
    then a change of pages leaves it, and with it what the address says, as it was.
    """
    projects = {project.name: project for project in fetch(projects_of)}
    if not projects:
        st.title(title, anchor=False)
        _teach_projects()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="bar"):
        st.title(title, anchor=False, width="stretch")
        project = projects[_choose_project(list(projects))]
        now = clock(1)
        start, end = _choose_range(now.astimezone(ZoneInfo(project.timezone)).date())
        if beside:
            beside(project)
    more = _choose_more(project)
    with calm():
        filters = Filters(
            project_id=project.id,
            zone=project.timezone,
            consent=project.consent,
            start=start,
            end=end,
            now=now,
            **more,
        )
    st.session_state[CHOSEN] = filters
    return filters


def choose_metric() -> Metric:
    """Draw the choice of a metric."""
    labels = {metric.label: metric for metric in METRICS.values()}
    label = st.selectbox("Metric", list(labels), key="metric", bind="query-params", width=190)
    return labels[label]


def choose_breakdown() -> str | None:
    """Draw the choice of a dimension to break a chart down by; None for no breakdown."""
    dimensions: dict[str, str | None] = {NO_BREAKDOWN: None}
    dimensions |= {label: name for name, label in LABELS.items()}
    label = st.selectbox(
        "Broken down by", list(dimensions), key="by", bind="query-params", width=150
    )
    return dimensions[label]


def choose_grain(filters: Filters, metric: Metric) -> Filters:
    """Draw the choice of periods that metric and range allow; the same filters by that grain."""
    grain = st.segmented_control(
        "By",
        metric.grains_of(filters),
        default="day",
        key="grain",
        bind="query-params",
        required=True,
    )
    return replace(filters, grain=grain)


def range_of(name: str, today: date) -> tuple[date, date]:
    """First day and the day after the last of a preset; it ends with today."""
    end = today + timedelta(days=1)
    if name == "month":
        return today.replace(day=1), end
    if name == "12m":
        return add_months(today.replace(day=1), -11), end
    return end - timedelta(days=int(name.removesuffix("d"))), end


def _choose_project(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return st.selectbox(
        "Project",
        names,
        key="project",
        bind="query-params",
        label_visibility="collapsed",
        width=170,
    )


def _choose_range(today: date) -> tuple[date, date]:
    name = st.segmented_control(
        "Range",
        RANGES,
        default="28d",
        key="range",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
        width="content",
    )
    if name != "custom":
        return range_of(name, today)
    dates = st.date_input(
        "From and to",
        value=[],
        max_value=_last_day(today),
        key="dates",
        bind="query-params",
        label_visibility="collapsed",
        format="YYYY-MM-DD",
        width=230,
    )
    if len(dates) < 2:
        return range_of("28d", today)
    return dates[0], min(dates[1], today) + timedelta(days=1)


def _last_day(today: date) -> date:
    """The last day that can be chosen: today, but for a range of the address that goes on."""
    try:
        start, end = (date.fromisoformat(day) for day in st.query_params.get_all("dates"))
    except ValueError:
        return today
    return max(end, today) if start <= today else today


def _choose_more(project: Project) -> dict[str, Any]:
    door = st.expander("Filters", key="more", type="compact", on_change="rerun")
    drawn = {name for name in (*LABELS, SEGMENT, COMPARE) if door.open or _is_set(name)}
    chosen: dict[str, Any] = dict.fromkeys(LABELS, ())
    segment, compare = None, True
    with door, st.grid("auto", min_column_width=150):
        for name in LABELS:
            if name in drawn:
                chosen[name] = _choose(name, fetch(dimension_values, project.id)[name])
        if SEGMENT in drawn:
            segment = _choose_segment(project)
        if COMPARE in drawn:
            compare = _choose_compare()
    used = [
        f"**{label}** {', '.join(map(words.plain, chosen[name]))}"
        for name, label in LABELS.items()
        if chosen[name]
    ]
    if segment:
        used.append(_only(segment))
    if used:
        with st.container(key="only"):
            st.caption("Only " + " · ".join(used))
    return chosen | {SEGMENT: segment and segment.id, COMPARE: compare}


def _is_set(name: str) -> bool:
    """Whether a filter says something: in the address, or as it was left."""
    usual = name == COMPARE  # the only one that is on when nobody has touched it
    return name in st.query_params or bool(st.session_state.get(name, usual)) != usual


def _choose(name: str, values: list[str]) -> tuple[str, ...]:
    return tuple(
        st.multiselect(LABELS[name], values, key=name, bind="query-params", placeholder="All")
    )


def _choose_segment(project: Project) -> Segment | None:
    segments = {segment.name: segment for segment in fetch(segments_of, project.id)}
    name = st.selectbox(
        "Segment",
        list(segments),
        index=None,
        key=SEGMENT,
        bind="query-params",
        placeholder="Everybody",
        disabled=not segments,
    )
    return segments[name] if name else None


def _choose_compare() -> bool:
    return st.toggle(
        "Compare",
        value=True,
        key=COMPARE,
        bind="query-params",
        help="Against as many days just before",
    )


def _only(segment: Segment) -> str:
    """The segment that is chosen, and how old its count of members is."""
    counted = words.ago(segment.counted_at, clock(1))
    size = words_segments.people(segment.size)
    return f"**Segment** {words.plain(segment.name)} ({size}, counted {counted})"


def _teach_projects() -> None:
    st.info("There is no project yet that you may see.")
    st.markdown("Whoever runs the server makes one with a command:")
    st.code("python -m db project my-product", language="shell")
    st.stop()
