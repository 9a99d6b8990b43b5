"""Errors: what fails, whom it meets and since when; with ?error=number all about one of them."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.operations.errors.listing import error_groups
from analytics.operations.errors.over_time import failures_by_day
from analytics.operations.errors.standing import error_standing
from analytics.operations.quality import whole_project
from ui import failure_list, words_failures
from ui.beginning import wait_for_events
from ui.failures import draw_course, draw_error, find_error
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch, fetch_all

enter("operations")
filters = whole_project(current_filters())
wait_for_events(filters, "what fails, whom it meets, and whether it is new or came back")
marks = fetch(annotations_in, filters)
asked = failure_list.ask_for()

if failure_list.is_number(asked):
    group = find_error(asked, filters)
    if group is None:
        st.info(words_failures.UNKNOWN)
    else:
        draw_error(group, marks, filters, clock(1))
else:
    standing, days = fetch_all(
        ask(error_standing, filters.project_id, clock(60)), ask(failures_by_day, filters)
    )
    failure_list.draw_standing(standing)
    state = failure_list.choose_state()
    errors = fetch(error_groups, filters, state, asked)
    failure_list.error_list(errors, state, asked, filters)
    if errors.empty and days.empty:
        failure_list.teach(filters)
    draw_course(days, marks, filters)
