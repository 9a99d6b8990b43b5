"""Versions: how they are taken up, who is still on an old one, and which of them fails more."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.operations.intake import freshness
from analytics.product.versions import (
    VERSION_SHARE,
    version_errors,
    version_errors_sql,
    version_shares,
    version_shares_sql,
    version_users,
    version_users_sql,
)
from analytics.showing import shown
from ui import charts, words, words_adoption
from ui.adoption import VERSION_ERRORS, VERSIONS
from ui.beginning import wait_for_events
from ui.cards import chart_card, table_card
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch_all
from ui.terms import choose_interval

viewer = enter("product")
filters = current_filters()
wait_for_events(filters, "which versions people are on, and which of them fails more")
filters = choose_interval(filters, by_day=28)
shares, users, errors, marks, fresh = fetch_all(
    ask(version_shares, filters),
    ask(version_users, filters),
    ask(version_errors, filters),
    ask(annotations_in, filters),
    ask(freshness, filters.project_id, clock(10)),
)
if filters.anonymous:
    st.info(words_adoption.NO_IDS)
else:
    chart_card(
        charts.line(shares, VERSION_SHARE, grain=filters.grain, zone=filters.zone, marks=marks),
        shares,
        title=words_adoption.shares_finding(users),
        help=words_adoption.VERSIONS,
        name="versions",
        note=f"{words.legend(filters, compared=False)} {words.freshness(fresh, clock(1))}.",
        query=lambda: shown(version_shares_sql(viewer, filters)),
    )

left, right = st.columns([2, 3])
with left:
    table_card(
        users,
        title=words_adoption.versions_finding(users),
        help=words_adoption.OLD,
        name="version_users",
        columns=VERSIONS,
        query=lambda: shown(version_users_sql(viewer, filters)),
    )
with right:
    table_card(
        errors,
        title=words_adoption.regression_finding(errors),
        help=words_adoption.VERSION_ERRORS,
        name="version_errors",
        columns=VERSION_ERRORS,
        query=lambda: shown(version_errors_sql(viewer, filters)),
    )
