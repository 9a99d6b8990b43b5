"""A database that the dashboard's own engine reaches, as it does in a process of its own."""

from tests.pages.acme import acme, acme_page  # noqa: F401
from tests.ui.dashboard import address, answers_stay, conn, dashboard_database, show, writing  # noqa: F401
