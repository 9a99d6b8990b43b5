"""The saved views that somebody may open."""

from sqlalchemy import Connection, select

from analytics.scope import Viewer, visible_views
from db.views import View


def views_of(
    conn: Connection, viewer: Viewer, project_id: int, page: str | None = None
) -> list[View]:
    """The viewer's own views and those that are shared with their role, by page and name.

    `page` keeps those of one page ("" is the start page).
    """
    view = visible_views(viewer, project_id).c
    columns = (view.id, view.page, view.name, view.query, view.person_id, view.shared_with)
    query = select(*columns).order_by(view.page, view.name, view.id)
    if page is not None:
        query = query.where(view.page == page)
    return [View(*row[:-1], tuple(row[-1])) for row in conn.execute(query)]
