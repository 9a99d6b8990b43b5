"""What the people of the registry run and download on which day, as frames of a row each.

All frames have: day int64 (counted from the first), person int64, package str, organisation str
(its name, '' for none), credits int64 (0: by the model), model str ('': to be drawn) and
kind str.
"""

import numpy as np
import pandas as pd

from db.demo.registry.catalogue import (
    CLAUDE,
    DAYS,
    GPT,
    NAMES,
    REVIEWER,
    RISING,
    popularity,
)
from db.demo.registry.crowd import CLIENTS, GLOBEX, MEMBER, PEOPLE, Crowd
from db.demo.shape import WEEKEND_ACTORS, Shape

RUNS_A_DAY = 300  # of everybody but Acme, at the end
DOWNLOADS_A_DAY = 220
FOR_WORK = 0.8  # of what members run, they run for their organisation
RISE = 0.6  # a week, of the rising package beside the others
RISEN = 4.0  # times what its place would have, at the end


def everybody(shape: Shape, crowd: Crowd, rng: np.random.Generator) -> pd.DataFrame:
    """The runs of all whose numbers are not told beforehand."""
    frame = _spread(shape, rng, RUNS_A_DAY)
    frame["person"] = rng.choice(PEOPLE, len(frame), p=crowd.activity)
    at_work = rng.random(len(frame)) < FOR_WORK
    frame["organisation"] = np.where(at_work, crowd.employer[frame["person"]], "")
    return frame.assign(kind="run")


def downloads(shape: Shape, rng: np.random.Generator) -> pd.DataFrame:
    """Downloads, by clients that are none of the people."""
    frame = _spread(shape, rng, DOWNLOADS_A_DAY)
    frame["person"] = PEOPLE + (CLIENTS * rng.random(len(frame)) ** 2).astype(int)
    return frame.assign(organisation="", kind="download")


def member(last: int, rng: np.random.Generator) -> pd.DataFrame:
    """The month of the member who signs in: 342 runs for 487 credits, 87 of the favourite."""
    packages = ["seo-optimizer"] * 87 + [REVIEWER] * 54 + ["bug-finder"] * 32
    others = rng.choice(NAMES[3:], 169)
    frame = pd.DataFrame({"package": [*packages, *others]})
    frame["model"], frame["credits"] = CLAUDE.name, CLAUDE.credits
    dear = [*range(70, 87), *range(217, 342)]  # 17 runs of the favourite, and 125 of the others
    frame.loc[dear, "model"], frame.loc[dear, "credits"] = GPT.name, GPT.credits
    frame.loc[339:, "credits"] = 3  # comparisons of models cost more
    frame["day"] = rng.integers(last - 28, last + 1, len(frame))
    frame["organisation"] = np.where(rng.random(len(frame)) < FOR_WORK, GLOBEX.name, "")
    return frame.assign(person=MEMBER, kind="run")


def _spread(shape: Shape, rng: np.random.Generator, a_day: int) -> pd.DataFrame:
    """So many a day in the end, over days and packages."""
    sizes = [
        a_day * shape.growth(day) / shape.growth(DAYS) * _weekend(shape, day) for day in range(DAYS)
    ]
    day = np.repeat(np.arange(DAYS), rng.poisson(sizes))
    weights = np.array([[_weight(name, at) for name in NAMES] for at in range(DAYS)])
    ceilings = (weights / weights.sum(axis=1, keepdims=True)).cumsum(axis=1)
    package = (ceilings[day] < rng.random(len(day))[:, None]).sum(axis=1)
    names = np.array(NAMES, object)[package.clip(max=len(NAMES) - 1)]
    return pd.DataFrame({"day": day, "package": names, "credits": 0, "model": ""})


def _weight(name: str, day: int) -> float:
    rise = RISEN * (1 + RISE) ** ((day - DAYS) / 7) if name == RISING else 1.0
    return popularity(name) * rise


def _weekend(shape: Shape, day: int) -> float:
    return WEEKEND_ACTORS if shape.is_weekend(day) else 1.0
