"""My usage: what I ran and what it was worth, my tokens, what is held of me and how to erase it."""

import streamlit as st

from analytics.community.members import my_memberships
from analytics.community.person import my_usage
from analytics.community.tokens import my_tokens
from ui import my_usage as mine
from ui import words_my_usage
from ui.frame import ask, clock, enter, fetch_all
from ui.models import models_card
from ui.my_data import draw_data
from ui.my_memberships import draw_memberships
from ui.my_tokens import draw_tokens
from ui.windows import choose_days

viewer = enter("own")
days = choose_days()
now = clock(10)
usage, year, memberships, tokens = fetch_all(
    ask(my_usage, days, now), ask(my_usage, mine.YEAR, now), ask(my_memberships), ask(my_tokens)
)
query = mine.query_of(viewer, days, now)

if not viewer.actors:
    st.info(words_my_usage.UNKNOWN)
    st.code(words_my_usage.LINKING, language="shell")
elif not year.runs:
    st.info(words_my_usage.NO_RUN)
else:
    mine.draw_tiles(usage)
    mine.draw_glance(usage)
    mine.draw_calendar(year, mine.query_of(viewer, mine.YEAR, now))
    left, right = st.columns([4, 5])
    with left:
        mine.draw_packages(usage, query)
    with right:
        models_card(usage.models, whose="your", query=query)
        mine.draw_speed(usage, query)
draw_memberships(memberships)
draw_tokens(tokens)
draw_data(viewer)
