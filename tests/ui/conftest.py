"""A database that the dashboard's own engine reaches, as it does in a process of its own."""

from tests.ui.dashboard import address, conn, dashboard_database, show, writing  # noqa: F401
