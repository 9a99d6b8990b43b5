"""A database that the dashboard's own engine reaches, as it does in a process of its own."""

from tests.ui.dashboard import address, answers_stay, conn, dashboard_database, show, writing  # noqa: F401
