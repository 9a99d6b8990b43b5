"""The definitions of a project's flags, read again every second so that a kill is quick."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from analytics.experiments.definition import InDimension, InSegment, targeting_of
from db.errors import BadExperiment
from db.experiments.kept import Experiment, Phase, list_experiments, phases_by_experiment
from ingest_api.asking import asked

REMEMBERED_SECONDS = 1.0
MAX_REMEMBERED = 10_000  # projects
KINDS = ("experiment", "flag")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag or an experiment, and its targeting: all of these conditions have to be met.

    `segments` are those whose members have to be known for it; `phases` go from the first.
    """

    experiment: Experiment
    conditions: tuple[InDimension | InSegment, ...]
    segments: frozenset[int]
    phases: tuple[Phase, ...] = ()

    @property
    def since(self) -> datetime:
        """When what is given out now was first given out."""
        return self.phases[-1].started_at if self.phases else self.experiment.created_at


Flags = Mapping[str, Flag]  # by key


@dataclass(slots=True)
class _Read:
    flags: asyncio.Task[Flags]
    until: float


class Definitions:
    """What was read lately, by project; requests that come meanwhile wait for the same reading."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read: dict[int, _Read] = {}

    async def of(self, project_id: int) -> Flags:
        """The flags and experiments of a project; raises Problem 503."""
        now = time.monotonic()
        read = self._read.get(project_id)
        if read is None or read.until < now or _failed(read.flags):
            if len(self._read) >= MAX_REMEMBERED:
                self._read.clear()
            reading = asyncio.create_task(asked(_read, self._engine, project_id))
            read = self._read[project_id] = _Read(reading, now + REMEMBERED_SECONDS)
        return read.flags.result() if read.flags.done() else await asyncio.shield(read.flags)


def _failed(reading: asyncio.Task[Flags]) -> bool:
    return reading.done() and (reading.cancelled() or reading.exception() is not None)


def _read(engine: Engine, project_id: int) -> Flags:
    with engine.connect() as conn:
        kept = list_experiments(conn, project_id, *KINDS)
        phases = phases_by_experiment(conn, project_id)
    flags = (_flag(each, tuple(phases.get(each.id, ()))) for each in kept)
    return {flag.experiment.key: flag for flag in flags if flag}


def _flag(experiment: Experiment, phases: tuple[Phase, ...]) -> Flag | None:
    """None where the targeting was written past all checks: nobody gets what is for whom knows."""
    try:
        conditions = targeting_of(experiment.targeting)
    except BadExperiment as error:
        log.error("a targeting can't be read", experiment=experiment.id, error=str(error))
        return None
    segments = (each.segment for each in conditions if isinstance(each, InSegment))
    return Flag(experiment, conditions, frozenset(segments), phases)
