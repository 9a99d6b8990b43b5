"""What was planted in the demo is found on the product pages, by reading them.

By how much is counted in the very events that they show: it is what was planted but for chance, as
`tests/db/demo` finds where there are enough of them.
"""

import re
from datetime import timedelta
from itertools import pairwise

import pandas as pd
import pytest
from sqlalchemy import select

from db.tables import events as stored
from db.tables import planted_truths
from tests.analytics.product.funnels.reference import Happened, outcome, table
from tests.browser.visitor import LOOKS
from tests.db.demo.frames import dated
from tests.db.demo.used import completion, retention_day_7, sticky_feature, version_regression
from tests.thorough import thorough

COLUMNS = ("actor_key", "name", "subject", "ok", "platform", "app_version")
MICROSECOND = timedelta(microseconds=1)
PAGES = {
    "funnels": "range=90d&steps=sign_up~template_used~upgrade&window=7d",
    "retention": "range=90d",
    "lifecycle": "range=90d",
    "journeys": "",
    "sessions": "",
    "adoption": "range=90d&adopted=template_used",
    "versions": "range=90d",
    "commands": "",
    "segments": "",
    "quality": "",
    "feedback": "range=90d",
    "roadmap": "range=90d",
}


@pytest.fixture(scope="module")
def events(product, truths):
    """The demo's events, with their day and the first day of their actor."""
    project = select(planted_truths.c.project_id).where(planted_truths.c.name == "sticky_feature")
    columns = [stored.c[name] for name in (*COLUMNS, "occurred_at")]
    query = select(*columns).where(stored.c.project_id == project.scalar_subquery())
    with product.begin() as conn:
        return dated(pd.read_sql(query, conn))


def come_to(events, steps, window):
    """How many come to each step of a funnel."""
    found = events[events["name"].isin(steps)]
    micros = found["occurred_at"].dt.as_unit("us").astype("int64")
    outcomes = []
    for _, own in found.assign(at=micros).groupby("actor_key"):
        did = zip(own["at"], own["name"], strict=True)
        history = [Happened(at, frozenset({steps.index(name)})) for at, name in did]
        until = micros.max() + 1
        outcomes.append(
            outcome(history, len(steps), "ordered", window // MICROSECOND, until, until)
        )
    return [row["actors"] for row in table([one for one in outcomes if one], len(steps))]


def number(pattern, text):
    """The number that stands where the pattern has a group."""
    found = re.search(pattern, text)
    assert found, f"nothing like '{pattern}' in: {text}"
    return float(found[1])


@thorough
@pytest.mark.parametrize("page", PAGES)
def test_every_product_page_is_drawn_in_every_look(visit, page, picture):
    visitor = visit("product").open(f"/{page}?{PAGES[page]}")
    for look in LOOKS:
        picture(visitor.wear(look), f"{page}-{look}")
        assert visitor.count("[data-testid=stException], [data-testid=stAlert]") == 0, look
        assert visitor.count("[data-testid=stHeading]") > 1, look
        assert not visitor.overflows(), look


@thorough
def test_the_funnel_leaks_where_people_stopped(visit, events):
    steps = ("sign_up", "template_used", "upgrade")
    visitor = visit("product").open("/trends").go("Funnels")
    visitor.page.get_by_role("button", name="Views").click()
    visitor.page.get_by_role("link", name="Sign-up to upgrade").first.click()
    visitor.page.get_by_text("come to upgrade").wait_for()
    text = visitor.settle().text
    found = [(int(count), int(share)) for count, share in re.findall(r"(\d+) · (\d+)%", text)]
    came = come_to(events, steps, timedelta(days=7))
    assert found == [(there, round(100 * there / of)) for of, there in pairwise(came)]


@thorough
def test_the_template_that_few_complete_is_named(visit, truths, events):
    where, _ = truths["completion_onboarding"]
    visitor = visit("product").open(f"/adoption?range=90d&adopted={where['start']}")
    least = number(r"“onboarding” is completed least: (\d+)%", visitor.text)
    assert least / 100 == pytest.approx(completion(events, where), abs=0.005)


@thorough
def test_the_version_that_fails_more_is_named(visit, truths, events):
    where, _ = truths["version_regression"]
    visitor = visit("product").open("/versions?range=90d")
    named = rf"{where['app_version']} on {where['platform']} fails ([\d.]+) times as often"
    assert number(named, visitor.text) == pytest.approx(version_regression(events, where), abs=0.05)


def since(where, events):
    """The address' words for the days since everybody who comes first is new, one by one."""
    return (
        f"range=custom&dates={where['first_seen_from']}&dates={events['day'].max():%Y-%m-%d}"
        "&interval=day"
    )


@thorough
def test_who_comes_back_after_a_week_is_counted(visit, truths, events):
    where, _ = truths["retention_day_7"]
    visitor = visit("product").open(f"/retention?{since(where, events)}")
    back = number(r"Started Monday to Friday: ([\d.]+)% after a week", visitor.text)
    assert back / 100 == pytest.approx(retention_day_7(events, where), abs=0.0005)


@thorough
def test_who_adopts_the_sticky_feature_is_back_more_often(visit, truths, events):
    where, _ = truths["sticky_feature"]
    did = f"split=What+they+did+first&did={where['name']}+%C2%B7+{where['subject']}"
    visitor = visit("product").open(f"/retention?{since(where, events)}&{did}")
    often = number(r"is back ([\d.]+) times as often after a week", visitor.text)
    assert often == pytest.approx(sticky_feature(events, where | {"day": 7}), abs=0.05)
