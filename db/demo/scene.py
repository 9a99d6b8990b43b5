"""What the functions that make a day's events share: its sessions, spread over their events."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from db.demo.actors import Actors
from db.demo.sessions import Sessions
from db.demo.shape import Shape


@dataclass(frozen=True)
class Scene:
    """The sessions of one day and the generator of its chances; arrays have one entry an event."""

    rng: np.random.Generator
    shape: Shape
    people: Actors
    visits: Sessions
    day: int

    @cached_property
    def session(self) -> NDArray[np.int64]:
        """Index into the sessions."""
        return np.repeat(np.arange(len(self.visits.length)), self.visits.length)

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """Number of the event in its session, from 0."""
        before = np.cumsum(self.visits.length) - self.visits.length
        return np.arange(self.count) - before[self.session]

    @cached_property
    def actor(self) -> NDArray[np.int64]:
        """Index into the people."""
        return self.visits.actor[self.session]

    @cached_property
    def platform(self) -> NDArray[np.int8]:
        """Code of the platform on which it happens."""
        return self.visits.platform[self.session]

    @property
    def count(self) -> int:
        """How many events the day has."""
        return len(self.session)

    def pick(self, size: int) -> NDArray[np.int64]:
        """A random index below `size` for each event."""
        return self.rng.integers(0, size, self.count)

    def chance(self, share: float) -> NDArray[np.bool_]:
        """True for this share of the events."""
        return self.rng.random(self.count) < share
