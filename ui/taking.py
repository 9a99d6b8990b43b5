"""What readers take along is counted, and what people wrote is noted besides."""

from functools import partial

import pandas as pd
import streamlit as st

from db.audit import Acting, acting, note, who_acts
from db.engine import engine
from db.security import count_export
from ui.filters import CHOSEN

WORDS = "comment"  # the column of what people wrote


def taking(data: pd.DataFrame) -> partial[None]:
    """What notes that whoever looks takes this along; to be called when they do, anywhere."""
    filters = st.session_state.get(CHOSEN)
    project_id = None if filters is None else filters.project_id
    return partial(take, data, project_id, who_acts())


def take(data: pd.DataFrame, project_id: int | None, who: Acting) -> None:
    """Count the rows as exported, and note it where they hold people's words."""
    count_export(project_id or 0, len(data))
    if WORDS in data:
        with acting(who.place, who.person_id), engine().begin() as conn:
            note(conn, "comments.export", "", project_id, rows=len(data))
