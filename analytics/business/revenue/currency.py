"""Which currencies a project is paid in: each is counted on its own, so figures are of one."""

from sqlalchemy import Connection, case, func, select

from analytics.business.revenue.settings import settings_of
from analytics.scope import Viewer, visible_mrr_months


def currencies(conn: Connection, viewer: Viewer, project_id: int) -> list[str]:
    """The currencies that were ever paid in, that of most customers first."""
    m = visible_mrr_months(viewer, project_id).c
    now = func.sum(case((m.kind.in_(("new", "reactivation")), m.customers), else_=0))
    lost = func.sum(case((m.kind == "churn", m.customers), else_=0))
    found = select(m.currency).group_by(m.currency).order_by((now - lost).desc(), m.currency)
    return list(conn.execute(found).scalars())


def shown_currency(conn: Connection, viewer: Viewer, project_id: int) -> str:
    """The one that is shown first: as set, else that of most customers; "" where nobody paid."""
    settings = settings_of(conn, viewer, project_id)
    if settings is not None and settings.currency:
        return settings.currency
    return next(iter(currencies(conn, viewer, project_id)), "")


def chosen_currency(conn: Connection, viewer: Viewer, project_id: int, asked: str) -> str:
    """The one that is asked for, else the one that is shown first."""
    return asked or shown_currency(conn, viewer, project_id)
