"""What the team of the demo did with what was said: looked, answered, checked labels, released."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from db.demo.moments import MICRO, micros
from db.demo.shape import Shape
from db.tables import FEEDBACK_STATES

DAY = 86_400 * MICRO
UNREAD = 10 * DAY  # newer comments have not been looked at
ANSWERED_AFTER = 2 * DAY
CHANGED_AFTER = DAY // 24
CHANGED = 0.025  # of the ratings: replaced an earlier one
STATES = (0.30, 0.45, 0.20, 0.05)  # of older comments, in the order of FEEDBACK_STATES
ASSIGNED = (0.0, 0.3, 1.0, 1.0)  # by state
RELEASED = 0.25  # of the answered comments with 4 or 5 stars
Flags = NDArray[np.bool_]


def handled(shape: Shape, said: pa.Table, maker: int | None) -> pa.Table:
    """The same rows with their states, and what `maker` did; nothing where there is nobody."""
    rng = np.random.default_rng([shape.seed, 10])
    count, now = len(said), micros(shape.now.timestamp())
    at = np.asarray(said["said_at"].cast(pa.int64()))
    commented, checked = (np.asarray(said[name].is_valid()) for name in ("comment", "corrected"))
    old = commented & (at < now - UNREAD) & (maker is not None)
    state = np.where(old, rng.choice(len(STATES), count, p=STATES), 0)
    mine = old & (rng.random(count) < np.array(ASSIGNED)[state])
    answered = old & (state == FEEDBACK_STATES.index("answered"))
    liked = np.asarray(said["score"].fill_null(0)) >= 4
    shown = answered & liked & (rng.random(count) < RELEASED)
    rated = np.asarray(said["kind"]) == "rating"
    changed = rated & (at < now - CHANGED_AFTER) & (rng.random(count) < CHANGED)
    columns = {
        "state": pa.array(np.array(FEEDBACK_STATES, object)[state], pa.string()),
        "assignee_id": _by(maker, mine),
        "corrected_by": _by(maker, checked & (maker is not None)),
        "released_by": _by(maker, shown),
        "released_at": _after(at, ANSWERED_AFTER, shown),
        "changed_at": _after(at, CHANGED_AFTER, changed),
    }
    for name, column in columns.items():
        said = said.append_column(name, column)
    return said


def _by(maker: int | None, those: Flags) -> pa.Array:
    return pa.array(np.full(len(those), maker or 0, np.int64), mask=~those)


def _after(at: NDArray[np.int64], wait: int, those: Flags) -> pa.Array:
    return pa.array(at + wait, mask=~those).cast(pa.timestamp("us", "UTC"))
