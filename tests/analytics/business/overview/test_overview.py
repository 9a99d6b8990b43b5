"""The summary of one page: the numbers of its questions, on one page, and nobody's markup."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader
from sqlalchemy import insert

from analytics.business.goals import FIGURES, Tracked, Tracking
from analytics.business.overview import as_html, as_pdf, letter_of, overview, page_of
from analytics.business.revenue.standing import standing
from analytics.one_page import NONE
from analytics.operations.health.reasons import verdict
from analytics.operations.health.system import SystemHealth
from analytics.scope import PUBLIC, Viewer
from analytics.wording import money
from db import tables
from db.business_settings import BusinessSettings, set_business_settings
from db.goals import Goal, set_goal
from tests.analytics.reference import anyone, asking
from tests.thorough import thorough

MONDAY = date(2026, 3, 23)
NOW = datetime(2026, 3, 30, 9, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> [x](https://evil.example)"
MOVED = (
    ("2026-01-01", "new", 900_000, 30),
    ("2026-02-01", "new", 123_456, 9),
    ("2026-02-01", "expansion", 7_801, 0),
    ("2026-02-01", "contraction", -4_002, 0),
    ("2026-02-01", "churn", -60_003, 2),
    ("2026-03-01", "reactivation", 9_900, 1),
)


@pytest.fixture
def filters(project):
    week = asking(project, MONDAY, MONDAY + timedelta(days=7), compare=True)
    return replace(week, now=NOW)


@pytest.fixture
def shop(conn, project, add_events):
    """Two people of a week, an hour of failures, and what three months earned."""
    add_events(
        project,
        "ann page_view 2026-03-23T10:00Z subject=start",
        "bob page_view 2026-03-24T10:00Z subject=start ok=0",
        "ann page_view 2026-03-16T10:00Z subject=start",
    )
    rows = [
        {"project_id": project.id, "currency": "EUR", "month": date.fromisoformat(month)}
        | {"kind": kind, "amount": amount, "customers": customers}
        for month, kind, amount, customers in MOVED
    ]
    conn.execute(insert(tables.mrr_months), rows)
    return project


class Text(HTMLParser):
    """The text of a document, and the tags that it is made of."""

    def __init__(self, html):
        super().__init__()
        self.said, self.tags = [], set()
        self.feed(html)

    def handle_starttag(self, tag, _):
        self.tags.add(tag)

    def handle_data(self, data):
        self.said.append(data)

    @property
    def line(self):
        return " ".join(" ".join(self.said).split())


def text_of(pdf):
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


def made(conn, project, filters, name="shop"):
    return overview(conn, anyone(project), filters, name)


FORMS = {
    "html": lambda made: Text(as_html(made)).line,
    "pdf": lambda made: text_of(as_pdf(made)),
    "markdown": lambda made: letter_of(made).markdown.replace("\\", ""),
}


@thorough
@pytest.mark.parametrize("form", FORMS)
def test_each_form_holds_the_numbers_of_the_page(conn, shop, filters, form):
    told = FORMS[form](made(conn, shop, filters))
    last = standing(conn, anyone(shop), filters).last
    assert last.end == 900_000 + 123_456 + 7_801 - 4_002 - 60_003
    for cents in (last.start, last.new, last.expansion, -last.contraction, -last.churn, last.end):
        assert money(cents, "EUR") in told
    assert "37" in told  # customers at the end of February
    assert "100%" in told.replace("100.0%", "100%")  # twice as many users as in the week before
    assert "Active users" in told
    assert "23 March 2026 to 29 March 2026" in told


def test_the_bridge_of_each_month_adds_up(conn, shop, filters):
    (revenue,) = (t for t in page_of(made(conn, shop, filters)).tables if t.title == "Revenue")
    rows = {row[0]: row[1:] for row in revenue.rows}
    assert rows["Start"][1] == money(900_000, "EUR")
    assert rows["End"][0] == rows["Start"][1]
    assert rows["End"][2] == money(967_252 + 9_900, "EUR")


def goal(metric, wanted, state, now, due=None):
    return Tracked(Goal(metric, wanted, due), FIGURES[metric], (now,), Tracking(state, now))


@pytest.fixture
def seen(conn, shop, filters):
    """The overview without goals, and with systems that nobody looks at."""
    return replace(made(conn, shop, filters), goals=(), health=SystemHealth())


@thorough
@pytest.mark.parametrize("form", FORMS)
def test_goals_in_danger_are_named_the_missed_ones_first(seen, form):
    risky = goal("mrr", 2_000_000, "at risk", 967_252.0)
    missed = goal("opt_in", 0.6, "missed", 0.55, date(2026, 3, 1))
    told = FORMS[form](replace(seen, goals=(risky, missed, goal("wau", 5, "reached", 9.0))))
    first = "Opt-in rate is 55.0%; the goal was ≥ 60.0% by 1 March 2026: missed."
    second = "MRR is €9,673; the goal is ≥ €20,000: at risk."
    assert told.index(first) < told.index(second) < told.index("Net revenue retention")
    assert "Weekly active users is" not in told


def test_without_anything_wrong_there_is_nothing_to_look_at(seen):
    assert page_of(seen).worries == ()


@thorough
@pytest.mark.parametrize("form", FORMS)
def test_systems_that_act_up_come_before_goals(seen, form):
    health = SystemHealth(
        uptime=0.99951, error_rate=0.0012, down=("Checkout",), firing=1, missed=("Fast", "Up")
    )
    told = FORMS[form](replace(seen, health=health, goals=(goal("mrr", 9e6, "at risk", 1.0),)))
    said = verdict(health)
    assert said.startswith("Act now: Checkout is down")
    assert told.index(said) < told.index("MRR is €0.01; the goal is ≥ €90,000: at risk.")
    assert "99.951%" in told
    assert "0.12%" in told


def test_objectives_that_the_line_has_no_room_for_are_named_too(seen):
    health = SystemHealth(uptime=1.0, missed=("A", "B", "C", "D"))
    said, more = page_of(replace(seen, health=health)).worries
    assert said == f"{verdict(health)}."
    assert more == "Objectives missed: A, B, C and D."


def test_all_goals_in_danger_still_leave_one_page(seen):
    lost = tuple(goal(key, 0.5, "missed", 0.25, date(2026, 3, 1)) for key in FIGURES)
    health = SystemHealth(uptime=0.9, down=("A",), missed=("B",), firing=3, open_incidents=2)
    full = replace(seen, goals=lost, health=health)
    page = page_of(full)
    assert page.worries[-1] == f"{len(FIGURES) - 5} more goals are missed or at risk: see below."
    (goals,) = (table for table in page.tables if table.title == "Goals")
    assert goals.rows[-1][0] == f"{len(FIGURES) - 9} more are on the page"
    assert lowest(as_pdf(full)) > 20


def lowest(pdf):
    """How far above the foot of the page the last line stands, in points."""
    heights = []
    (page,) = PdfReader(io.BytesIO(pdf)).pages

    def visit(text, _, at, *__):
        if text.strip():
            heights.append(at[5])

    page.extract_text(visitor_text=visit)
    return min(heights)


def test_amounts_of_goals_are_in_the_currency_of_the_project(conn, project, filters):
    set_business_settings(conn, project.id, BusinessSettings("GBP"))
    set_goal(conn, project.id, Goal("mrr", 2_000_000))
    (goals,) = (
        table for table in page_of(made(conn, project, filters)).tables if table.title == "Goals"
    )
    assert ("MRR", "≥ £20,000", NONE, "no data yet") in goals.rows


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_what_is_earned_in_other_currencies_is_told(conn, shop, filters, form):
    other = {"project_id": shop.id, "currency": "USD", "month": date(2026, 2, 1)}
    new = other | {"kind": "new", "amount": 234_500, "customers": 3}
    conn.execute(insert(tables.mrr_months).values(new))
    assert "MRR of $2,345 of 3 customers" in FORMS[form](made(conn, shop, filters))


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_a_project_without_anything_still_has_its_page(conn, project, filters, form):
    told = FORMS[form](made(conn, project, filters))
    assert "Nobody has paid yet" in told


@thorough
def test_names_are_text(conn, shop, filters):
    seen = made(conn, shop, filters, HOSTILE)
    found = Text(as_html(seen))
    assert "script" not in found.tags
    letter = letter_of(seen)
    assert "<script" not in letter.html
    assert "](https" not in letter.markdown


@thorough
def test_the_message_has_the_page_as_a_file(conn, shop, filters):
    letter = letter_of(made(conn, shop, filters))
    assert letter.attachment.name == "summary-2026-03-30.pdf"
    assert text_of(letter.attachment.content) == text_of(as_pdf(made(conn, shop, filters)))


@pytest.mark.parametrize("role", ["product", "operations", "member", "public"])
def test_who_may_not_see_the_business_gets_nothing(conn, shop, filters, role):
    viewer = Viewer(1, "", role, frozenset({shop.id})) if role != "public" else PUBLIC
    assert overview(conn, viewer, filters, "shop") is None
