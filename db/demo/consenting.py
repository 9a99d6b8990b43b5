"""Who agreed to what: each who signs up is asked; who refuses is in no other table."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert

from db.access import Project
from db.demo.actors import AGREES, population
from db.demo.shape import Shape
from db.tables import PURPOSES, consents, grants

REFUSES = 0.12  # everything, against those who agree to something
ALL = (1 << len(PURPOSES)) - 1
FEEDBACK = 1 << PURPOSES.index("feedback")
VERSION, SOURCE = "1", "sign-up"

Bits = NDArray[np.int16]


def keep(conn: Connection, project: Project, shape: Shape) -> None:
    """Store everybody's decision, in place of what an earlier fill stored."""
    for table in (grants, consents):
        conn.execute(delete(table).where(table.c.project_id == project.id))
    keys, granted = decisions(shape)
    made = [
        (project.id, key, bits) for key, bits in zip(keys.tolist(), granted.tolist(), strict=True)
    ]
    if made:
        names = ("project_id", "actor_key", "granted", "refused")
        rows = [dict(zip(names, (*one, ALL & ~one[-1]), strict=True)) for one in made]
        conn.execute(insert(grants), rows)
        conn.execute(insert(consents), [entry for one in made for entry in _history(*one)])


def decisions(shape: Shape) -> tuple[NDArray[np.int64], Bits]:
    """The keys of those who decided in the range, and the purposes they granted as bits."""
    people = population(shape)
    asked = people.signs_up()
    rng = np.random.default_rng([shape.seed, 4])
    refusing = rng.binomial(int(asked.sum()), REFUSES)
    strangers = rng.integers(-(2**63), 2**63 - 1, refusing)
    agreed = np.where(people.feedback[asked], ALL, ALL & ~FEEDBACK).astype(np.int16)
    keys = np.concatenate([people.key[asked], strangers])
    return keys, np.concatenate([agreed, np.zeros(refusing, np.int16)])


def feedback_share() -> float:
    """The share that granted feedback, of those who decided."""
    return AGREES / (1 + REFUSES)


def _history(project_id: int, key: int, granted: int) -> list[dict[str, object]]:
    """One entry a purpose."""
    of: dict[str, object] = {"project_id": project_id, "actor_key": key}
    said = of | {"version": VERSION, "source": SOURCE}
    return [
        said | {"purpose": purpose, "granted": bool(granted >> place & 1)}
        for place, purpose in enumerate(PURPOSES)
    ]
