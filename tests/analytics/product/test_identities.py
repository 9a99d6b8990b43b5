"""The pages agree: numbers that must be the same are, on the demo data, under any filter."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import NamedTuple

import pandas as pd
import pytest
from sqlalchemy import URL, Connection

from analytics.business.summary import headline
from analytics.filters import Filters
from analytics.metrics import CATALOGUE
from analytics.product.adoption import adoption
from analytics.product.funnels.asking import conversion, dropped
from analytics.product.funnels.definition import Condition, Funnel, Step
from analytics.product.journeys.asking import Journey
from analytics.product.journeys.flow import journeys
from analytics.product.lifecycle import lifecycle
from analytics.product.retention import Doing, Terms, retention
from analytics.product.sessions.report import session_report
from analytics.product.stickiness import active_days
from analytics.product.trends import top_subjects, trend
from analytics.scope import Viewer
from analytics.segments.counting import recount
from analytics.segments.definition import Definition, Did, LastDays, Rule
from db.access import Project, create_demo
from db.demo import fill
from db.engine import make_engine
from db.segments import create_segment
from jobs.catching_up import catch_up
from tests.analytics.reference import anyone
from tests.conftest import drop_database, make_database

NOW = datetime(2026, 3, 18, 15, 20, tzinfo=UTC)
DAYS = 60
START, END = date(2026, 2, 2), date(2026, 3, 16)  # six whole weeks
EVER = date(2026, 1, 17)  # when the demo begins
ADOPTED = Did("feature_use", "saved_views", within=LastDays(90))
CHOICES = {
    "everybody": {},
    "web": {"platform": ("web",)},
    "two countries, free": {"country": ("DE", "US"), "plan": ("free",)},
    "a segment": {"segment": "Adopters"},
    "a segment on the web": {"segment": "Adopters", "platform": ("web",)},
}
KEPT = ("everybody", "two countries")  # what an actor never changes


class Demo(NamedTuple):
    """A connection to the demo data, somebody who may see it, and two segments that part it."""

    conn: Connection
    viewer: Viewer
    project: Project
    segments: dict[str, int]

    def filters(self, **more: object) -> Filters:
        """Six whole weeks, by day; a segment by its name."""
        if "segment" in more:
            more["segment"] = self.segments[str(more["segment"])]
        project = self.project
        usual = Filters(project.id, project.timezone, project.consent, START, END, now=NOW)
        return replace(usual, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def demo(server: URL) -> Iterator[Demo]:
    url = make_database(server)
    engine = make_engine(url)
    with engine.begin() as conn:
        project = create_demo(conn, "demo")
    fill(engine, project, 20_000, days=DAYS, now=NOW)
    catch_up(engine)
    viewer = anyone(project)
    with engine.connect() as conn:
        segments = {
            name: _segment(conn, viewer, project, name, negated)
            for name, negated in (("Adopters", False), ("Others", True))
        }
        yield Demo(conn, viewer, project, segments)
    engine.dispose()
    drop_database(url, server)


def _segment(conn: Connection, viewer: Viewer, project: Project, name: str, negated: bool) -> int:
    definition = Definition((Rule(ADOPTED, negated),))
    made = create_segment(conn, project.id, name, definition.json, None)
    assert recount(conn, viewer, project, made, NOW) > 0
    return made


@pytest.fixture(params=CHOICES)
def filters(request: pytest.FixtureRequest, demo: Demo) -> Filters:
    return demo.filters(**CHOICES[request.param])


def uniques(demo: Demo, filters: Filters) -> int:
    """Distinct actors of the range, as the tile of Trends has them."""
    (tile,) = headline(demo.conn, demo.viewer, filters, ["actors"])
    return int(tile.value or 0)


def over_time(demo: Demo, filters: Filters, metric: str) -> list[float]:
    shown = trend(demo.conn, demo.viewer, filters, metric)
    return shown.loc[shown["which"] == "current", "value"].tolist()


def entrants(demo: Demo, filters: Filters, *steps: Step) -> list[int]:
    """Who reaches each step of a funnel."""
    found = conversion(demo.conn, demo.viewer, filters, Funnel(steps))
    return found.steps["actors"].tolist()


# Uniques --------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", ["page_view", "template_used", "rating"])
def test_actors_of_an_event_are_the_entrants_of_its_funnel(demo, filters, event):
    found = uniques(demo, replace(filters, event=event))
    assert found > 0
    assert entrants(demo, filters, Step(event)) == [found]
    assert entrants(demo, filters, Step(event), Step("upgrade"))[0] == found


def test_actors_of_a_subject_are_the_same_as_users_entrants_and_on_trends(demo, filters):
    subjects = top_subjects(demo.conn, demo.viewer, filters, "feature_use", limit=5)
    for row in subjects.itertuples():
        asked = replace(filters, event="feature_use", subject=row.subject)
        step = Step("feature_use", (Condition("", "eq", row.subject),))
        assert uniques(demo, asked) == row.actors
        assert entrants(demo, filters, step) == [row.actors]


@pytest.mark.parametrize("name", ["feature_use", "template_used"])
def test_users_and_uses_of_adoption_are_those_of_trends(demo, filters, name):
    found = adoption(demo.conn, demo.viewer, filters, name)
    assert found.active == uniques(demo, filters)
    for row in found.rows.head(5).itertuples():
        asked = replace(filters, event=name, subject=row.subject)
        assert row.users == uniques(demo, asked)
        assert row.uses == sum(over_time(demo, asked, "events"))
        assert row.trend == over_time(demo, asked, "events")
        assert row.adoption == row.users / found.active


def test_what_is_begun_is_what_is_used(demo, filters):
    rows = adoption(demo.conn, demo.viewer, filters, "template_used").rows
    assert rows["starts"].tolist() == rows["uses"].tolist()
    assert rows["completion"].between(0, 1).all()


@pytest.mark.parametrize("event", ["", "feature_use"])
def test_actors_of_each_day_and_week_are_the_sizes_of_recurring_cohorts(demo, filters, event):
    for grain in ("day", "week"):
        asked = replace(filters, grain=grain)
        terms = Terms(Doing(event), Doing(event), recurring=True)
        cells = retention(demo.conn, demo.viewer, asked, terms)
        starts = cells[cells["interval"] == 0]
        assert starts["size"].tolist() == over_time(demo, replace(asked, event=event), "actors")
        assert (starts["size"] == starts["actors"]).all()


@pytest.mark.parametrize("more", [{}, {"country": ("DE", "US")}], ids=KEPT)
@pytest.mark.parametrize("event", ["", "page_view", "template_used"])
def test_cohorts_by_the_first_event_ever_add_up_to_all_actors_ever(demo, more, event):
    asked = replace(demo.filters(**more), start=EVER, grain="week")
    cells = retention(demo.conn, demo.viewer, asked, Terms(Doing(event)))
    sizes = cells.loc[cells["interval"] == 0, "size"].sum()
    assert sizes == uniques(demo, replace(asked, event=event))


def test_first_cohorts_add_up_to_the_new_users(demo, filters):
    for grain in ("day", "week"):
        cells = retention(demo.conn, demo.viewer, replace(filters, grain=grain))
        sizes = cells.loc[cells["interval"] == 0, "size"]
        assert sizes.tolist() == over_time(demo, replace(filters, grain=grain), "new_actors")


def test_segments_that_part_everybody_add_up(demo):
    for more in ({}, {"platform": ("web",)}):
        parts = [demo.filters(segment=name, **more) for name in demo.segments]
        whole = demo.filters(**more)
        for metric in ("actors", "events"):
            series = [over_time(demo, part, metric) for part in parts]
            assert [sum(day) for day in zip(*series, strict=True)] == over_time(demo, whole, metric)
        steps = Step("page_view"), Step("feature_use")
        reached = [entrants(demo, part, *steps) for part in parts]
        assert [sum(step) for step in zip(*reached, strict=True)] == entrants(demo, whole, *steps)


# Lifecycle and stickiness ---------------------------------------------------------------------


def test_the_phases_of_a_period_add_up_to_its_actors_and_to_those_before(demo, filters):
    for grain in ("day", "week"):
        asked = replace(filters, grain=grain)
        phases = lifecycle(demo.conn, demo.viewer, asked)
        active = over_time(demo, asked, "actors")
        assert phases["active"].tolist() == active
        parts = phases[["new", "returning", "resurrecting"]].sum(axis=1)
        assert parts.tolist() == active
        assert (phases["dormant"] + phases["returning"]).tolist()[1:] == active[:-1]
        assert (phases["active"].diff() == phases["net"])[1:].all()


def test_who_returns_is_who_a_recurring_cohort_has_back_after_one_interval(demo, filters):
    asked = replace(filters, grain="week")
    cells = retention(demo.conn, demo.viewer, asked, Terms(recurring=True))
    back = cells.loc[cells["interval"] == 1, "actors"].tolist()
    assert lifecycle(demo.conn, demo.viewer, asked)["returning"].tolist()[1:] == back


@pytest.mark.parametrize("more", [{}, {"country": ("DE", "US")}], ids=KEPT)
def test_the_new_of_the_lifecycle_are_the_new_users(demo, more):
    asked = demo.filters(grain="week", **more)
    new = lifecycle(demo.conn, demo.viewer, asked)["new"].tolist()
    assert new == over_time(demo, asked, "new_actors")


def test_active_days_add_up_to_actors_and_to_their_days(demo, filters):
    found = active_days(demo.conn, demo.viewer, filters)
    assert found["actors"].sum() == uniques(demo, filters)
    assert found["share"].sum() == pytest.approx(1)
    days = (found["days"] * found["actors"]).sum()
    assert days == sum(over_time(demo, filters, "actors"))


# Breakdowns -----------------------------------------------------------------------------------


def by_value(demo: Demo, filters: Filters, metric: str, by: str) -> tuple[pd.Series, pd.Series]:
    """The sum of all series of a breakdown by period, and the whole."""
    shown = trend(demo.conn, demo.viewer, filters, metric, by, top=3)
    shown = shown[shown["which"] == "current"]
    whole = shown[shown["series"] == "All"].set_index("period")["value"]
    return shown[shown["series"] != "All"].groupby("period")["value"].sum(), whole


@pytest.mark.parametrize("metric", [one.key for one in CATALOGUE if one.adds_up])
@pytest.mark.parametrize("by", ["platform", "country"])
def test_what_may_be_added_adds_up_over_a_breakdown(demo, filters, metric, by):
    parts, whole = by_value(demo, filters, metric, by)
    assert parts.tolist() == whole.tolist()


@pytest.mark.parametrize("metric", [one.key for one in CATALOGUE if not one.adds_up])
def test_what_may_not_be_added_does_not_add_up(demo, metric):
    """In the demo, only sessions never change their platform."""
    parts, whole = by_value(demo, demo.filters(grain="week"), metric, "platform")
    assert (parts >= whole).all()
    assert metric == "sessions" or (parts > whole).any()


def test_counts_by_a_property_add_up(demo, filters):
    asked = replace(filters, event="ai_request")
    parts, whole = by_value(demo, asked, "events", "property:prompt_length")
    assert parts.tolist() == whole.tolist()
    assert whole.tolist() == over_time(demo, asked, "events")


def test_entrants_of_a_funnel_add_up_over_the_values_of_their_first_step(demo, filters):
    steps = Funnel((Step("page_view"), Step("feature_use")))
    found = conversion(demo.conn, demo.viewer, filters, steps, by="platform")
    assert found.values["entered"].sum() == found.steps["actors"][0]
    assert found.values["converted"].sum() == found.steps["actors"][1]
    gone = found.steps["lost"] + found.steps["maturing"]
    assert (found.steps["actors"].diff(-1).iloc[:-1] == gone.iloc[:-1]).all()
    for step, lost in zip((1, 2), (found.steps["lost"][0], found.steps["actors"][1]), strict=True):
        assert len(dropped(demo.conn, demo.viewer, filters, steps, step)) == lost


# Sessions and journeys ------------------------------------------------------------------------


@pytest.mark.parametrize("choice", ["everybody", "web", "two countries, free"])
def test_sessions_of_their_page_are_those_of_trends(demo, choice):
    asked = demo.filters(**CHOICES[choice])
    report = session_report(demo.conn, demo.viewer, asked, by="platform")
    (tile,) = headline(demo.conn, demo.viewer, asked, ["sessions"])
    (count,) = (found.value for found in report.headlines if found.metric.key == "count")
    assert report.cut == 0
    assert count == tile.value
    assert report.by_platform["count"].sum() == report.by_channel["count"].sum() == count
    assert report.lengths["sessions"].sum() == count


def test_every_session_begins_and_ends_once(demo, filters):
    report = session_report(demo.conn, demo.viewer, filters)
    (count,) = (found.value for found in report.headlines if found.metric.key == "count")
    assert report.ends["entries"].sum() == report.ends["exits"].sum() == count


@pytest.mark.parametrize("start", ["", "feature_use"])
@pytest.mark.parametrize("direction", ["after", "before"])
def test_a_journey_loses_nobody_on_the_way(demo, filters, start, direction):
    flow = journeys(demo.conn, demo.viewer, filters, Journey(start, direction=direction))
    assert 0 < flow.sessions <= flow.of
    nodes = flow.nodes.set_index(["step", "node"])["sessions"]
    steps = sorted(set(flow.nodes["step"]))
    out = flow.edges.groupby(["step", "source"])["sessions"].sum()
    into = flow.edges.assign(step=flow.edges["step"] + 1)
    into = into.groupby(["step", "target"])["sessions"].sum()
    near, far = (out, into) if direction == "after" else (into, out)
    nowhere = flow.nodes.loc[flow.nodes["role"] == "end", "node"].unique()
    for (step, node), sessions in nodes.items():
        if step != 0:
            assert far[step, node] == sessions
        if abs(step) < len(steps) - 1 and node not in nowhere:
            assert near[step, node] == sessions
    if not start:
        report = session_report(demo.conn, demo.viewer, filters)
        (count,) = (found.value for found in report.headlines if found.metric.key == "count")
        assert flow.sessions == flow.of == count
