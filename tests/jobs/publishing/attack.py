"""An attack by differences: whatever follows from all that the heads and the public can see.

Unknown is how often each type of run happened; a type is a day, package, organisation, team,
version, model and country, or the person where the leaderboard names them. Whatever the viewers
see is a sum of types. They know more than that: which runs each block holds, when each version was
released, what the labels stand for, and in which team who is. Then linear programming tells the
least and the most that any group of runs can be (Fischetti and Salazar, 2001: the auditing of
protected tables). Where the two are the same, the group is told.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, fields
from itertools import combinations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Type:
    """What a viewer may know of a run; `who` is 0 where nobody is named."""

    day: int
    came: int
    after: bool  # the second version was released
    package: int
    organisation: int
    team: str
    who: int
    version: str
    model: str
    country: str


NAMES = tuple(field.name for field in fields(Type))


class Attack:
    """The equations of what is seen; a type that no cell can hold is known to be none."""

    def __init__(self, types: Iterable[Type]) -> None:
        self.types = list(types)
        self._place = {each: n for n, each in enumerate(self.types)}
        self._rows: list[list[int]] = []
        self._sums: list[float] = []
        self._none: set[int] = set()

    def see(self, types: Iterable[Type], total: float) -> None:
        """A number, which is the sum of these types."""
        self._rows.append([self._place[each] for each in types])
        self._sums.append(total)

    def know_none(self, types: Iterable[Type]) -> None:
        """Types that did not happen."""
        self._none |= {self._place[each] for each in types}

    def holds(self, happened: Iterable[Type]) -> bool:
        """Whether it is all true of what happened."""
        counts = Counter(self._place[each] for each in happened)
        sums = [sum(counts[n] for n in row) for row in self._rows]
        return sums == self._sums and not self._none & counts.keys()

    def bounds(self, group: Iterable[Type]) -> tuple[float, float]:
        """The least and the most that can have happened of these types."""
        aim = np.zeros(len(self.types))
        aim[[self._place[each] for each in group]] = 1
        return self._extreme(aim), -self._extreme(-aim)

    def _extreme(self, aim: np.ndarray) -> float:
        lines = np.repeat(np.arange(len(self._rows)), [len(row) for row in self._rows])
        places = np.concatenate([np.array(row, dtype=int) for row in self._rows])
        shape = (len(self._rows), len(self.types))
        seen = csr_matrix((np.ones(len(places)), (lines, places)), shape)
        ends = [(0, 0) if n in self._none else (0, None) for n in range(len(self.types))]
        found = linprog(aim, A_eq=seen, b_eq=self._sums, bounds=ends)
        if found.status == 3:  # unbounded
            return -np.inf
        assert found.status == 0, found.message
        return float(found.fun)


def groups(happened: Iterable[Type], most: int) -> list[dict[str, object]]:
    """What describes groups of the types that happened by up to so many attributes."""
    chosen = [names for size in range(most + 1) for names in combinations(NAMES, size)]
    values = [asdict(each) for each in sorted(set(happened), key=astuple)]
    described = {tuple((name, each[name]) for name in names) for each in values for names in chosen}
    return [dict(each) for each in sorted(described, key=repr)]


def is_of(each: Type, group: dict[str, object]) -> bool:
    """Whether a type is of the group."""
    return all(getattr(each, name) == value for name, value in group.items())
