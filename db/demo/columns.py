"""A day's events as the columns of the table of events.

actor_key int64, event_id string (hex), occurred_at and received_at timestamp[us, UTC],
session_key int64 (nullable), ok bool, duration_ms and value double (nullable), and as
dictionaries of strings: name, subject, purpose, platform, app_version, country, channel, plan,
error_type, properties (nullable, JSON).
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from db.demo import kinds
from db.demo.actors import CHANNELS, PLANS, Flags
from db.demo.following import VALUES
from db.demo.kinds import CLI, PLATFORMS, Codes
from db.demo.moments import Instants
from db.demo.properties import TEXTS
from db.demo.scene import Scene
from db.demo.shape import COUNTRY_CODES, INCIDENT_SLOWNESS

Columns = dict[str, pa.Array]

MEDIAN_MS, SPREAD = kinds.per_verb("median_ms"), kinds.per_verb("spread")


def instants(scene: Scene, occurred: Instants, received: Instants) -> Columns:
    """The times, and the ids made from them."""
    return {
        "event_id": event_ids(scene.rng, occurred),
        "occurred_at": pa.array(occurred, pa.timestamp("us", "UTC")),
        "received_at": pa.array(received, pa.timestamp("us", "UTC")),
    }


def who(scene: Scene) -> Columns:
    """The person and the dimensions; servers and command lines have no sessions."""
    people, visits, of = scene.people, scene.visits, scene.session
    session_key = scene.rng.integers(-(2**63), 2**63 - 1, len(visits.length))
    return {
        "actor_key": pa.array(people.key[scene.actor]),
        "session_key": pa.array(session_key[of], mask=scene.platform >= CLI),
        "platform": texts(scene.platform, PLATFORMS),
        "app_version": texts(visits.version[of], scene.shape.versions),
        "country": texts(people.country[scene.actor], COUNTRY_CODES),
        "channel": texts(people.channel[scene.actor], CHANNELS),
        "plan": texts(visits.plan[of], PLANS),
    }


def what(scene: Scene, code: Codes, ok: Flags) -> Columns:
    """The kind, and how it went."""
    verb = kinds.VERB_OF[code]
    error = np.where(ok, 0, kinds.ERRORS[verb, scene.pick(64)])
    return {
        "name": texts(verb, kinds.VERB_NAMES),
        "subject": texts(kinds.SUBJECT_OF[code], kinds.SUBJECTS),
        "purpose": texts(kinds.PURPOSE_OF[verb], kinds.PURPOSES),
        "ok": pa.array(ok),
        "error_type": texts(error, kinds.ERROR_TYPES),
        "properties": texts(kinds.PROPERTY[verb, scene.pick(TEXTS)], kinds.PROPERTIES),
    }


def measures(scene: Scene, code: Codes, incident: Flags) -> Columns:
    """Durations in ms, log-normal by verb, upgrades in USD a month, ratings from 1 to 5."""
    verb = kinds.VERB_OF[code]
    duration = MEDIAN_MS[verb] * np.exp(SPREAD[verb] * scene.rng.standard_normal(scene.count))
    value = VALUES[code, scene.pick(VALUES.shape[1])]
    duration = np.round(duration * np.where(incident, INCIDENT_SLOWNESS, 1.0), 1)
    return {
        "duration_ms": pa.array(duration, mask=MEDIAN_MS[verb] == 0.0),
        "value": pa.array(value, mask=value == 0.0),
    }


def texts(codes: NDArray[np.signedinteger], vocabulary: tuple[str, ...]) -> pa.DictionaryArray:
    """Texts by their codes; a negative code is null."""
    index = pa.array(codes.astype(np.int16), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(index, pa.array(vocabulary))


def event_ids(rng: np.random.Generator, occurred: Instants) -> pa.Array:
    """UUIDs of version 7 (RFC 9562): milliseconds in front, so that they sort by time."""
    ids = rng.integers(0, 256, (len(occurred), 16), np.uint8)
    ids[:, :6] = (occurred // 1000).astype(">i8").view(np.uint8).reshape(-1, 8)[:, 2:]
    ids[:, 6] = ids[:, 6] & 0x0F | 0x70
    ids[:, 8] = ids[:, 8] & 0x3F | 0x80
    offsets = np.arange(len(ids) + 1, dtype=np.int32) * 32
    text = pa.py_buffer(ids.tobytes().hex().encode())
    return pa.StringArray.from_buffers(len(ids), pa.py_buffer(offsets), text)
