"""Phases: the times in which weights and share of an experiment stayed as they were."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from db.experiments.kept import Experiment, Variant
from db.experiments.layers import Slice
from db.tables import experiment_phases


def begin_phase(
    conn: Connection, of: Experiment, at: datetime, variants: Sequence[Variant], taken: Slice
) -> int:
    """Begin another phase of an experiment; its number."""
    p = experiment_phases.c
    last = select(func.coalesce(func.max(p.number), 0)).where(p.experiment_id == of.id)
    number: int = conn.execute(last).scalar_one() + 1
    row = {"experiment_id": of.id, "project_id": of.project_id, "number": number}
    said = {"started_at": at, "variants": [asdict(each) for each in variants]}
    shares = {"share_from": taken[0], "share_to": taken[1]}
    conn.execute(insert(experiment_phases).values(row | said | shares))
    return number


def end_phase(conn: Connection, of: Experiment, at: datetime) -> None:
    """End the phase that lasts."""
    p = experiment_phases.c
    lasting = (p.experiment_id == of.id) & p.ended_at.is_(None)
    conn.execute(update(experiment_phases).where(lasting).values(ended_at=at))


def keep_past_phase(conn: Connection, of: Experiment, at: datetime) -> None:
    """Let it have one phase, which is over: of what ran elsewhere no times are known."""
    conn.execute(delete(experiment_phases).where(experiment_phases.c.experiment_id == of.id))
    begin_phase(conn, of, at, of.variants, (of.share_from, of.share_to))
    end_phase(conn, of, at)
