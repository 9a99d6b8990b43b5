"""Flags: what is on for whom, making one, and switching it on, off or away at once."""

import streamlit as st

from analytics.choices import dimension_values
from analytics.experiments.asking import flags_of, may_change
from analytics.segments.asking import segments_of
from ui import words_flags
from ui.experiments_actions import LOOKING
from ui.filters import current_filters
from ui.flags import draw_new, flag_list
from ui.frame import ask, enter, fetch_all

viewer = enter("product")
filters = current_filters()
flags, values, segments = fetch_all(
    ask(flags_of, filters.project_id),
    ask(dimension_values, filters.project_id),
    ask(segments_of, filters.project_id),
)
changeable = may_change(viewer, filters.project_id)

st.subheader(words_flags.finding(flags), anchor=False, help=words_flags.HELP)
if not flags:
    st.markdown(words_flags.TEACHING)
flag_list(flags, {each.id: each.name for each in segments}, values, changeable=changeable)
if changeable:
    with st.container(border=True, key="card_new_flag"):
        st.subheader("Make a flag", anchor=False)
        draw_new(filters)
else:
    st.caption(LOOKING)
