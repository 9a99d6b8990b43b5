"""Feedback: comments scored and themed a second, and the questions of its pages at that size."""

import contextlib
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psutil
from sqlalchemy import URL, Connection, Engine, delete, func, select, update

from analytics.feedback.afterwards import afterwards
from analytics.feedback.breakdowns import breakdown, distribution
from analytics.feedback.comments import Search, comments
from analytics.feedback.duplicates import near_duplicates
from analytics.feedback.over_time import score_trend
from analytics.feedback.roadmap.evidence import evidence
from analytics.feedback.scores import scores
from analytics.feedback.sentiment_accuracy import sentiment_confusion
from analytics.feedback.themes import theme_sizes
from analytics.filters import Filters
from analytics.scope import Viewer
from benchmarks.results import Result
from db.access import Project, find_project
from db.engine import make_engine
from db.tables import feedback, feedback_themes, themes
from jobs.sentiment import score, score_waiting
from jobs.upkeep import analyze

EVENTS = 1_000_000
COMMENTS = 100_000
DAYS = 90
REPEATS = 5
BOUND = 300.0  # ms
Question = Callable[[Connection, Viewer, Filters], Any]

QUESTIONS: dict[str, Question] = {
    "scores": scores,
    "NPS by day": partial(score_trend, measure="nps"),
    "sentiment by day": partial(score_trend, measure="sentiment"),
    "distribution of ratings": partial(distribution, measure="rating"),
    "NPS by plan": partial(breakdown, measure="nps", dimension="plan"),
    "themes": theme_sizes,
    "newest comments": comments,
    "comments that hold words": partial(comments, search=Search("slow export")),
    "labels of people against computed ones": sentiment_confusion,
    "requests that are nearly the same": lambda c, v, f: near_duplicates(c, v, f.project_id),
    "evidence of the roadmap": evidence,
}


def measure(url: URL) -> list[Result]:
    """Score and theme the comments of the project "demo" anew, then ask what its pages ask."""
    engine = make_engine(url)
    with engine.begin() as conn:
        project = find_project(conn, "demo")
        conn.execute(update(feedback).values(lexicon=None, sentiment=None, compound=None))
        conn.execute(delete(themes).where(themes.c.project_id == project.id))
    results = [_scored(engine), *_themed(engine, url, project.id)]
    analyze(engine)
    with engine.connect() as conn:
        viewer = Viewer(1, "bench@looplens.example", "admin", frozenset({project.id}))
        results += _asked(conn, viewer, project)
    engine.dispose()
    return results


def _scored(engine: Engine) -> Result:
    """What one worker scores, reading and writing included."""
    score("The models are loaded before the first comment")
    started = time.perf_counter()
    many = score_waiting(engine, seconds=3_600)
    rate = many / (time.perf_counter() - started)
    return Result("feedback", f"{many:,} comments scored", rate, "a second", 5_000, least=True)


def _themed(engine: Engine, url: URL, project_id: int) -> list[Result]:
    """A run in a process of its own, from its start to its end, and the most memory it had."""
    address = {"DATABASE_URL": url.render_as_string(hide_password=False)}
    started = time.perf_counter()
    command = [sys.executable, "-m", "jobs.themes", str(project_id)]
    process = psutil.Popen(command, env=os.environ | address)
    peak = 0.0
    while process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            peak = max(peak, process.memory_info().rss / 1e6)
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit("The process that finds themes failed.")
    with engine.connect() as conn:
        about = select(func.count(feedback_themes.c.feedback_id.distinct()))
        linked = conn.execute(about).scalar_one()
    return [
        Result("feedback", f"themes found, of {linked:,} comments", seconds, "s", 60),
        Result("feedback", "memory of that, peak", peak, "MB", 500),
    ]


def _asked(conn: Connection, viewer: Viewer, project: Project) -> list[Result]:
    now = datetime.now(UTC)
    end = now.date() + timedelta(days=1)
    start = end - timedelta(days=DAYS)
    filters = Filters(project.id, project.timezone, project.consent, start, end, now)
    largest = int(theme_sizes(conn, viewer, filters)["theme_id"].iloc[0])
    then = {"what the people of a theme did next": partial(afterwards, theme_id=largest)}
    return [
        Result("feedback", name, _milliseconds(conn, viewer, filters, question), "ms", BOUND)
        for name, question in (QUESTIONS | then).items()
    ]


def _milliseconds(conn: Connection, viewer: Viewer, filters: Filters, question: Question) -> float:
    """The median of a few runs."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        question(conn, viewer, filters)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1_000
