"""Starting the survey that was built, and ending one that runs.

Both happen at the second that pages tell, so that a page shows at once what it did.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import streamlit as st

from analytics.feedback.surveys import surveys_of
from analytics.filters import Filters
from db.engine import engine
from db.errors import LooplensError
from db.surveys import Draft, end_survey, make_survey
from ui.errors import calm
from ui.frame import ask, clock, enter, renew


def start(filters: Filters, draft: Draft, days: int) -> bool:
    """Keep the draft, for so many days (0: until it is ended); whether that could be done.

    Asks again who wants it. What is wrong with the draft is told in passing.
    """
    viewer = enter("feedback")
    if not viewer.sees(filters.project_id, "feedback"):
        return False
    lasting = _lasting(draft, clock(1), days)
    with calm():
        try:
            with engine().begin() as conn:
                make_survey(conn, filters.project_id, lasting, viewer.person_id)
        except LooplensError as error:
            st.toast(str(error), icon=":material/error:")
            return False
    st.toast("It runs.", icon=":material/campaign:")
    renew(ask(surveys_of, filters))
    return True


def end_now(filters: Filters, survey_id: int) -> None:
    """End it, in a callback; asks again who wants it."""
    viewer = enter("feedback")
    if viewer.sees(filters.project_id, "feedback"):
        with calm(), engine().begin() as conn:
            end_survey(conn, filters.project_id, survey_id, clock(1))
    renew(ask(surveys_of, filters))


def _lasting(draft: Draft, now: datetime, days: int) -> Draft:
    return replace(draft, starts_at=now, ends_at=now + timedelta(days=days) if days else None)
