"""The Trends page: its choices, what they draw, and what a closed tab leaves alone."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.thorough import thorough

NOW = datetime.now(UTC)


def day(ago, hour=10):
    return (NOW - timedelta(days=ago)).strftime(f"%Y-%m-%dT{hour:02}:00Z")


@pytest.fixture
def shop(conn, project, add_events):
    """Three people over ten days, in three countries, who view and ask."""
    add_events(
        project,
        *(
            f"{who} {name} {day(ago)} platform={platform} country={country} subject={subject}"
            f" session={who}{ago} duration=30 properties={sent}"
            for ago in range(1, 11)
            for who, platform, country in (
                ("ann", "web", "DE"),
                ("bob", "ios", "US"),
                ("cem", "ios", "SG"),
            )
            for name, subject, sent in (
                ("page_view", "start", '{"tab":"a"}'),
                ("ask", "nova", json.dumps({"model": f"m{ago % 2}"}, separators=(",", ":"))),
            )
        ),
    )
    conn.commit()
    return project


def titles(shown):
    return [element.value for element in shown.subheader]


def said(shown):
    return "\n".join(element.value for element in shown.caption)


def specs(shown):
    return [json.loads(chart.proto.spec) for chart in shown.get("vega_lite_chart")]


def names(spec):
    """The series that the colours of a chart stand for."""
    domains = [
        layer["encoding"]["color"]["scale"]["domain"]
        for group in spec["layer"]
        for layer in group.get("layer", [group])
        if "scale" in layer.get("encoding", {}).get("color", {})
    ]
    return domains[0]


def test_by_default_one_line_and_the_top_subjects_are_shown(show, shop):
    shown = show("trends", "product", shop)
    assert not shown.exception
    assert titles(shown)[0].startswith("Active users a day")
    assert titles(shown)[1:] == ["Top subjects"]


@pytest.mark.parametrize(
    ("part", "title"),
    [("Hours", "Busiest on "), ("Countries", "leads with 33.3% of active users")],
)
def test_a_tab_of_the_address_is_open(show, shop, part, title):
    shown = show("trends", "product", shop, part=part)
    assert not shown.exception
    assert title in titles(shown)[1]


def test_a_country_that_the_map_has_no_shape_for_is_listed(show, shop):
    shown = show("trends", "product", shop, part="Countries")
    assert "Not on the map: Singapore 1." in said(shown)
    assert len(shown.get("vega_lite_chart")) == 3


def test_several_metrics_and_their_ratio_share_a_chart(show, shop):
    shown = show("trends", "product", shop, metric_b="Events", of_b="ask", ratio="true")
    assert not shown.exception
    assert titles(shown)[0].startswith("Active users and Events \u00b7 ask, ")
    assert names(specs(shown)[0]) == ["A Active users", "B Events \u00b7 ask", "A / B"]


def test_four_lines_fit(show, shop):
    shown = show(
        "trends", "product", shop, metric_b="Events", metric_c="Failures", metric_d="Error rate"
    )
    assert not shown.exception
    assert len(names(specs(shown)[0])) == 4


@thorough
def test_a_breakdown_says_whether_its_parts_may_be_added(show, shop):
    assert "may not be added" in said(show("trends", "product", shop, by="Platform"))
    assert "add up" in said(show("trends", "product", shop, by="Platform", metric="Events"))


def test_the_properties_of_the_chosen_event_part_its_trend(show, shop):
    shown = show("trends", "product", shop, of="ask", by="property:model", part="Values")
    assert not shown.exception
    assert "read from raw events" in said(shown)
    values = shown.dataframe[0].value
    assert values["series"].tolist() == ["All", "m0", "m1"]
    assert values["value"].tolist() == [3, 3, 3]


def test_the_properties_of_an_event_are_not_offered_for_another(show, shop):
    shown = show("trends", "product", shop, of="page_view", by="property:model")
    assert not shown.exception
    assert shown.selectbox(key="by").value == "Nothing"
    assert "property:tab" in shown.selectbox(key="by").options


@pytest.mark.parametrize(
    ("reading", "title"),
    [("cumulative", "Events so far"), ("7-period average", "Events a day, on average of 7,")],
)
def test_a_line_can_be_read_in_other_ways(show, shop, reading, title):
    shown = show("trends", "product", shop, metric="Events", reading=reading)
    assert not shown.exception
    assert titles(shown)[0].startswith(title)


def test_a_logarithmic_scale_draws_no_zero(show, shop):
    shown = show("trends", "product", shop, metric="Events", log="true")
    assert not shown.exception
    scale = specs(shown)[0]["layer"][0]["encoding"]["y"]["scale"]
    assert scale["type"] == "log"
    assert "no place on a logarithmic scale" in said(shown)


def test_what_no_metric_can_tell_is_said_in_a_sentence(show, shop):
    shown = show("trends", "product", shop, of="ask", metric="New users")
    assert not shown.exception
    assert "of all events together" in shown.warning[0].value
