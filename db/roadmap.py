"""What a team enters about what it may build: how long it takes, and how sure it is."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, update

from db.audit import note
from db.errors import BadEstimate, UnknownItem
from db.tables import requests, themes

ItemKind = Literal["request", "theme"]
MOST_EFFORT = 520.0  # person-weeks: ten people for a year
TABLES = {"request": requests, "theme": themes}


@dataclass(frozen=True, slots=True)
class Estimate:
    """Effort in person-weeks and confidence above 0 and up to 1; None where nothing is entered."""

    effort: float | None = None
    confidence: float | None = None


def estimate(
    conn: Connection, project_id: int, kind: ItemKind, item_id: int, entered: Estimate
) -> None:
    """Keep what was entered in place of what was; raises BadEstimate and UnknownItem.

    What was merged into something else can't be estimated by itself.
    """
    _check(entered)
    table = TABLES[kind]
    changed = update(table).where(
        table.c.project_id == project_id, table.c.id == item_id, table.c.merged_into.is_(None)
    )
    kept = changed.values(effort=entered.effort, confidence=entered.confidence)
    if conn.execute(kept.returning(table.c.id)).one_or_none() is None:
        raise UnknownItem()
    told = {"effort": entered.effort, "confidence": entered.confidence}
    note(conn, f"{kind}.estimate", f"{kind} {item_id}", project_id, **told)


def _check(entered: Estimate) -> None:
    if entered.effort is not None and not 0 < entered.effort <= MOST_EFFORT:
        raise BadEstimate(f"effort: it is above 0 and up to {MOST_EFFORT:g} person-weeks.")
    if entered.confidence is not None and not 0 < entered.confidence <= 1:
        raise BadEstimate("confidence: it is above 0 and up to 1.")
