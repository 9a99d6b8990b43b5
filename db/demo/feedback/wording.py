"""Put comments together: a slot after another, each alternative as likely as the others."""

import numpy as np
from numpy.typing import NDArray

from db.addresses import REMOVED
from db.demo.feedback import abroad, phrases
from db.demo.feedback.phrases import Slot
from db.demo.feedback.topics import TOPICS, Topic

Texts = NDArray[np.object_]

MASKED = 0.02  # of the comments: hold something personal, which is stored masked
CARELESS = 0.12  # of the comments: without capitals
CONTACTS = (
    f" Write to me at {REMOVED}.", f" My number is {REMOVED}.",
    f" Reach me at {REMOVED} or {REMOVED}.", f" You find it with the key {REMOVED}.",
)  # fmt: skip


def worded(rng: np.random.Generator, topics: NDArray[np.integer]) -> Texts:
    """A comment for each topic, by its place in TOPICS."""
    texts: Texts = np.empty(len(topics), object)
    for place in np.unique(topics):
        chosen = np.flatnonzero(topics == place)
        texts[chosen] = _about(rng, TOPICS[place], len(chosen))
    careless = np.flatnonzero(rng.random(len(texts)) < CARELESS)
    texts[careless] = [text.lower() for text in texts[careless]]
    return texts


def with_contacts(rng: np.random.Generator, texts: Texts) -> tuple[Texts, NDArray[np.int64]]:
    """Some of the comments with what was masked in them, and how many masks each has."""
    personal = rng.random(len(texts)) < MASKED
    added = np.where(personal, _picked(rng, CONTACTS, len(texts)), "")
    masks = np.array([text.count(REMOVED) for text in added], np.int64)
    return texts + added, masks


def _about(rng: np.random.Generator, topic: Topic, count: int) -> Texts:
    text = np.full(count, "", object)
    for slot in _slots(topic):
        text += _picked(rng, slot, count)
    return text


def _slots(topic: Topic) -> tuple[Slot, ...]:
    """What a comment on this topic is put together of."""
    if topic.language != "en":
        core = abroad.CORES[topic.language, topic.label]
        return abroad.OPENERS[topic.language], core, abroad.DETAILS[topic.language]
    core, detail = phrases.CORES[topic.name], phrases.DETAILS.get(topic.name, phrases.OTHERWISE)
    if topic.name == "short":
        return core, detail
    return phrases.OPENERS[topic.label], core, detail, phrases.CLOSERS[topic.label]


def _picked(rng: np.random.Generator, slot: Slot, count: int) -> Texts:
    return np.array(slot, object)[rng.integers(0, len(slot), count)]
