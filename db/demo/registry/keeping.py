"""Store the registry: its packages, people and organisations, and what they did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, insert

from db.access import PERSONAS, Project, create_project, ensure_person, project_secret
from db.audit import as_one_act
from db.demo.columns import event_ids
from db.demo.copying import copy_rows
from db.demo.moments import MICRO
from db.demo.registry.acme import acme
from db.demo.registry.catalogue import AUTHORED, DAYS, NAMES, PRIVATE, releases
from db.demo.registry.crowd import (
    AUTHOR,
    CLIENTS,
    HEAD,
    MEMBER,
    ORGANISATIONS,
    PEOPLE,
    Crowd,
    Organisation,
)
from db.demo.registry.doings import downloads, everybody, member
from db.demo.registry.drawing import CHARACTERS, OF_INPUT, drawn, ratings
from db.demo.registry.truths import registry_truths
from db.demo.shape import Shape
from db.identity import actor_key
from db.partitions import ensure_months
from db.tables import (
    NO_ORGANISATION,
    events,
    feedback,
    ledger,
    organisation_members,
    organisations,
    package_authors,
    package_versions,
    packages,
    person_actors,
    planted_truths,
    runs,
)

Progress = Callable[[int, int], None]  # days that are stored, of how many

REGISTRY = "registry"
PUBLISHED_AFTER = timedelta(hours=1)  # after midnight, a day is published
SAID_AFTER = 90 * MICRO  # after a run, what is said of it
DONE = {"run": "package_run", "download": "package_download"}
SHARED = ("occurred_at", "ok", "duration_ms", "error_type", "platform", "country")
OF_RUNS = ("model", "version", "team", "installer", "audience", "kind", "tokens", "credits")


@dataclass(frozen=True, slots=True)
class Registry:
    """The project with the ids of what was made in it, and everybody's key."""

    project: Project
    packages: dict[str, int]
    organisations: dict[str, int]
    keys: NDArray[np.int64]


def fill_registry(
    conn: Connection,
    now: datetime | None = None,
    seed: int = 7,
    progress: Progress | None = None,
) -> int:
    """Make the project REGISTRY and store what its people did; returns how many events.

    They are neither rolled up nor published yet. Raises ProjectExists where it was made before.
    """
    now = now or datetime.now(UTC)
    shape, crowd = Shape(DAYS, seed, DAYS, now, "UTC"), Crowd(seed)
    last = DAYS - 2 if shape.instant(DAYS - 1) + PUBLISHED_AFTER <= now else DAYS - 3
    rng = np.random.default_rng([seed, 43])
    done = [everybody(shape, crowd, rng), acme(shape, last, rng), member(last, rng)]
    everything = pd.concat([*done, downloads(shape, rng)], ignore_index=True)
    frame = drawn(shape, crowd, everything, last, rng)
    ensure_months(conn, (shape.date_of(day) for day in range(DAYS)))
    with as_one_act(conn, "demo.fill", REGISTRY):
        _store(conn, _make(conn, crowd, shape, last), shape, frame, rng, progress)
    return len(frame)


# What there is ------------------------------------------------------------------------------


def _make(conn: Connection, crowd: Crowd, shape: Shape, last: int) -> Registry:
    project = create_project(conn, REGISTRY, consent="opt-out", retention_months=None, is_demo=True)
    secret = project_secret(conn, project.id)
    people = [actor_key(secret, f"person-{number}") for number in range(PEOPLE)]
    clients = [actor_key(secret, f"client-{number}") for number in range(CLIENTS)]
    keys = np.array([*people, *clients])
    made = {name: _package(conn, project, name, shape, last) for name in NAMES}
    places = {each.name: _organisation(conn, project, each, crowd, keys) for each in ORGANISATIONS}
    _personas(conn, project, made, keys)
    truths = [{"project_id": project.id} | truth for truth in registry_truths()]
    conn.execute(insert(planted_truths), truths)
    return Registry(project, made, places, keys)


def _package(conn: Connection, project: Project, name: str, shape: Shape, last: int) -> int:
    words = f"A prompt package: {name.replace('-', ' ')}."
    values = {"project_id": project.id, "name": name, "summary": words}
    package_id = _add(conn, packages, values | {"is_public": name not in PRIVATE})
    released = [
        {"package_id": package_id, "version": version, "released_at": shape.instant(last + 1 - ago)}
        for version, ago in releases(name).items()
    ]
    conn.execute(insert(package_versions), released)
    return package_id


