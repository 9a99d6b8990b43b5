"""The statements behind what is published of a package, as its page shows them."""

from typing import Any

from sqlalchemy import Select, func, select

from analytics.community.packages import Package
from analytics.community.published import Window
from analytics.community.sums import NUMBERS
from analytics.scope import Viewer, visible_published_cells


def days_sql(viewer: Viewer, package: Package, window: Window) -> Select[Any]:
    """A row a day that is published alone: its runs and how many of them failed."""
    c = visible_published_cells(viewer, "package", package.id)
    query = select(c.c.first_day, func.sum(c.c.n).label("runs"), func.sum(c.c.failures))
    alone = c.c.first_day == c.c.last_day
    query = query.where(c.c.stream == "runs", c.c.cut == "", alone, c.c.first_day >= window.start)
    return query.where(c.c.last_day < window.end).group_by(c.c.first_day).order_by(c.c.first_day)


def cells_sql(
    viewer: Viewer, package: Package, window: Window, cut: str, stream: str = "runs"
) -> Select[Any]:
    """A row a cell of a cut, such as "version,model": the sums of the window by its keys."""
    c = visible_published_cells(viewer, "package", package.id)
    added = [func.sum(c.c[name]).label(name) for name in NUMBERS]
    query = select(c.c["keys"].label("cell"), *added).where(c.c.stream == stream, c.c.cut == cut)
    query = query.where(c.c.first_day >= window.start, c.c.last_day < window.end)
    return query.group_by(c.c["keys"]).order_by(func.sum(c.c.n).desc())
