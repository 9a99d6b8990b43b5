"""What a report is made of: what is published of an organisation, and what is assumed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from analytics.community.assumptions import OF_ORGANISATION, Range, assumed
from analytics.community.organisation import OrganisationUsage, organisation_usage
from analytics.community.roi import Estimate, organisation_return
from analytics.scope import Viewer


@dataclass(frozen=True, slots=True)
class Report:
    """An organisation's usage and return; `made_at` is wall time where its days are cut."""

    usage: OrganisationUsage
    assumed: dict[str, Range]
    made_at: datetime

    @property
    def estimate(self) -> Estimate:
        """What the runs brought in against what they cost."""
        usage = self.usage
        return organisation_return(usage.totals.n, usage.paid, usage.paid_days, self.assumed)


def report(
    conn: Connection, viewer: Viewer, uid: str | UUID, days: int, now: datetime
) -> Report | None:
    """The report of the last `days` published days, under the organisation's own assumptions.

    None where the viewer heads no organisation of this uid.
    """
    usage = organisation_usage(conn, viewer, uid, days)
    if usage is None:
        return None
    headed = usage.organisation
    made_at = now.astimezone(ZoneInfo(headed.zone))
    return Report(usage, assumed(headed.assumptions, OF_ORGANISATION), made_at)
