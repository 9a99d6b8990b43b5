"""Acme, an organisation whose month is told beforehand: its report is known to the last figure."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from db.demo.registry.catalogue import NAMES, REVIEWER
from db.demo.registry.crowd import ACME
from db.demo.shape import WEEKEND_ACTORS, Shape

MONTH = 30  # days, whole ones, that end with the last that is published
ACTIVE = 47  # of the 50 seats
RUNS = {"Frontend": 1_922, "Backend": 1_725, "DevOps": 1_155, "": 821}  # 5,623 together
CREDITS = {"Frontend": 2_340, "Backend": 2_100, "DevOps": 1_407, "": 1_000}  # 6,847 together
# Runs of the packages that are used most, and the people who run them.
FAVOURITES = {REVIEWER: (1_247, 38), "api-designer": (892, 31), "test-generator": (654, 28)}
BEFORE = 4_196  # runs of the 30 days before: the month is up by 34 %
FEWEST = 20  # runs of each active member
EARLIER = 3_100  # runs of the 30 days before these


def acme(shape: Shape, last: int, rng: np.random.Generator) -> pd.DataFrame:
    """Everything that Acme runs; `last` is the last whole day."""
    month = pd.concat([_team(team, rng) for team in RUNS], ignore_index=True)
    month["day"] = _days(shape, rng, len(month), last)
    month["package"] = _packages(month["person"], rng)
    earlier = [
        _earlier(shape, rng, BEFORE, last - MONTH),
        _earlier(shape, rng, EARLIER, last - 2 * MONTH),
    ]
    together = pd.concat([month, *earlier], ignore_index=True)
    return together.assign(kind="run", organisation=ACME.name, model="")


def _team(team: str, rng: np.random.Generator) -> pd.DataFrame:
    """The runs of a team's active members: some cost two credits, the rest one."""
    active = list(ACME.members)[:ACTIVE]
    ours = [person for person in active if ACME.team_of[person] == team]
    free = RUNS[team] - FEWEST * len(ours)
    more = rng.multinomial(free, rng.dirichlet(np.full(len(ours), 3.0)))
    person = rng.permutation(np.repeat(ours, FEWEST + more))
    dear = np.arange(RUNS[team]) < CREDITS[team] - RUNS[team]
    return pd.DataFrame({"person": person, "credits": 1 + rng.permutation(dear)})


def _packages(person: pd.Series, rng: np.random.Generator) -> pd.Series:
    """The favourites to just as many people as they have, and the others to everybody."""
    package = pd.Series("", index=person.index, dtype=object)
    for name, (runs, people) in FAVOURITES.items():
        free = person[(package == "") & (person < ACME.first + people)]
        free = free.sample(frac=1, random_state=rng)
        one_each = free.drop_duplicates()
        more = free.drop(one_each.index).iloc[: runs - len(one_each)]
        package[one_each.index.union(more.index)] = name
    rest = package == ""
    package[rest] = rng.choice([n for n in NAMES if n not in FAVOURITES], rest.sum())
    return package


def _earlier(shape: Shape, rng: np.random.Generator, runs: int, last: int) -> pd.DataFrame:
    frame = pd.DataFrame({"person": rng.choice(list(ACME.members), runs), "credits": 0})
    frame["day"] = _days(shape, rng, runs, last)
    frame["package"] = rng.choice(NAMES, runs)
    return frame[frame["day"] >= 0]


def _days(shape: Shape, rng: np.random.Generator, runs: int, last: int) -> NDArray[np.int64]:
    days = np.arange(last - MONTH + 1, last + 1)
    weights = np.array([WEEKEND_ACTORS if shape.is_weekend(int(day)) else 1.0 for day in days])
    drawn: NDArray[np.int64] = rng.choice(days, runs, p=weights / weights.sum())
    return drawn
