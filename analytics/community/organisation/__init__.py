"""What the owner and the admins of an organisation learn of it.

All numbers are of published blocks, each of them about five people or more, but for those of the
leaderboard, which are of members who agreed to be listed.
"""

from analytics.community.organisation.headed import Headed, organisation_of, organisations_of
from analytics.community.organisation.parts import Listed, OrganisationDay, TeamUse, TopPackage
from analytics.community.organisation.usage import (
    EXACT_DAYS,
    OrganisationUsage,
    organisation_usage,
)

__all__ = [
    "EXACT_DAYS",
    "Headed",
    "Listed",
    "OrganisationDay",
    "OrganisationUsage",
    "TeamUse",
    "TopPackage",
    "organisation_of",
    "organisation_usage",
    "organisations_of",
]
