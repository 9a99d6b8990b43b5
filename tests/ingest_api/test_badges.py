"""Badges and cards: what they say, and that nothing of it is more than text."""

from uuid import uuid4
from xml.etree import ElementTree

import pytest

from ingest_api.public.drawing import THEMES, badge, card, width_of
from ingest_api.public.figures import METRICS, NOTHING, shortened
from tests.analytics.community.blocks import (
    make_package,
    publish_days,
    publish_until,
)
from tests.ingest_api.test_published_routes import LAST, history

HOSTILE = "</text><script>alert(1)</script>\x00\x1b[31m & \"'\ud800🙂"


@pytest.fixture
def package(door):
    with door.engine.begin() as conn:
        publish_until(conn, door.project, LAST)
        made = make_package(conn, door.project, f"package-{uuid4().hex}")
        publish_days(conn, made, list(history()))
    return made


def texts(svg):
    tree = ElementTree.fromstring(svg)
    return [each.text for each in tree.iter("{http://www.w3.org/2000/svg}text")]


SAID = {
    "runs": ["tested", "420 times"],
    "users": ["people", "10+"],
    "success": ["success rate", "86.7%"],
    "rating": ["rating", "4.8/5 (420)"],
    "growth": ["this week", "+100%"],
    "model": ["best on", "m1"],
    "downloads": ["downloads", "210 in 30 days"],
}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("theme", THEMES)
def test_a_badge_says_its_figure_on_either_ground(client, package, metric, theme):
    answer = client.get(f"/badge/{package.uid}/{metric}.svg?theme={theme}")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert texts(answer.content) == SAID[metric]
    assert THEMES[theme].value.encode() in answer.content


@pytest.mark.parametrize("path", ["/badge/{}/runs.svg", "/card/{}.svg"])
def test_who_asks_for_the_head_alone_gets_it(client, package, path):
    told, head = (ask(path.format(package.uid)) for ask in (client.get, client.head))
    assert head.status_code == 200
    assert not head.content
    assert head.headers["etag"] == told.headers["etag"]


def test_a_badge_may_be_shown_on_any_page_and_runs_nothing(client, package):
    headers = client.get(f"/badge/{package.uid}/runs.svg").headers
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_who_has_a_badge_hears_that_it_has_not_changed(client, package):
    path = f"/badge/{package.uid}/runs.svg"
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_badge_of_a_package_that_nobody_used_says_so(client, door):
    with door.engine.begin() as conn:
        young = make_package(conn, door.project, f"young-{uuid4().hex}")
    for metric in METRICS:
        assert texts(client.get(f"/badge/{young.uid}/{metric}.svg").content)[1] == NOTHING
    assert texts(client.get(f"/card/{young.uid}.svg").content)[1] == "Not enough yet."


@pytest.mark.parametrize("query", ["/runs.svg?theme=pink", "/secrets.svg", "/runs.svg?theme="])
def test_another_metric_or_theme_is_refused(client, package, query):
    assert client.get(f"/badge/{package.uid}{query}").status_code == 422


def test_a_card_says_what_there_is_a_line_each(client, package):
    assert texts(client.get(f"/card/{package.uid}.svg?theme=dark").content) == [
        package.name,
        "Tested 420 times by 10+ people",
        "Rated 4.8 of 5, by 420 ratings",
        "86.7% success rate",
        "Best on m1 (100.0%)",
        "+100% runs this week",
        "The last 30 days, as whole days of five people or more",
    ]


def test_what_somebody_wrote_is_text_in_a_picture_and_nothing_else():
    text = shortened(HOSTILE)
    for picture in (badge("best on", text, "light"), card(text, [text], text, "dark")):
        tree = ElementTree.fromstring(picture)
        names = {each.tag.split("}")[1] for each in tree.iter()}
        assert names <= {"svg", "title", "clipPath", "rect", "g", "text"}
        assert text in texts(picture)


def test_a_long_name_is_cut_where_the_badge_would_grow_too_wide():
    assert shortened("x" * 41) == "x" * 39 + "…"
    assert shortened("x" * 40) == "x" * 40


def test_wide_letters_take_more_room_than_narrow_ones():
    assert width_of("il") < width_of("an") < width_of("漢字")


@pytest.mark.parametrize("theme", THEMES)
def test_texts_stand_out_from_their_ground(theme):
    colours = THEMES[theme]
    pairs = [
        (colours.label, colours.label_text),
        (colours.value, colours.value_text),
        (colours.card, colours.title),
        (colours.card, colours.text),
    ]
    assert all(contrast(*pair) >= 4.5 for pair in pairs)


def contrast(*pair):
    """By how much one colour is lighter than the other (WCAG 2.2, relative luminance)."""
    dark, light = sorted(luminance(colour) for colour in pair)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
