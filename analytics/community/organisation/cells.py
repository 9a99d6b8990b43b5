"""The published cells behind what is shown of an organisation, as one statement."""

from typing import Any

from sqlalchemy import Select, select

from analytics.community.organisation import Headed
from analytics.community.published import window
from analytics.community.sums import NUMBERS
from analytics.scope import Viewer, visible_published_cells


def organisation_cells_sql(viewer: Viewer, headed: Headed, days: int) -> Select[Any]:
    """Every cell of the blocks that lie wholly in the last `days` published days.

    One row a stream, block, cut and keys: with people and the numbers of `Sums`. The cells of each
    cut add up to what is shown of it, and before the first published day there is none.
    """
    c = visible_published_cells(viewer, "organisation", headed.id)
    names = ("stream", "first_day", "last_day", "cut", "keys", "people", *NUMBERS)
    query = select(*(c.c[name] for name in names)).order_by(
        c.c.stream, c.c.cut, c.c.first_day, c.c["keys"]
    )
    range_ = window(headed.published_until, days)
    if range_ is None:
        return query.limit(0)
    return query.where(c.c.first_day >= range_.start, c.c.last_day < range_.end)
