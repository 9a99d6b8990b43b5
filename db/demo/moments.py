"""When the demo's events occur and arrive."""

import numpy as np
from numpy.typing import NDArray

from db.demo.actors import Flags
from db.demo.kinds import ANDROID, IOS, Codes, kind
from db.demo.scene import Scene
from db.demo.shape import INCIDENT_HOURS, INCIDENT_SUBJECT, Shape

GAP = 45.0  # mean seconds between the events of a session
LONGEST_GAP = 25 * 60.0
APART = 31 * 60.0  # seconds between two sessions of a person, at least
LATE = 0.02  # of the events of apps: sent when the device was online again
MICRO = 1_000_000

Instants = NDArray[np.int64]  # microseconds since 1970
Seconds = NDArray[np.float64]


def occurred(scene: Scene) -> Instants:
    """The instant of each event: in order in a session; sessions of a person's day are apart."""
    visits = scene.visits
    waited = np.minimum(scene.rng.exponential(GAP, scene.count), LONGEST_GAP)
    running = np.append(0.0, np.cumsum(waited))
    begins = running[np.cumsum(visits.length) - visits.length]
    span = running[np.cumsum(visits.length)] - begins
    start = _spaced(visits.actor, visits.hour * 3600, span)
    seconds = start[scene.session] + running[1:] - begins[scene.session]
    after: Instants = (seconds * MICRO).astype(np.int64)
    return after + micros(scene.shape.instant(scene.day).timestamp())


def received(scene: Scene, occurred_at: Instants) -> Instants:
    """Shortly after, but for devices that were offline; never after now."""
    delay = 0.05 + scene.rng.exponential(0.6, scene.count)
    offline = ((scene.platform == IOS) | (scene.platform == ANDROID)) & scene.chance(LATE)
    delay += offline * scene.rng.exponential(600.0, scene.count)
    arrived = occurred_at + (delay * MICRO).astype(np.int64)
    return np.minimum(arrived, micros(scene.shape.now.timestamp()))


def in_incident(shape: Shape, occurred_at: Instants, code: Codes) -> Flags:
    """Which events are attempts at the endpoint of the incident while it lasts."""
    begin, end = (shape.instant(shape.incident_day, hour) for hour in INCIDENT_HOURS)
    since = occurred_at >= micros(begin.timestamp())
    inside = since & (occurred_at < micros(end.timestamp()))
    hit: Flags = inside & (code == kind("api_request", INCIDENT_SUBJECT))
    return hit


def micros(seconds: float) -> int:
    """Microseconds."""
    return round(seconds * MICRO)


def _spaced(actor: NDArray[np.int64], start: Seconds, span: Seconds) -> Seconds:
    """Starts moved on so far that each session begins APART after the actor's last one ended.

    A session can't begin before start[i] + what later ones of its actor take up to it, for any
    earlier i: a running maximum, which must not reach from one actor to the next.
    """
    taken = np.append(0.0, np.cumsum(span + APART))[: len(span)]
    person = np.cumsum(np.diff(actor, prepend=actor[:1]) != 0)
    far = person * (taken[-1:].sum() + 2 * 86_400.0)
    slack = np.maximum.accumulate(start - taken + far) - far
    spaced: Seconds = slack + taken
    return spaced
