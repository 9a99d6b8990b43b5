"""What the business figures of a project assume: kept as a row once somebody changes them."""

import re
from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadSetting
from db.lines import fault
from db.tables import SUMMARY_PACES, business_settings

LONGEST_EVENT = 100


@dataclass(frozen=True, slots=True)
class BusinessSettings:
    """`currency` is the one that is shown first, "" for that of most customers.

    `gross_margin` is what is left of revenue after the cost of serving it, a share above 0.
    `visit_event` and `signup_event` begin the funnel to the first payment; who is still a customer
    `retained_days` after it ends it. `summary_pace` says how often the one-page summary is sent.
    """

    currency: str = ""
    gross_margin: float = 0.8
    visit_event: str = "page_view"
    signup_event: str = "sign_up"
    retained_days: int = 30
    summary_pace: str = "weekly"


COLUMNS = tuple(business_settings.c[field.name] for field in fields(BusinessSettings))


def business_settings_of(conn: Connection, project_id: int) -> BusinessSettings:
    """The settings of a project, the usual ones where nobody changed them."""
    ours = business_settings.c.project_id == project_id
    row = conn.execute(select(*COLUMNS).where(ours)).one_or_none()
    return BusinessSettings(*row) if row else BusinessSettings()


def set_business_settings(conn: Connection, project_id: int, settings: BusinessSettings) -> None:
    """Keep these settings; raises BadSetting, which names the one that can't be."""
    check(settings)
    values = asdict(settings)
    new = insert(business_settings).values(values | {"project_id": project_id})
    same = {name: new.excluded[name] for name in values}
    conn.execute(new.on_conflict_do_update(index_elements=["project_id"], set_=same))
    note(conn, "business_settings.change", project_id=project_id, **values)


def check(settings: BusinessSettings) -> None:
    """Raise BadSetting for what can't be kept."""
    if settings.currency and not re.fullmatch("[A-Z]{3}", settings.currency):
        raise BadSetting("currency: it is a code of three capital letters, such as EUR.")
    if not 0 < settings.gross_margin <= 1:
        raise BadSetting("gross_margin: it is a share above 0 and at most 1.")
    if not 1 <= settings.retained_days <= 365:
        raise BadSetting("retained_days: it is from 1 to 365.")
    if settings.summary_pace not in SUMMARY_PACES:
        raise BadSetting(f"summary_pace: it is one of {', '.join(SUMMARY_PACES)}.")
    for name in ("visit_event", "signup_event"):
        if wrong := fault(getattr(settings, name), LONGEST_EVENT):
            raise BadSetting(f"{name}: {wrong}")
