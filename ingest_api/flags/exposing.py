"""Exposures are logged once: an event through the writer, known again by its id.

What was logged is remembered until the worker has put it into the table of exposures. Past that,
and between processes, the writer knows the event again: the id follows from project, experiment,
phase, variant and actor. The answer does not wait for the writer; what could not be stored is
forgotten here, so that the next evaluation logs it.
"""

import asyncio
import time
from dataclasses import replace

import orjson
import structlog

from db.experiments.kept import Experiment
from db.tables import EXPOSURE
from ingest_api import steps
from ingest_api.event import Circumstances, Event
from ingest_api.flags.deciding import Known, Unit
from ingest_api.flags.definitions import Flag
from ingest_api.submission import Submission
from ingest_api.writer import QueueFull, StorageDown, Unstorable, Writer

REMEMBERED_SECONDS = 60.0  # the worker is a second or two behind
MOST_REMEMBERED = 100_000

log = structlog.get_logger()


class Exposures:
    """The exposures that this process has logged lately."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._new: dict[tuple[int, int], str] = {}  # variants by experiment and actor
        self._old: dict[tuple[int, int], str] = {}
        self._turned_at = time.monotonic()
        self._storing: set[asyncio.Task[None]] = set()

    def known(self, known: Known, actor_key: int, experiment: Experiment) -> Known:
        """With what was logged of this experiment and is not on record yet."""
        place = (experiment.id, actor_key)
        variant = self._logged(place)
        if variant is None or experiment.id in known.exposed:
            return known
        return replace(known, exposed={**known.exposed, experiment.id: variant})

    def log(self, event: Event, variant: str, experiment: Experiment, seen: Circumstances) -> None:
        """Store, soon, that the actor of this event was given this variant, unless that is done."""
        self._turn()
        place = (experiment.id, event.actor_key)
        if self._logged(place) == variant:
            return
        self._new[place] = variant
        submission = Submission(seen.sender, [event], seen.received_at)
        storing = asyncio.create_task(self._store(submission, place))
        self._storing.add(storing)
        storing.add_done_callback(self._storing.discard)

    async def settle(self) -> None:
        """Wait for what is being stored."""
        await asyncio.gather(*self._storing)

    def _logged(self, place: tuple[int, int]) -> str | None:
        return self._new.get(place) or self._old.get(place)

    async def _store(self, submission: Submission, place: tuple[int, int]) -> None:
        try:
            await self._writer.submit(submission)
        except (QueueFull, StorageDown, Unstorable) as error:
            log.warning("an exposure was not stored", error=type(error).__name__)
            self._new.pop(place, None)
            self._old.pop(place, None)

    def _turn(self) -> None:
        """Forget what is older than once or twice the time that it is remembered."""
        now = time.monotonic()
        if now - self._turned_at > REMEMBERED_SECONDS or len(self._new) >= MOST_REMEMBERED:
            self._new, self._old, self._turned_at = {}, self._new, now


def exposure(unit: Unit, flag: Flag, variant: str, seen: Circumstances) -> Event | None:
    """The event that says so; None for a crawler, of which nothing is kept.

    Subject and variant are ours, and are set when what the caller said was cleaned: an id of a
    person that looks like our key would have been cut out of it. It is not before its phase, which
    began by another clock.
    """
    experiment, since = flag.experiment, flag.since
    said = Event(name=EXPOSURE, purpose="features", distinct_id=unit.id)
    for name, value in unit.dimensions.items():
        setattr(said, name, value)
    event = steps.run(said, seen)
    if not isinstance(event, Event):
        return None
    event.subject = experiment.key
    event.properties = {"variant": variant}
    event.packed = orjson.dumps(event.properties)
    event.occurred_at = max(event.occurred_at or since, since)
    place = f"{seen.sender.project_id}/{experiment.id}/{event.actor_key}"
    once = f"exposure/{place}/{since.timestamp()}/{variant}"
    event.event_id, event.id_is_ours = steps.as_event_id(once)
    return event
