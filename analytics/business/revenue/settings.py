"""What the business figures of a project assume, and the usual where nobody changed it."""

from dataclasses import fields

from sqlalchemy import Connection, select

from analytics.scope import Viewer, visible_business_settings
from db.business_settings import BusinessSettings

NAMES = tuple(field.name for field in fields(BusinessSettings))


def settings_of(conn: Connection, viewer: Viewer, project_id: int) -> BusinessSettings | None:
    """The settings of a project; None for who may not see them."""
    if not viewer.sees(project_id, "business"):
        return None
    s = visible_business_settings(viewer, project_id).c
    row = conn.execute(select(*(s[name] for name in NAMES))).one_or_none()
    return BusinessSettings(*row) if row else BusinessSettings()
