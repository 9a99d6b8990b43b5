"""What the demo product's users asked for help with, and how soon they were helped."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from db.demo.shape import Shape

A_DAY = 7.0  # tickets on the last day
TOPICS = {"how-to": 0.34, "bug": 0.24, "billing": 0.18, "integrations": 0.14, "performance": 0.10}
CHANNELS = {"email": 0.55, "chat": 0.33, "forum": 0.12}
PRIORITIES = {"low": 0.2, "normal": 0.6, "high": 0.16, "urgent": 0.04}
DURING_INCIDENT = 5.0  # times as many on its day, about bugs and performance
AT_WORK = (7.0, 20.0)  # hours of the project's day
ANSWERED = 38.0  # minutes, median
SOLVED = 7.5  # hours, median
SPREAD = {"answer": 0.9, "solve": 1.1}  # standard deviations of the logarithms
RATES = 0.45  # of those who were helped say how content they are
CONTENT = 4.4  # mean of the scale to 5 for those answered within the hour
LESS_AN_HOUR = 0.12  # for each hour that they waited


def ticket_rows(shape: Shape) -> Iterator[dict[str, Any]]:
    """Rows of tickets, but for their project."""
    rng = np.random.default_rng([shape.seed, 73])
    for day in range(shape.days):
        expected = A_DAY * shape.growth(day) / shape.growth(shape.days - 1)
        expected *= 0.5 if shape.is_weekend(day) else 1.0
        broken = day == shape.incident_day
        expected *= DURING_INCIDENT if broken else 1.0
        for number in range(rng.poisson(expected)):
            row = _ticket(rng, shape, day, broken) | {"ticket_id": f"T-{day:03}{number:02}"}
            if row["opened_at"] < shape.now:
                yield row


def _ticket(rng: np.random.Generator, shape: Shape, day: int, broken: bool) -> dict[str, Any]:
    opened = shape.instant(day) + timedelta(hours=float(rng.uniform(*AT_WORK)))
    wait = timedelta(minutes=float(ANSWERED * rng.lognormal(0.0, SPREAD["answer"])))
    work = timedelta(hours=float(SOLVED * rng.lognormal(0.0, SPREAD["solve"])))
    answered, solved = opened + wait, opened + wait + work
    mean = CONTENT - LESS_AN_HOUR * wait.total_seconds() / 3_600
    score = int(np.clip(round(rng.normal(mean, 0.8)), 1, 5))
    told = solved < shape.now and rng.random() < RATES
    topics = {"bug": 0.6, "performance": 0.4} if broken else TOPICS
    return {
        "opened_at": opened,
        "first_response_at": answered if answered < shape.now else None,
        "resolved_at": solved if solved < shape.now else None,
        "topic": _one_of(rng, topics),
        "channel": _one_of(rng, CHANNELS),
        "priority": _one_of(rng, PRIORITIES),
        "csat": score if told else None,
        "updated_at": min(solved, shape.now),
    }


def _one_of(rng: np.random.Generator, shares: dict[str, float]) -> str:
    return str(rng.choice([*shares], p=[*shares.values()]))
