"""What comments of the demo are about, how often, and from whom they come."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.demo.actors import FADES, LOOKS, Actors, Flags
from db.demo.kinds import ADOPTED, quantiles
from db.demo.shape import BAD_PLATFORM, LAUNCHED, Shape

LEAVING_AGE = 7  # days since joining, from which on who fades complains of lost changes
SLOW_SINCE = -1  # of the releases, counted from the bad one: the first with slow exports


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that comments are about; what is empty is left open."""

    name: str
    kind: str  # praise, pain, request, or empty where there is nothing to find
    label: str  # positive, neutral or negative, as a person would say
    share: float  # of the comments, while somebody may say it
    subject: str = ""  # the feature that was used just before
    country: str = ""
    language: str = "en"


TOPICS = (
    Topic("slow_export", "pain", "negative", 0.10, "export"),
    Topic("permissions", "pain", "negative", 0.09, "share"),
    Topic("lost_changes", "pain", "negative", 0.07),
    Topic("saved_views", "praise", "positive", 0.11, ADOPTED),
    Topic("templates", "praise", "positive", 0.07),
    Topic("support", "praise", "positive", 0.05),
    Topic("search", "praise", "positive", 0.06, "search"),
    Topic("android_crash", "pain", "negative", 0.04),
    Topic("price", "pain", "negative", 0.035),
    Topic("notifications", "pain", "negative", 0.03),
    Topic("dark_mode", "request", "neutral", 0.05),
    Topic("slack", "request", "neutral", 0.05),
    Topic("offline", "request", "neutral", 0.035),
    Topic("import", "request", "neutral", 0.03, "import"),
    Topic("short", "", "neutral", 0.05),
    Topic("german", "", "negative", 0.015, country="DE", language="de"),
    Topic("german_praise", "", "positive", 0.015, country="DE", language="de"),
    Topic("french", "", "negative", 0.01, country="FR", language="fr"),
    Topic("french_praise", "", "positive", 0.01, country="FR", language="fr"),
    Topic("spanish", "", "negative", 0.0075, country="ES", language="es"),
    Topic("spanish_praise", "", "positive", 0.0075, country="ES", language="es"),
    Topic("portuguese", "", "negative", 0.0075, country=LAUNCHED, language="pt"),
    Topic("portuguese_praise", "", "positive", 0.0075, country=LAUNCHED, language="pt"),
    Topic("general", "", "neutral", 0.05),
)  # fmt: skip
NAMES = tuple(topic.name for topic in TOPICS)
GENERAL = NAMES.index("general")  # what is said where a topic does not fit
TABLE = quantiles(np.array([topic.share for topic in TOPICS]))


@dataclass(frozen=True, slots=True)
class Moments:
    """The events of a day after which something may be said; one entry an event."""

    day: int
    actor: NDArray[np.int64]  # index into the people
    subject: NDArray[np.object_]
    country: NDArray[np.object_]
    platform: NDArray[np.object_]
    version: NDArray[np.int64]  # index into the shape's versions


def topic(name: str) -> Topic:
    """The topic of this name."""
    return TOPICS[NAMES.index(name)]


def asked(people: Actors) -> Flags:
    """Who may be asked for feedback: who has signed up and agreed."""
    agreed: Flags = people.feedback & (people.manner != LOOKS)
    return agreed


def slow_version(shape: Shape) -> int:
    """The first release whose exports are slow, as an index into the versions."""
    return shape.bad_version + SLOW_SINCE


def fits(shape: Shape, people: Actors, moments: Moments, of: Topic) -> Flags:
    """After which of the events the topic may come up."""
    may: Flags = asked(people)[moments.actor]
    if of.subject:
        may &= moments.subject == of.subject
    if of.country:
        may &= moments.country == of.country
    if of.name == "slow_export":
        may &= moments.version >= slow_version(shape)
    if of.name == "android_crash":
        may &= (moments.platform == BAD_PLATFORM) & (moments.version == shape.bad_version)
    if of.name == "lost_changes":
        age = moments.day - people.joined[moments.actor]
        may &= (people.manner[moments.actor] == FADES) & (age >= LEAVING_AGE)
    return may
