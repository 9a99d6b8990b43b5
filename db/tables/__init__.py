"""All tables of Looplens as SQLAlchemy metadata; the migrations build exactly these."""

from db.tables.base import CONSENT_MODES, DIMENSIONS, PURPOSES, ROLES, ROLLED_AS, Instant, metadata
from db.tables.configuration import api_keys, invites, memberships, people, projects, sign_ins
from db.tables.consent import consents, grants
from db.tables.demo import planted_truths
from db.tables.facts import events, ledger
from db.tables.keeping import (
    ANNOTATION_KINDS,
    annotations,
    completions,
    saved_views,
    segment_members,
    segments,
)
from db.tables.packs import NO_BIN, PACKED_KEYS, event_pack, key_pack
from db.tables.rollups import (
    BIN_GROWTH,
    SHORTEST,
    actor,
    actor_day,
    actor_event_day,
    cell_day,
    cells,
    duration_bin,
    duration_value_day,
    event_day,
    event_hour,
    intake_hour,
    kinds,
    session_day,
)

__all__ = [
    "ANNOTATION_KINDS",
    "BIN_GROWTH",
    "CONSENT_MODES",
    "DIMENSIONS",
    "NO_BIN",
    "PACKED_KEYS",
    "PURPOSES",
    "ROLES",
    "ROLLED_AS",
    "SHORTEST",
    "Instant",
    "actor",
    "actor_day",
    "actor_event_day",
    "annotations",
    "api_keys",
    "cell_day",
    "cells",
    "completions",
    "consents",
    "duration_bin",
    "duration_value_day",
    "event_day",
    "event_hour",
    "event_pack",
    "events",
    "grants",
    "intake_hour",
    "invites",
    "key_pack",
    "kinds",
    "ledger",
    "memberships",
    "metadata",
    "people",
    "planted_truths",
    "projects",
    "saved_views",
    "segment_members",
    "segments",
    "session_day",
    "sign_ins",
]
