"""The executive summary: worry first, money to the cent, goals, and the page to take along."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select

from db import tables
from db.goals import Goal, drop_goal, set_goal
from db.incidents import NewIncident, open_incident
from tests.analytics.business.overview.test_overview import Text
from ui import executive

TODAY = datetime.now(UTC).date()
THIS = TODAY.replace(day=1)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>")


def months_ago(count):
    number = THIS.year * 12 + THIS.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


@pytest.fixture
def shop(conn, project, add_events):
    """Somebody yesterday, and two months of revenue."""
    add_events(project, f"ann page_view {TODAY.isoformat()}T00:00Z platform=web subject=start")
    rows = [
        (months_ago(2), "new", 500_000, 10),
        (months_ago(1), "new", 123_456, 3),
        (months_ago(1), "churn", -23_400, 1),
    ]
    conn.execute(
        insert(tables.mrr_months),
        [
            {"project_id": project.id, "currency": "EUR", "month": month, "kind": kind}
            | {"amount": amount, "customers": customers}
            for month, kind, amount, customers in rows
        ],
    )
    conn.commit()
    return project


def figures(shown):
    return {metric.label: metric.value for metric in shown.metric}


def goals_shown(shown):
    """The rows of the table of goals, by their heads."""
    (body,) = (html.proto.body for html in shown.get("html") if "<table>" in html.proto.body)
    head, *rows = (CELL.findall(row) for row in body.split("<tr>")[1:])
    return [dict(zip(head, map(unescape, row), strict=True)) for row in rows]


def texts(shown):
    kinds = ("subheader", "markdown", "caption", "info")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(shown, kind))


def goals_of(conn, project):
    g = tables.goals.c
    return conn.execute(
        select(g.metric, g.value, g.is_dropped).where(g.project_id == project.id)
    ).all()


def test_revenue_is_that_of_the_last_whole_month(show, shop):
    shown = show("executive", "executive", shop)
    assert not shown.exception
    told = figures(shown)
    assert told["MRR"] == "€6,001"
    assert told["Customers"] == "12"
    assert told["Net revenue retention"] == "95.3%"
    assert told["Customer churn"] == "10.0%"
    assert f"MRR up €1,001 in {months_ago(1):%B}, to €6,001" in texts(shown)


def test_without_revenue_one_learns_how_to_send_it(show, project, add_events, conn):
    add_events(project, f"ann page_view {TODAY.isoformat()}T00:00Z platform=web subject=start")
    conn.commit()
    shown = show("executive", "executive", project)
    assert "POST /api/v1/revenue/subscriptions" in texts(shown)
    assert not shown.exception


def test_the_state_of_systems_stands_first(show, shop):
    shown = show("executive", "executive", shop)
    assert "Systems" in shown.markdown[0].value


def test_systems_that_act_up_stand_first_in_a_box_with_words_and_a_sign(show, conn, shop):
    now = datetime.now(UTC)
    open_incident(conn, shop.id, NewIncident("Payments fail", "critical", now), now)
    conn.commit()
    shown = show("executive", "executive", shop)
    (box,) = shown.error
    assert "Act now: 1 incident open" in box.value.replace("\\", "")
    assert box.icon == ":material/error:"
    assert not any("Systems" in each.value for each in shown.markdown)


def test_goals_are_told_those_in_danger_first(show, conn, shop):
    set_goal(conn, shop.id, Goal("mrr", 2_000_000))
    set_goal(conn, shop.id, Goal("customers", 5))
    conn.commit()
    shown = show("executive", "executive", shop)
    goals = goals_shown(shown)
    states = {goal["Figure"]: goal["State"] for goal in goals}
    assert states["MRR"].endswith("at risk")
    assert states["Customers"].endswith("reached")
    assert states["Opt-in rate"].endswith("no data yet")
    order = [goal["State"].split(" ", 1)[1] for goal in goals]
    assert order == sorted(
        order, key=["missed", "at risk", "on track", "reached", "no data yet"].index
    )


def with_open(door, shown):
    """The page when somebody has opened one of its doors."""
    shown.session_state[door] = True
    return shown.run()


def test_what_is_behind_a_door_is_drawn_while_it_is_open(show, shop):
    shown = show("executive", "executive", shop)
    keys = {each.key for each in (*shown.selectbox, *shown.number_input, *shown.date_input)}
    assert not keys & {"goal_of", "summary_pace"}
    assert with_open("change_goals", shown).selectbox(key="goal_of")


def test_a_goal_is_set_dropped_and_had_back(show, conn, shop):
    shown = with_open("change_goals", show("executive", "executive", shop))
    shown.selectbox(key="goal_of").set_value("uptime").run()
    shown.number_input(key="goal_value_uptime").set_value(99.5)
    shown.button(key="goal_save").click().run()
    assert not shown.exception
    conn.rollback()
    assert goals_of(conn, shop) == [("uptime", pytest.approx(0.995), False)]
    shown.button(key="goal_drop").click().run()
    conn.rollback()
    assert goals_of(conn, shop) == [("uptime", 0.0, True)]
    shown.button(key="goal_reset").click().run()
    conn.rollback()
    assert goals_of(conn, shop) == []


def test_how_often_the_summary_is_sent_is_chosen(show, conn, shop):
    shown = with_open("send_summary", show("executive", "executive", shop))
    shown.selectbox(key="summary_pace").set_value("daily").run()
    assert not shown.exception
    conn.rollback()
    settings = tables.business_settings.c
    assert conn.execute(select(settings.summary_pace)).scalars().all() == ["daily"]


@pytest.fixture
def sheets(monkeypatch):
    """What the page offers to take along, by form, as text; read once the page is shown."""
    offered = {}

    def keep(_, __, pdf, html):
        offered.update(pdf=lambda: pdf_text(pdf()), html=lambda: Text(html()).line)

    monkeypatch.setattr(executive, "offer_report", keep)
    return offered


def pdf_text(pdf):
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


def test_the_sheet_says_what_the_page_says(show, conn, shop, sheets):
    set_goal(conn, shop.id, Goal("mrr", 2_000_000, TODAY - timedelta(days=1)))
    set_goal(conn, shop.id, Goal("customers", 5))
    drop_goal(conn, shop.id, "page_load_p95", None)
    now = datetime.now(UTC)
    open_incident(conn, shop.id, NewIncident("Payments fail", "critical", now), now)
    conn.commit()
    shown = show("executive", "executive", shop)
    goals = goals_shown(shown)
    for form in ("pdf", "html"):
        told = sheets[form]()
        for label, value in figures(shown).items():
            assert value in told, (form, label)
        for goal in goals:
            state = goal["State"].split(" ", 1)[1]
            assert f"{goal['Figure']} {goal['Goal']} {goal['Now']} {state}" in told
        assert f"MRR is €6,001; the goal was ≥ €20,000 by {shown_day(1)}: missed." in told
        assert told.index("Act now: ") < told.index("MRR is")


def shown_day(ago):
    return f"{TODAY - timedelta(days=ago):%-d %B %Y}"


def test_the_summary_is_offered_as_pdf_and_html(show, shop):
    shown = show("executive", "executive", shop)
    labels = [button.label for button in shown.get("download_button")]
    assert {"Summary (PDF)", "Summary (HTML)"} <= set(labels)
