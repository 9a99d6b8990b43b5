"""What is drawn for each run and download: when, on what, how it went, and what was said of it."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from db.demo.moments import MICRO
from db.demo.registry.catalogue import (
    AUDIENCES,
    COMMENTED,
    COMMENTS,
    ERRORS,
    GPT,
    HALF_LIFE,
    INSTALLERS,
    MODELS,
    RATED,
    RATED_REVIEWER,
    REVIEWER,
    STARS,
    releases,
)
from db.demo.registry.crowd import Crowd
from db.demo.shape import COUNTRY_CODES, HOURS, Shape

Texts = NDArray[np.object_]
HOUR = 3_600 * MICRO
SPREAD = 0.35  # of the logarithm of durations and tokens
USUAL_TOKENS = 1_500
CHARACTERS = 4  # to a token
OF_INPUT = 0.4  # of the tokens


def drawn(
    shape: Shape, crowd: Crowd, frame: pd.DataFrame, last: int, rng: np.random.Generator
) -> pd.DataFrame:
    """The frame with all columns of the table of runs that say what was done, sorted by time.

    New are occurred (int64, microseconds since 1970), version, model, error_type, platform,
    country, installer, audience and team (str), ok (bool), duration_ms (float64), tokens (Int64)
    and credits (int64).
    """
    frame = frame.assign(occurred=_moments(shape, frame["day"], rng))
    frame = frame[frame["occurred"] < int(shape.now.timestamp() * MICRO)]
    frame = frame.sort_values("occurred", ignore_index=True)
    frame["version"] = _versions(crowd, frame, last)
    frame["country"] = np.array(COUNTRY_CODES, object)[crowd.country[frame["person"]]]
    frame["platform"] = crowd.platform[frame["person"]]
    at_work = frame["organisation"] != ""
    frame["team"] = np.where(at_work, crowd.team[frame["person"]], "")
    is_run = frame["kind"] == "run"
    frame["installer"] = np.where(is_run, "", _pick(rng, INSTALLERS, len(frame)))
    frame["audience"] = np.where(is_run, "person", _pick(rng, AUDIENCES, len(frame)))
    return _measured(frame, is_run, rng)


def ratings(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Of the runs those that are rated, with score (int64), helpful (bool), and comment (str)."""
    often = np.where(frame["package"] == REVIEWER, RATED_REVIEWER, RATED)
    rated = frame[(frame["kind"] == "run") & (rng.random(len(frame)) < often)].copy()
    told = np.where(rated["package"] == REVIEWER, rated["version"], "")
    ceilings = np.array([np.cumsum(STARS.get(version, STARS[""])) for version in told])
    rated["score"] = 1 + (ceilings < rng.random(len(rated))[:, None]).sum(axis=1).clip(max=4)
    rated["helpful"] = rated["score"] >= 4
    says = rng.random(len(rated)) < COMMENTED
    which = rng.integers(0, 2, len(rated))
    rated["comment"] = [
        COMMENTS[score][one] if speaks else None
        for score, one, speaks in zip(rated["score"], which, says, strict=True)
    ]
    return rated


def _moments(shape: Shape, day: pd.Series, rng: np.random.Generator) -> NDArray[np.int64]:
    midnight = np.array([int(shape.instant(at).timestamp()) for at in range(shape.days)]) * MICRO
    hours = np.array(HOURS) / np.sum(HOURS)
    hour = rng.choice(24, len(day), p=hours)
    moments: NDArray[np.int64] = midnight[day] + hour * HOUR + rng.integers(0, HOUR, len(day))
    return moments


def _versions(crowd: Crowd, frame: pd.DataFrame, last: int) -> Texts:
    """The newest version that each person has taken up by the day; a first one is out long."""
    version = np.full(len(frame), "", object)
    waited = crowd.patience[frame["person"]] * HALF_LIFE
    for package, rows in frame.groupby("package").indices.items():
        for name, ago in releases(str(package)).items():
            since = frame["day"].to_numpy()[rows] - (last + 1 - ago)
            taken = (since >= waited[rows]) | (version[rows] == "")
            version[rows] = np.where(taken, name, version[rows])
    return version


def _measured(frame: pd.DataFrame, is_run: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """With the model, and what it took; downloads have neither and never fail."""
    names = np.array([model.name for model in MODELS], object)
    shares = np.array([model.share for model in MODELS])
    cheap = np.where(names == GPT.name, 0.0, shares)
    any_model = rng.choice(names, len(frame), p=shares)
    cheap_model = rng.choice(names, len(frame), p=cheap / cheap.sum())
    by_price = np.select(
        [frame["credits"] == GPT.credits, frame["credits"] > 0], [GPT.name, cheap_model], any_model
    )
    model = np.where(frame["model"] == "", by_price, frame["model"])
    place = np.argmax(names == model[:, None], axis=1)
    ok = rng.random(len(frame)) < np.array([each.success for each in MODELS])[place]
    noise = np.exp(SPREAD * rng.standard_normal((2, len(frame))))
    median = np.array([each.median_ms for each in MODELS])[place]
    price = np.array([each.credits for each in MODELS])[place]
    failed = is_run & ~ok
    return frame.assign(
        model=np.where(is_run, model, ""),
        ok=~failed,
        error_type=np.where(failed, _pick(rng, ERRORS, len(frame)), ""),
        duration_ms=np.where(is_run, np.round(median * noise[0], 1), np.nan),
        tokens=pd.Series(USUAL_TOKENS * noise[1]).round().astype("Int64").where(is_run),
        credits=np.where(is_run, np.where(frame["credits"] > 0, frame["credits"], price), 0),
    )


def _pick(rng: np.random.Generator, shares: dict[str, float], count: int) -> Texts:
    weights = np.array(list(shares.values()))
    picked: Texts = rng.choice(np.array(list(shares), object), count, p=weights / weights.sum())
    return picked
