"""What the people of the demo say in a day: comments, and the ratings among their events."""

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from db.demo.actors import Actors
from db.demo.feedback import topics, wording
from db.demo.feedback.topics import GENERAL, TABLE, TOPICS, Moments
from db.demo.following import RATING
from db.demo.moments import MICRO, micros
from db.demo.shape import Shape
from db.tables import DIMENSIONS

RATED = 0.75  # of the comments: come with a rating
HELPFUL = 0.5  # of the ratings: also say whether it helped
CORRECTED = 0.04  # of the English comments: a person checked the label
STARS = {  # how likely 1 to 5 are, by what is said
    "negative": (0.45, 0.35, 0.15, 0.04, 0.01),
    "neutral": (0.03, 0.10, 0.37, 0.35, 0.15),
    "positive": (0.00, 0.01, 0.06, 0.33, 0.60),
}
SECONDS = (5.0, 90.0)  # between what was done and what is said about it
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Crowd:
    """The people of the demo and how much they say."""

    shape: Shape
    people: Actors
    comments: int  # about how many, in all days together
    order: Index  # of the people by key

    def index_of(self, keys: Index) -> Index:
        """The people with these keys, by index."""
        return self.order[np.searchsorted(self.people.key, keys, sorter=self.order)]


def crowd(shape: Shape, people: Actors, comments: int) -> Crowd:
    """These people, ready to be looked up by key."""
    return Crowd(shape, people, comments, np.argsort(people.key))


def said(crowd: Crowd, day: int, events: pa.Table) -> pa.Table:
    """What is said in a day, in no order; the columns are those of the table of feedback."""
    rng = np.random.default_rng([crowd.shape.seed, 6, day])
    moments = moments_of(crowd, day, events)
    place, topic = _chosen(rng, crowd, moments)
    comments = _comments(rng, crowd, events.take(place), topic, day)
    return pa.concat_tables([comments, _ratings(rng, crowd, events, day)])


def moments_of(crowd: Crowd, day: int, events: pa.Table) -> Moments:
    """The day's events, as far as topics depend on them."""
    versions = {name: number for number, name in enumerate(crowd.shape.versions)}
    version = events["app_version"].to_numpy()
    return Moments(
        day=day,
        actor=crowd.index_of(events["actor_key"].to_numpy()),
        subject=events["subject"].to_numpy(),
        country=events["country"].to_numpy(),
        platform=events["platform"].to_numpy(),
        version=np.array([versions[name] for name in version], np.int64),
    )


def _chosen(
    rng: np.random.Generator, crowd: Crowd, moments: Moments
) -> tuple[Index, NDArray[np.int16]]:
    """After which event each comment of the day comes, and its topic."""
    rate = crowd.comments / crowd.shape.events
    wanted = TABLE[rng.integers(0, len(TABLE), rng.poisson(rate * len(moments.actor)))]
    places = np.full(len(wanted), -1, np.int64)
    for number in (*np.unique(wanted[wanted != GENERAL]), GENERAL):
        pool = np.flatnonzero(topics.fits(crowd.shape, crowd.people, moments, TOPICS[number]))
        those = np.flatnonzero(wanted == number)
        if len(pool):
            places[those] = rng.choice(pool, len(those))
        else:
            wanted[those] = GENERAL
    return places[places >= 0], wanted[places >= 0]


def _comments(
    rng: np.random.Generator, crowd: Crowd, after: pa.Table, topic: NDArray[np.int16], day: int
) -> pa.Table:
    label = np.array([one.label for one in TOPICS], object)[topic]
    english = np.array([one.language == "en" for one in TOPICS])[topic]
    rated = rng.random(len(topic)) < RATED
    score = scores(rng, label)
    text, masked = wording.with_contacts(rng, wording.worded(rng, topic))
    checked = english & (topic != GENERAL) & (rng.random(len(topic)) < CORRECTED)
    return pa.table(
        placed(rng, crowd, after, f"demo-{day}-")
        | {
            "kind": pa.array(np.where(rated, "rating", "text")),
            "score": pa.array(score, mask=~rated),
            "helpful": _helpful(rng, score, rated),
            "comment": pa.array(text, pa.string()),
            "masked": pa.array(masked),
            "context": _contexts(after),
            "corrected": pa.array(label, pa.string(), mask=~checked),
        }
    )


def _ratings(rng: np.random.Generator, crowd: Crowd, events: pa.Table, day: int) -> pa.Table:
    """The events that are ratings, without words."""
    given = events.take(np.flatnonzero(events["name"].to_numpy() == RATING))
    count = len(given)
    score = given["value"].to_numpy().astype(np.int16)
    nothing = pa.nulls(count, pa.string())
    return pa.table(
        placed(rng, crowd, given, f"demo-rating-{day}-")
        | {
            "kind": pa.array(np.full(count, "rating", object), pa.string()),
            "score": pa.array(score),
            "helpful": _helpful(rng, score, np.ones(count, bool)),
            "comment": nothing,
            "masked": pa.array(np.zeros(count, np.int64)),
            "context": nothing,
            "corrected": nothing,
        }
    )


def scores(rng: np.random.Generator, label: NDArray[np.object_]) -> NDArray[np.int16]:
    """1 to 5 for what is said, by its label."""
    ends = {name: np.cumsum(chances) for name, chances in STARS.items()}
    drawn = rng.random(len(label))
    result = np.zeros(len(label), np.int16)
    for name, end in ends.items():
        those = label == name
        result[those] = 1 + np.searchsorted(end[:-1], drawn[those])
    return result


def _helpful(
    rng: np.random.Generator, score: NDArray[np.int16], rated: NDArray[np.bool_]
) -> pa.Array:
    says = rated & (rng.random(len(score)) < HELPFUL)
    return pa.array(score >= 4, mask=~says)


def _contexts(after: pa.Table) -> pa.Array:
    """What was done just before, as JSON."""
    texts = [json.dumps({"after": name}) for name in after["name"].to_pylist()]
    return pa.array(texts, pa.string())


def placed(
    rng: np.random.Generator, crowd: Crowd, after: pa.Table, interaction: str
) -> dict[str, pa.Array]:
    """Who says it, when, where, and on which occasion: shortly after an event, never after now."""
    at = np.asarray(after["occurred_at"].cast(pa.int64()))
    at = at + (rng.uniform(*SECONDS, len(after)) * MICRO).astype(np.int64)
    at = np.minimum(at, micros(crowd.shape.now.timestamp()))
    return {
        "actor_key": after["actor_key"],
        "said_at": pa.array(at).cast(pa.timestamp("us", "UTC")),
        "interaction": pa.array([f"{interaction}{n}" for n in range(len(after))], pa.string()),
        **{name: after[name].cast(pa.string()) for name in ("subject", *DIMENSIONS)},
    }
