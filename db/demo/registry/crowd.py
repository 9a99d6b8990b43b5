"""The people of the registry, and the organisations that some of them belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from db.demo.shape import COUNTRY_CODES, COUNTRY_WEIGHTS

Index = NDArray[np.int64]

PEOPLE = 2_000
CLIENTS = 4_000  # of downloads, who are nobody that runs anything
PLATFORMS = {"macos": 0.45, "linux": 0.35, "windows": 0.2}
LISTED = 0.6  # of the members of an organisation agree to be listed


@dataclass(frozen=True)
class Organisation:
    """Its seats, and of each team how many of the registry's people, from `first` on, are in it."""

    name: str
    seats: int
    first: int
    teams: Mapping[str, int]
    leaderboard: bool = False

    @property
    def size(self) -> int:
        """How many members it has."""
        return sum(self.teams.values())

    @property
    def members(self) -> range:
        """The people by number; the first is the owner."""
        return range(self.first, self.first + self.size)

    @cached_property
    def team_of(self) -> dict[int, str]:
        """The team of each member; '' is none. Teams take turns, so that each has early members."""
        left = dict(self.teams)
        turns = []
        while any(left.values()):
            for team in (team for team, places in left.items() if places):
                turns.append(team)
                left[team] -= 1
        return dict(zip(self.members, turns, strict=True))


ACME = Organisation("Acme", 50, 0, {"Frontend": 17, "Backend": 15, "DevOps": 10, "": 8})
GLOBEX = Organisation(
    "Globex", 150, 50, {"Platform": 40, "Mobile": 35, "Data": 25, "Support": 4, "": 16}, True
)
INITECH = Organisation("Initech", 30, 170, {"Core": 9, "Web": 8, "QA": 3, "": 4})
ORGANISATIONS = (ACME, GLOBEX, INITECH)
HEAD = ACME.first  # who signs in as the head of organisations
MEMBER = GLOBEX.first + 10  # who signs in as a member
AUTHOR = PEOPLE - 1  # who signs in as an author


@dataclass(frozen=True)
class Crowd:
    """Everybody by number: where they are, what they work on, and how much they do."""

    seed: int

    @cached_property
    def country(self) -> Index:
        """The place of each one's country in COUNTRY_CODES."""
        weights = COUNTRY_WEIGHTS / COUNTRY_WEIGHTS.sum()
        return self._rng(1).choice(len(COUNTRY_CODES), PEOPLE + CLIENTS, p=weights)

    @cached_property
    def platform(self) -> NDArray[np.object_]:
        """Each one's platform."""
        names = np.array(list(PLATFORMS), object)
        drawn: NDArray[np.object_] = self._rng(2).choice(
            names, PEOPLE + CLIENTS, p=list(PLATFORMS.values())
        )
        return drawn

    @cached_property
    def activity(self) -> NDArray[np.float64]:
        """How much each of the people runs, as shares of all; few run most."""
        drawn = self._rng(3).lognormal(0, 1.1, PEOPLE)
        drawn[list(ACME.members)] = 0  # what they run is counted out elsewhere
        drawn[MEMBER] = 0
        shares: NDArray[np.float64] = drawn / drawn.sum()
        return shares

    @cached_property
    def patience(self) -> NDArray[np.float64]:
        """After how many half-lives each one takes up a new version."""
        return -np.log2(self._rng(4).random(PEOPLE + CLIENTS))

    @cached_property
    def listed(self) -> NDArray[np.bool_]:
        """Who agreed to be listed by name."""
        agreed: NDArray[np.bool_] = self._rng(5).random(PEOPLE) < LISTED
        return agreed

    @cached_property
    def employer(self) -> NDArray[np.object_]:
        """The name of each one's organisation, '' for most."""
        employers = np.full(PEOPLE + CLIENTS, "", object)
        for place in ORGANISATIONS:
            employers[list(place.members)] = place.name
        return employers

    @cached_property
    def team(self) -> NDArray[np.object_]:
        """Each one's team, '' for most."""
        teams = np.full(PEOPLE + CLIENTS, "", object)
        for person, team in chain.from_iterable(p.team_of.items() for p in ORGANISATIONS):
            teams[person] = team
        return teams

    def _rng(self, part: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, 41, part])
