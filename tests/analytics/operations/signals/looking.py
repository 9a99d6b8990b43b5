"""A window of a signal, as a rule looks at it."""

from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.operations.signals.catalogue import find_signal
from analytics.operations.signals.points import minute_of
from tests.analytics.reference import anyone

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = 1_440  # minutes
NOW = START + timedelta(hours=3)


def window(conn, project, key, end, minutes, now=NOW, start=START - timedelta(hours=1), **asked):
    """The figure of one window of a signal: value and n."""
    signal = find_signal(key)
    points = signal.points(conn, anyone(project), project.id, asked, start, now, now)
    figures = points.over(np.array([minute_of(end)]), minutes)
    return float(figures.value[0]), float(figures.n[0])


def at(minute):
    """The time of an event so many minutes after the start."""
    return (START + minute * MINUTE).isoformat()


def day(text):
    """The first moment of a day in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
