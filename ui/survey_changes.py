"""Starting the survey that was built, and ending one that runs.

Both happen at the second that pages tell, so that a page shows at once what it did.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import streamlit as st
from sqlalchemy import Connection

from analytics.feedback.surveys import surveys_of
from analytics.filters import Filters
from analytics.scope import Viewer
from db.surveys import Draft, end_survey, make_survey
from ui.changes import change
from ui.frame import ask, clock


def start(filters: Filters, draft: Draft, days: int) -> bool:
    """Keep the draft, for so many days (0: until it is ended); whether that could be done."""
    lasting = _lasting(draft, clock(1), days)

    def work(conn: Connection, viewer: Viewer) -> None:
        make_survey(conn, filters.project_id, lasting, viewer.person_id)

    done = change(filters.project_id, work, ask(surveys_of, filters))
    if done:
        st.toast("It runs.", icon=":material/campaign:")
    return done


def end_now(filters: Filters, survey_id: int) -> None:
    """End it, in a callback."""
    change(
        filters.project_id,
        lambda conn, _: end_survey(conn, filters.project_id, survey_id, clock(1)),
        ask(surveys_of, filters),
    )


def _lasting(draft: Draft, now: datetime, days: int) -> Draft:
    return replace(draft, starts_at=now, ends_at=now + timedelta(days=days) if days else None)
