"""Sums of runs, downloads or ratings, and what they make when put together."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields
from operator import add, attrgetter
from typing import Self, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Sums:
    """What is added up of runs, downloads or ratings; durations are in ms.

    `timed` runs have a duration, `metered` ones told their tokens; `good` ratings are 4 or 5.
    """

    n: int = 0
    failures: int = 0
    timed: int = 0
    metered: int = 0
    tokens: int = 0
    credits: int = 0
    score_sum: int = 0
    good: int = 0
    duration_sum: float = 0.0

    def __add__(self, other: Self) -> Self:
        return type(self)(*map(add, _numbers(self), _numbers(other)))

    def __sub__(self, other: Self) -> Self:
        """What is left; never below 0."""
        pairs = zip(_numbers(self), _numbers(other), strict=True)
        return type(self)(*(max(all_ - part, 0) for all_, part in pairs))

    @property
    def success(self) -> float | None:
        """The share of runs without error, 0 to 1."""
        return (self.n - self.failures) / self.n if self.n else None

    @property
    def duration_ms(self) -> float | None:
        """The mean duration of the runs that have one."""
        return self.duration_sum / self.timed if self.timed else None

    @property
    def tokens_each(self) -> float | None:
        """The mean number of tokens of the runs that told it."""
        return self.tokens / self.metered if self.metered else None

    @property
    def rating(self) -> float | None:
        """The mean of the ratings, 1 to 5."""
        return self.score_sum / self.n if self.n else None


NUMBERS = tuple(field.name for field in fields(Sums))
_numbers = attrgetter(*NUMBERS)


def summed(many: Iterable[Sums]) -> Sums:
    """All of them together."""
    return Sums(*map(sum, zip(*map(_numbers, many), strict=True)))


def summed_by(pairs: Iterable[tuple[K, Sums]]) -> dict[K, Sums]:
    """Those of each key together."""
    found: dict[K, list[Sums]] = {}
    for key, sums in pairs:
        found.setdefault(key, []).append(sums)
    return {key: summed(many) if len(many) > 1 else many[0] for key, many in found.items()}
