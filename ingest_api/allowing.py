"""What a person allows, for routes that store by themselves: the same rules that the writer has."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from db.locks import hold_off_erasing
from db.tables import PURPOSES, consents, grants
from ingest_api.event import Sender
from ingest_api.steps import ALL_PURPOSES, PURPOSE_BITS, allowed_purposes


def allowed(conn: Connection, sender: Sender, actor_key: int, with_it: int | None = None) -> int:
    """The purposes, as bits, for which something of this person may be kept in this transaction.

    `with_it` are grants that came along: they hold this once, unless a refusal is on record, and
    are recorded where nothing was. Nobody withdraws consent or is erased until this transaction
    ends. Raises OperationalError where somebody is being erased for long.
    """
    hold_off_erasing(conn)
    if sender.consent == "anonymous":
        return ALL_PURPOSES
    mine = (grants.c.project_id == sender.project_id) & (grants.c.actor_key == actor_key)
    on_record = select(grants.c.granted, grants.c.refused).where(mine)
    held = on_record.with_for_update(read=with_it is None)
    found = conn.execute(held).one_or_none()
    granted, refused = found or (0, 0)
    new = (with_it or 0) & ~granted & ~refused
    if new:
        _add(conn, {"project_id": sender.project_id, "actor_key": actor_key}, new)
    return allowed_purposes(sender.consent, granted, refused, with_it)


def _add(conn: Connection, place: dict[str, int], granted: int) -> None:
    """Keep the proof of these grants, and add them to the present state."""
    given = [purpose for purpose in PURPOSES if granted & PURPOSE_BITS[purpose]]
    entry = place | {"granted": True, "version": "", "source": "batch"}
    conn.execute(consents.insert(), [entry | {"purpose": purpose} for purpose in given])
    new = insert(grants).values(**place, granted=granted, refused=0)
    unrefused = new.excluded.granted.bitwise_and(grants.c.refused.bitwise_not())
    conn.execute(
        new.on_conflict_do_update(
            index_elements=["project_id", "actor_key"],
            set_={"granted": grants.c.granted.bitwise_or(unrefused)},
        )
    )
