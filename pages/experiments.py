"""Experiments: which run and what may be concluded; with ?experiment=key all about one of them."""

import streamlit as st

from analytics.experiments.asking import experiments_of, phases_of
from analytics.experiments.results import results, verdicts
from ui.experiments import choose_experiment, experiment_list
from ui.experiments_aa import offer_a_a
from ui.experiments_actions import draw_actions
from ui.experiments_head import choose_phase, draw_facts, draw_verdict, draw_waiting
from ui.experiments_more import draw_definition, draw_deletions, draw_history, draw_parts
from ui.experiments_results import draw_arrivals, draw_results, draw_split
from ui.filters import current_filters
from ui.frame import enter, fetch

viewer = enter("product")
filters = current_filters()
about = filters.project_id
experiments = fetch(experiments_of, about)
chosen = choose_experiment(experiments)

if chosen is None:
    experiment_list(experiments, fetch(verdicts, about))
    offer_a_a(filters)
    draw_deletions(filters)
else:
    phase = choose_phase(chosen, fetch(phases_of, about, chosen.id))
    found = fetch(results, about, chosen.key, phase)
    verdict = found.reading.verdict if found else None
    draw_verdict(chosen, verdict)
    draw_actions(viewer, filters, chosen, verdict)
    if found and not found.people:
        draw_waiting(chosen)
    right = st.container()
    if found and found.people:
        draw_facts(chosen, found)
        draw_results(viewer, filters, chosen, found)
        draw_parts(viewer, filters, chosen, found)
        left, right = st.columns(2)
        with left:
            draw_split(viewer, filters, chosen, found)
            draw_arrivals(viewer, filters, chosen, found)
    with right:
        draw_definition(filters, chosen)
    draw_history(filters, chosen)
