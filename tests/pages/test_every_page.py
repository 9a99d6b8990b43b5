"""What holds for all pages, those that are still to come included."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ui import frame

PAGES = sorted(path.stem for path in Path("pages").glob("*.py") if path.stem != "public")
NOW = datetime.now(UTC)


def at(days_ago, minute=0):
    return (NOW - timedelta(days=days_ago)).strftime(f"%Y-%m-%dT10:{minute:02}Z")


@pytest.fixture
def shop(conn, project, add_events):
    """Some people over five weeks, who view, sign up, use and fail."""
    add_events(
        project,
        *(
            f"u{who} {name} {at(days, minute)} platform={platform} app_version=1.{who} country=DE "
            f"channel=ads plan=free session=s{who}-{days} subject={subject} ok={ok} duration=20"
            for who, platform in enumerate(("web", "ios", "android", "cli"))
            for days in (1, 2, 8, 15, 30)
            for minute, (name, subject, ok) in enumerate(
                (
                    ("page_view", "home", 1),
                    ("sign_up", "", 1),
                    ("template_used", "invoice", 1),
                    ("feature_use", "search", who % 2),
                    ("command_run", "build", who % 2),
                )
            )
        ),
    )
    conn.commit()
    return project


@pytest.fixture
def asked(monkeypatch):
    """How often each question was asked of the caches, by its name and arguments."""
    counted = Counter()
    ask = frame._ask

    def remember(viewer, question):
        counted[question.name, question.timeless, repr(sorted(question.kwargs.items()))] += 1
        return ask(viewer, question)

    monkeypatch.setattr(frame, "_ask", remember)
    return counted


def assert_every_chart_can_be_taken_away_linked_and_questioned(shown):
    charts = len(shown.get("vega_lite_chart"))
    for label in ("Link", "Query"):
        doors = [
            popover for popover in shown.get("popover") if popover.proto.popover.label == label
        ]
        assert len(doors) >= charts, label
    downloads = [b for b in shown.get("download_button") if b.proto.label == "CSV"]
    assert len(downloads) >= charts


@pytest.mark.parametrize("page", PAGES)
def test_a_page_draws_its_charts_with_doors_and_asks_nothing_twice_in_one_run(
    show, shop, asked, page
):
    shown = show(page, "admin", shop)
    assert not shown.exception
    assert not shown.error
    assert len(shown.title) == 1
    assert_every_chart_can_be_taken_away_linked_and_questioned(shown)
    asked.clear()
    shown.run()
    assert asked
    assert {question: times for question, times in asked.items() if times > 1} == {}
