"""What people said of an author's packages, as far as it was released."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Date, Select, cast, func, select

from analytics.community.author.own import authored
from analytics.scope import Viewer, visible_package_comments

PAGE = 10
COLUMNS = {"said_on": "datetime64[us]", "version": "str", "comment": "str", "found": "int64"}


def comments(conn: Connection, viewer: Viewer, package_id: int, page: int = 1) -> pd.DataFrame:
    """A page of the released comments on one of the viewer's packages, the newest first.

    Columns: said_on (datetime64[us], the day in the project's zone), version (str), comment (str,
    as it was written, masked), found (int64, how many there are in all). Neither a rating nor the
    time of day stands with it: both would help to tell who it was.
    """
    found = pd.read_sql(comments_sql(viewer, package_id, page), conn)
    return found.astype(COLUMNS)[list(COLUMNS)]


def comments_sql(viewer: Viewer, package_id: int, page: int = 1) -> Select[Any]:
    """A row a comment."""
    p, c = authored(viewer), visible_package_comments(viewer)
    day = cast(func.timezone(p.c.timezone, c.c.said_at), Date)
    query = select(
        day.label("said_on"),
        c.c.app_version.label("version"),
        c.c.comment,
        func.count().over().label("found"),
    )
    query = query.join(p, p.c.id == c.c.package_id).where(p.c.id == package_id)
    return query.order_by(day.desc(), c.c.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
