"""How many causes of failures a project has at most: a client could make up a new one each time."""

from sqlalchemy import Connection, Subquery, and_, func, select, update

from db.tables import error_groups, error_hours
from jobs.failures import failing

MOST_OPEN = 5_000  # groups of a project
OTHER = 0  # the fingerprint of the group that all further causes are
NAMES = {"error_type": "", "title": "Other failures", "name": "", "subject": ""}


def join_others(conn: Connection, sign: int) -> None:
    """Make failures of the pass ones of OTHER: new causes beyond MOST_OPEN groups that are open,
    or with sign -1 those that were counted so."""
    f = failing.c
    joining = update(failing).values(fingerprint=OTHER, **NAMES)
    if sign < 0:
        h = error_hours.c
        keys = ("project_id", "hour", "fingerprint", "app_version")
        own = select(h.n).where(*(h[key] == f[key] for key in keys)).exists()
        conn.execute(joining.where(~own))
        return
    new, open_ = _new_causes().c, _open_groups().c
    room = MOST_OPEN - func.coalesce(
        select(open_.n).where(open_.project_id == new.project_id).scalar_subquery(), 0
    )
    same = and_(f.project_id == new.project_id, f.fingerprint == new.fingerprint)
    conn.execute(joining.where(same, new.place > room))


def _new_causes() -> Subquery:
    """The causes that have no group yet, by project in the order in which they came."""
    f, g = failing.c, error_groups.c
    known = and_(g.project_id == f.project_id, g.fingerprint == f.fingerprint)
    in_order = (func.min(f.occurred_at), f.fingerprint)
    place = func.row_number().over(partition_by=f.project_id, order_by=in_order)
    return (
        select(f.project_id, f.fingerprint, place.label("place"))
        .where(~select(g.fingerprint).where(known).exists())
        .group_by(f.project_id, f.fingerprint)
        .subquery("new_causes")
    )


def _open_groups() -> Subquery:
    """How many groups are open, by project."""
    g = error_groups.c
    ours = g.project_id.in_(select(failing.c.project_id))
    counted = select(g.project_id, func.count().label("n")).where(g.state == "open", ours)
    return counted.group_by(g.project_id).subquery("open_groups")
