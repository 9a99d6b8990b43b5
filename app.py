"""The list of pages, grouped by the field that a role may see; every run starts here."""

import streamlit as st

from ui.frame import ASSETS
from ui.navigation import Entry, run

st.set_page_config(
    page_title="Looplens",
    page_icon=str(ASSETS / "icon.png"),
    layout="wide",
    menu_items={"Get help": None, "Report a bug": None, "About": None},
)

run(
    {
        "": [Entry("pages/home.py", "Home", "home")],
        "Business": [
            Entry("pages/executive.py", "Executive summary", "monitoring", field="business"),
            Entry("pages/revenue.py", "Revenue", "payments", field="business", ranged=False),
        ],
        "Product": [
            Entry("pages/trends.py", "Trends", "trending_up", field="product"),
            Entry("pages/funnels.py", "Funnels", "filter_alt", field="product"),
            Entry("pages/retention.py", "Retention", "replay", field="product"),
            Entry("pages/lifecycle.py", "Lifecycle", "cycle", field="product"),
            Entry("pages/journeys.py", "Journeys", "route", field="product"),
            Entry("pages/sessions.py", "Sessions", "timer", field="product"),
            Entry("pages/adoption.py", "Adoption", "rocket_launch", field="product"),
            Entry("pages/versions.py", "Versions", "deployed_code", field="product"),
            Entry("pages/commands.py", "Commands", "terminal", field="product"),
            Entry("pages/segments.py", "Segments", "group_work", field="product"),
            Entry("pages/quality.py", "Data quality", "verified", field="product"),
        ],
        "Operations": [
            Entry("pages/operations.py", "Operations", "monitor_heart", field="operations"),
            Entry("pages/performance.py", "Performance", "speed", field="operations"),
            Entry("pages/health.py", "Health", "ecg_heart", field="operations"),
            Entry("pages/errors.py", "Errors", "bug_report", field="operations"),
            Entry("pages/support.py", "Support", "support_agent", field="operations"),
            Entry("pages/security.py", "Security", "shield_lock", field="operations"),
            Entry("pages/live.py", "Live", "bolt", field="operations", ranged=False),
            Entry(
                "pages/alerts.py",
                "Alerts",
                "notifications",
                field="operations",
                ranged=False,
            ),
        ],
        "Experiments": [
            Entry("pages/experiments.py", "Experiments", "science", field="product", ranged=False),
            Entry(
                "pages/new_experiment.py",
                "New experiment",
                "add_circle",
                field="product",
                ranged=False,
            ),
            Entry("pages/flags.py", "Flags", "flag", field="product", ranged=False),
        ],
        "Feedback": [
            Entry("pages/feedback.py", "Feedback", "forum", field="feedback"),
            Entry("pages/surveys.py", "Surveys", "quiz", field="feedback"),
            Entry("pages/roadmap.py", "Roadmap", "route", field="feedback"),
        ],
        "Community": [
            Entry("pages/package.py", "Package", "inventory_2", public=True, windowed=True),
            Entry(
                "pages/packages.py",
                "My packages",
                "deployed_code_account",
                field="packages",
                windowed=True,
            ),
            Entry("pages/my_usage.py", "My usage", "person", field="own", windowed=True),
            Entry(
                "pages/organisation.py",
                "Organisation",
                "groups",
                field="organisation",
                windowed=True,
            ),
        ],
    }
)
