"""Completion: of the uses that begin something, how many are followed by its end.

Which event ends what another begins is configured per project (`python -m db complete`). Both are
of one subject and one actor. A start is completed when that actor's next event of the pair, of that
subject, is an end: at the same instant or later, in the range, and before the next start.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from analytics.filters import Filters
from analytics.measures.packs import Log, kinds_of, load_log
from analytics.scope import Viewer, visible_completions
from db.completions import Completion

Codes = NDArray[np.unsignedinteger]


def find_pair(conn: Connection, viewer: Viewer, project_id: int, name: str) -> Completion | None:
    """The pair that this name begins, else the one that it ends, if there is one."""
    p = visible_completions(viewer, project_id)
    query = select(p.c.start_name, p.c.done_name).where(
        (p.c.start_name == name) | (p.c.done_name == name)
    )
    rows = conn.execute(query.order_by(p.c.start_name != name, p.c.start_name)).all()
    return Completion(*rows[0]) if rows else None


def completion(
    conn: Connection, viewer: Viewer, filters: Filters, pair: Completion
) -> pd.DataFrame:
    """One row a subject with starts. Columns: starts, completed (int64); the index is subject."""
    log = load_log(conn, viewer, filters, (pair.start, pair.done), ordered=True)
    kinds = kinds_of(conn, viewer, filters.project_id)
    subject, subjects = _subjects(log, kinds)
    done = np.isin(log.kind, kinds.loc[kinds["name"] == pair.done, "id"].to_numpy())
    order = _order(log, subject, done)
    subject, actor, done = subject[order], log.actor[order], done[order]
    followed = np.zeros(len(order), np.bool_)
    followed[:-1] = done[1:] & (subject[1:] == subject[:-1]) & (actor[1:] == actor[:-1])
    starts = np.bincount(subject[~done], minlength=len(subjects))
    completed = np.bincount(subject[~done & followed], minlength=len(subjects))
    rows = pd.DataFrame({"starts": starts, "completed": completed}, index=subjects)
    return rows[rows["starts"] > 0]


def _subjects(log: Log, kinds: pd.DataFrame) -> tuple[Codes, pd.Index]:
    """The subject of each event as the smallest unsigned number, and the subjects."""
    code, subjects = pd.factorize(kinds["subject"])
    of_kind = np.zeros(int(kinds["id"].max()) + 1 if len(kinds) else 1, np.int64)
    of_kind[kinds["id"].to_numpy()] = code
    smallest = np.min_scalar_type(len(subjects))
    return of_kind[log.kind].astype(smallest), pd.Index(subjects, name="subject")


def _order(log: Log, subject: Codes, done: NDArray[np.bool_]) -> NDArray[np.int64]:
    """By subject, actor and time; of what happened at once, starts first.

    The log is by actor and time already, so that a stable sort by subject is all it takes.
    """
    order = np.argsort(subject, kind="stable")
    same = np.ones(max(len(order) - 1, 0), np.bool_)
    for column in (subject, log.actor, log.at):
        same &= column[order][1:] == column[order][:-1]
    tied = np.zeros(len(order), np.bool_)
    tied[1:] |= same
    tied[:-1] |= same
    at_once = order[tied]
    keys = (done[at_once], log.at[at_once], log.actor[at_once], subject[at_once])
    order[tied] = at_once[np.lexsort(keys)]
    return order
