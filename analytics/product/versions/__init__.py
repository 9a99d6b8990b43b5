"""How fast versions are taken up, who is still on an old one, and which of them fails more."""

from analytics.product.versions.answer import (
    VERSION_SHARE,
    version_shares,
    version_users,
)
from analytics.product.versions.errors import version_errors, version_errors_sql
from analytics.product.versions.query import version_shares_sql, version_users_sql

__all__ = [
    "VERSION_SHARE",
    "version_errors",
    "version_errors_sql",
    "version_shares",
    "version_shares_sql",
    "version_users",
    "version_users_sql",
]
