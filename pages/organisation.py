"""Organisation: who is active, what it costs by team, what it brings in, and its settings."""

import streamlit as st

from analytics.community.members import members_of
from analytics.community.organisation import organisations_of
from analytics.community.report import report
from ui import organisation as ours
from ui import words_organisation
from ui.frame import ask, clock, enter, fetch, fetch_all
from ui.models import models_card
from ui.organisation_members import draw_members
from ui.organisation_report import draw_report
from ui.organisation_settings import draw_return, draw_settings
from ui.windows import choose_days

viewer = enter("organisation")
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    chosen = ours.choose_organisation(fetch(organisations_of))
    days = choose_days()
    reports = st.container(horizontal=True, width="content")
if chosen is None:
    st.info(words_organisation.NOBODYS)
    st.stop()

written, members = fetch_all(ask(report, chosen.uid, days, clock()), ask(members_of, chosen.uid))
query = ours.query_of(viewer, chosen, days)

if written is None or not written.usage.days:
    st.info(words_organisation.NOTHING_YET)
else:
    usage = written.usage
    with reports:
        draw_report(written)
    ours.draw_tiles(usage)
    draw_return(written)
    ours.draw_daily(usage, query)
    ours.draw_teams(usage, written.assumed["credit_price"].likely, query)
    left, right = st.columns(2)
    with left:
        ours.draw_packages(usage, query)
    with right:
        ours.draw_leaderboard(usage)
        models_card(usage.models, whose="the", query=query)
draw_members(viewer, chosen, members)
draw_settings(chosen)
