"""The questions of the product pages: their times, and what a segment as filter adds to them."""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection

from analytics.filters import Filters
from analytics.product.adoption import adoption
from analytics.product.funnels.asking import conversion
from analytics.product.funnels.definition import Funnel, Step
from analytics.product.journeys.asking import Journey
from analytics.product.journeys.flow import journeys
from analytics.product.lifecycle import lifecycle
from analytics.product.retention import retention
from analytics.product.sessions.report import session_report
from analytics.product.stickiness import active_days
from analytics.product.trends import trend
from analytics.scope import Viewer
from analytics.segments.counting import recount
from analytics.segments.definition import Definition, Did, LastDays, Rule
from benchmarks.results import Result
from db.access import Project, find_project
from db.engine import make_engine
from db.segments import create_segment

REPEATS = 3
SEGMENT_COST = 2.0  # times the same question without
MEMBERS = Did("feature_use", "search", within=LastDays(90))
Question = Callable[[Connection, Viewer, Filters], Any]


def funnel(*names: str) -> Question:
    """The conversion of a funnel of these events."""
    steps = Funnel(tuple(Step(name) for name in names))
    return lambda conn, viewer, filters: conversion(conn, viewer, filters, steps)


def after(name: str, direction: str = "after") -> Question:
    """The journeys from an event."""
    journey = Journey(name, direction=direction)
    return lambda conn, viewer, filters: journeys(conn, viewer, filters, journey)


def by_property(event: str, key: str) -> Question:
    """A count of events by any of their properties."""
    return lambda conn, viewer, filters: trend(
        conn, viewer, replace(filters, event=event), "events", f"property:{key}"
    )


# What is asked, over how many days, and within how many ms.
QUESTIONS: dict[str, tuple[Question, int, str, float | None]] = {
    "retention by day": (retention, 90, "day", 500),
    "retention by week": (retention, 90, "week", 500),
    "lifecycle by day": (lifecycle, 90, "day", 500),
    "lifecycle by week": (lifecycle, 90, "week", 500),
    "active days": (active_days, 90, "day", 500),
    "stickiness": (lambda c, v, f: trend(c, v, f, "stickiness"), 90, "day", 500),
    "adoption of features": (adoption, 90, "day", 500),
    "adoption of templates": (partial(adoption, name="template_used"), 90, "day", 500),
    "funnel of the commonest": (
        funnel("page_view", "feature_use", "api_request"), 30, "day", 1_000,
    ),
    "funnel of few": (funnel("page_view", "sign_up", "template_used"), 30, "day", 1_000),
    "journeys from the first event": (after(""), 30, "day", 2_000),
    "journeys after a feature": (after("feature_use"), 30, "day", 2_000),
    "journeys before an upgrade": (after("upgrade", "before"), 30, "day", 2_000),
    "sessions": (session_report, 30, "day", None),
    "events by a property": (by_property("command_run", "output_format"), 30, "day", 2_000),
    "events by a property of many values": (
        by_property("ai_request", "prompt_length"), 30, "day", 2_000,
    ),
    "actors": (lambda c, v, f: trend(c, v, f, "actors"), 90, "day", 500),
}  # fmt: skip


def measure(url: URL) -> list[Result]:
    """Each question, and what a segment adds to them, in the project "demo" of this database."""
    engine = make_engine(url)
    with engine.connect() as conn:
        project = find_project(conn, "demo")
        viewer = Viewer(1, "bench@looplens.example", "admin", frozenset({project.id}))
        results = _timed(conn, viewer, project, datetime.now(UTC))
        conn.rollback()
    engine.dispose()
    return results


def _timed(conn: Connection, viewer: Viewer, project: Project, now: datetime) -> list[Result]:
    segment = _segment(conn, viewer, project, now)
    results, costs = [], {}
    for name, (question, days, grain, bound) in QUESTIONS.items():
        asked = _over(project, days, grain, now)
        plain = _milliseconds(conn, viewer, asked, question)
        inside = _milliseconds(conn, viewer, replace(asked, segment=segment), question)
        costs[name] = inside / plain
        results.append(Result("product", f"{name}, {days} days", plain, "ms", bound))
    dearest = max(costs, key=lambda name: costs[name])
    added = {"median": statistics.median(costs.values()), dearest: costs[dearest]}
    return results + [
        Result("product", f"with a segment, against without: {name}", cost, "times", SEGMENT_COST)
        for name, cost in added.items()
    ]


def _segment(conn: Connection, viewer: Viewer, project: Project, now: datetime) -> int:
    """A segment of many members; it goes with the transaction."""
    definition = Definition((Rule(MEMBERS),))
    made = create_segment(conn, project.id, "Benchmark", definition.json, None)
    recount(conn, viewer, project, made, now)
    return made


def _over(project: Project, days: int, grain: str, now: datetime) -> Filters:
    end = now.date() + timedelta(days=1)
    start = end - timedelta(days=days)
    return Filters(project.id, project.timezone, project.consent, start, end, now, grain)


def _milliseconds(conn: Connection, viewer: Viewer, filters: Filters, question: Question) -> float:
    """The median of a few runs."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        question(conn, viewer, filters)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1_000
