"""Data quality: what to look at before believing a chart."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.operations import quality, samples
from analytics.operations.intake import freshness, intake
from analytics.operations.volumes import volumes, volumes_sql
from analytics.showing import shown
from ui import charts, words_quality
from ui.cards import chart_card, table_card, text_card
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch_all
from ui.tables import CONSENT, PROPERTIES, VOLUMES, reasons

viewer = enter("product")
filters = quality.whole_project(current_filters())
project = filters.project_id
fresh, sent, lost, events, late, found, said, waited, marks = fetch_all(
    ask(freshness, project, clock(10)),
    ask(intake, filters),
    ask(quality.losses, filters),
    ask(volumes, filters),
    ask(samples.clocks, filters),
    ask(samples.new_properties, filters),
    ask(quality.consent, project),
    ask(quality.rolling, project),
    ask(annotations_in, filters),
)

text_card(
    words_quality.facts(fresh, sent, late, waited, clock(1)),
    title=words_quality.verdict(fresh, sent, clock(1)),
    help="Of the whole project in this range: filters on dimensions don't apply here.",
    name="verdict",
)
left, right = st.columns([3, 2])
with left:
    lost = reasons(lost)
    chart_card(
        charts.line(lost, quality.DROPPED, grain="day", zone=filters.zone, marks=marks),
        lost,
        title=words_quality.losing(sent).capitalize(),
        help=quality.DROPPED.definition,
        name="losses",
        empty="Everything that was sent in this range was kept.",
        query=lambda: shown(quality.losses_sql(viewer, filters)),
    )
with right:
    chart_card(
        charts.bars(late, label="delay", value="events", label_title="", value_title="Events"),
        late,
        title=words_quality.clocks_finding(late),
        help="How long after they happened the latest events of the range were received.",
        name="clocks",
        note="The latest 20,000 events at most.",
        query=lambda: shown(samples.clocks_sql(viewer, filters)),
    )
table_card(
    events,
    title=words_quality.events_finding(events),
    help="Every event by its name: since when it comes, and how its number changed.",
    name="volumes",
    columns=VOLUMES,
    query=lambda: shown(volumes_sql(viewer, filters)),
)
left, right = st.columns(2)
with left:
    table_card(
        found,
        title=words_quality.properties_finding(found),
        help="Properties that events carried this week and not in the four weeks before.",
        name="new_properties",
        columns=PROPERTIES,
        note="From samples of some 20,000 events: what few events carry may be missed.",
        empty="This week's events carry the properties of the four weeks before.",
        query=lambda: shown(samples.new_properties_sql(viewer, filters)),
    )
with right:
    table_card(
        said,
        title=words_quality.consent_finding(said),
        help="People who granted or refused. Of all others the project's mode decides.",
        name="consent",
        columns=CONSENT,
        empty="Nobody has granted or refused a purpose yet.",
        query=lambda: shown(quality.consent_sql(viewer, project)),
    )