def _organisation(
    conn: Connection, project: Project, place: Organisation, crowd: Crowd, keys: Any
) -> int:
    values = {"project_id": project.id, "name": place.name, "seats": place.seats}
    place_id = _add(conn, organisations, values | {"leaderboard": place.leaderboard})
    members = [
        {
            "organisation_id": place_id,
            "project_id": project.id,
            "actor_key": int(keys[person]),
            "username": f"dev-{person:04}",
            "team": place.team_of.get(person, ""),
            "role": "owner" if person == place.first else "member",
            "listed": bool(crowd.listed[person]),
        }
        for person in place.members
    ]
    conn.execute(insert(organisation_members), members)
    if HEAD not in place.members:  # who looks around as the head may see all of them
        head = {"actor_key": int(keys[HEAD]), "username": f"dev-{HEAD:04}", "team": ""}
        as_admin = members[0] | head | {"role": "admin", "listed": False}
        conn.execute(insert(organisation_members).values(as_admin))
    return place_id


def _personas(conn: Connection, project: Project, made: dict[str, int], keys: Any) -> None:
    """Those of the demo's personas who are somebody here: the head, a member, the author."""
    for role, number in {"org_admin": HEAD, "member": MEMBER, "author": AUTHOR}.items():
        person = ensure_person(conn, PERSONAS[role], role, (project.id,), is_persona=True)
        mine = {"person_id": person, "project_id": project.id, "actor_key": int(keys[number])}
        conn.execute(insert(person_actors).values(mine))
    written = [{"person_id": person, "package_id": made[name]} for name in AUTHORED]
    conn.execute(insert(package_authors), written)


def _add(conn: Connection, table: Table, values: dict[str, Any]) -> int:
    added: int = conn.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    return added


# What was done ------------------------------------------------------------------------------


def _store(
    conn: Connection,
    registry: Registry,
    shape: Shape,
    frame: pd.DataFrame,
    rng: np.random.Generator,
    progress: Progress | None,
) -> None:
    """Events and runs, with a row of the ledger a day, and the ratings."""
    frame["event_id"] = event_ids(rng, frame["occurred"].to_numpy()).to_pylist()
    frame["actor_key"] = registry.keys[frame["person"]]
    frame["package_id"] = frame["package"].map(registry.packages)
    places = registry.organisations | {"": NO_ORGANISATION}
    frame["organisation_id"] = frame["organisation"].map(places)
    frame["occurred_at"] = pd.to_datetime(frame["occurred"], unit="us", utc=True)
    for day, (_, ours) in enumerate(frame.groupby("day"), start=1):
        batch = {"project_id": registry.project.id, "batch_id": _batch(conn, registry, ours)}
        copy_rows(conn, events, batch, _as_events(ours))
        copy_rows(conn, runs, batch, _as_runs(ours))
        if progress:
            progress(day, DAYS)
    before = frame[frame["occurred"] + SAID_AFTER < int(shape.now.timestamp() * MICRO)]
    said = _as_feedback(ratings(before, rng))
    copy_rows(conn, feedback, {"project_id": registry.project.id}, said)


def _batch(conn: Connection, registry: Registry, ours: pd.DataFrame) -> int:
    times = ours["occurred_at"]
    entry = {
        "project_id": registry.project.id,
        "received_at": times.max(),
        "accepted": len(ours),
        "outcomes": {"accepted": len(ours)},
        "first_at": times.min(),
        "last_at": times.max(),
    }
    added = insert(ledger).values(entry).returning(ledger.c.batch_id)
    return int(conn.execute(added).scalar_one())


def _as_events(ours: pd.DataFrame) -> pa.Table:
    table = ours[["actor_key", "event_id", *SHARED]].assign(
        received_at=ours["occurred_at"],
        name=ours["kind"].map(DONE),
        subject=ours["package"],
        app_version=ours["version"],
        value=ours["credits"].astype(float),
        purpose="usage",
    )
    return pa.Table.from_pandas(table, preserve_index=False)


def _as_runs(ours: pd.DataFrame) -> pa.Table:
    read = (ours["tokens"] * OF_INPUT).round() * CHARACTERS
    written = ours["tokens"] * CHARACTERS - read
    whole = {"input_length": read, "output_length": written}
    whole |= {"request_bytes": read, "response_bytes": written}
    keys = ["actor_key", "package_id", "organisation_id"]
    table = ours[[*keys, *SHARED, *OF_RUNS]].assign(
        run_id=ours["event_id"],
        comparison=ours["credits"] > 2,
        **{name: column.astype("Int64") for name, column in whole.items()},
    )
    return pa.Table.from_pandas(table, preserve_index=False)


def _as_feedback(rated: pd.DataFrame) -> pa.Table:
    """What is released are the comments on the author's packages."""
    said_at = rated["occurred_at"] + pd.Timedelta(microseconds=SAID_AFTER)
    released = rated["comment"].notna() & rated["package"].isin(AUTHORED)
    same = ["actor_key", "package_id", "organisation_id", "model", "package"]
    table = rated[[*same, "platform", "country", "score", "helpful", "comment"]].assign(
        kind="rating",
        interaction=[str(UUID(each)) for each in rated["event_id"]],
        said_at=said_at,
        app_version=rated["version"],
        released_at=said_at.where(released),
    )
    return pa.Table.from_pandas(table, preserve_index=False)
