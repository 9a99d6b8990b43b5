"""A summary is made once at its pace, at seven o'clock of the project, for those who want one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from db import tables
from db.access import create_project
from db.business_settings import BusinessSettings, set_business_settings
from db.targets import set_target
from jobs.summaries import LATE, due_span, summarise

MONDAY = datetime(2026, 3, 9, 7, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def shop(engine, pace="weekly", zone="UTC", kinds=("summary",)):
    with engine.begin() as conn:
        made = create_project(conn, f"shop {zone}", consent="opt-out", timezone=zone)
        set_business_settings(conn, made.id, replace(BusinessSettings(), summary_pace=pace))
        set_target(conn, made.id, "team", "json://127.0.0.1:1/secret", kinds)
    return made


def posted(engine):
    m = tables.messages.c
    with engine.connect() as conn:
        return conn.execute(select(m.kind, m.about, m.attachment_name)).all()


def test_a_week_is_told_on_monday_at_seven_and_once(own_engine):
    shop(own_engine)
    assert summarise(own_engine, MONDAY - SECOND) == 0
    assert summarise(own_engine, MONDAY) == 1
    assert summarise(own_engine, MONDAY + timedelta(hours=5)) == 0
    assert posted(own_engine) == [("summary", "weekly 2026-03-09", "summary-2026-03-09.pdf")]


def test_the_clock_is_that_of_the_project(own_engine):
    shop(own_engine, zone="Asia/Tokyo")
    morning = datetime(2026, 3, 8, 22, tzinfo=UTC)
    assert summarise(own_engine, morning - SECOND) == 0
    assert summarise(own_engine, morning) == 1


def test_one_that_was_missed_is_made_up_for_but_not_for_ever(own_engine):
    shop(own_engine)
    assert summarise(own_engine, MONDAY + LATE) == 0
    assert summarise(own_engine, MONDAY + LATE - SECOND) == 1


@pytest.mark.parametrize(("pace", "kinds"), [("never", ("summary",)), ("weekly", ("digest",))])
def test_none_is_made_that_nobody_wants(own_engine, pace, kinds):
    shop(own_engine, pace, kinds=kinds)
    assert summarise(own_engine, MONDAY) == 0
    assert posted(own_engine) == []


@pytest.mark.parametrize(
    ("pace", "today", "span"),
    [
        ("daily", date(2026, 3, 11), (date(2026, 3, 10), date(2026, 3, 11))),
        ("weekly", date(2026, 3, 9), (date(2026, 3, 2), date(2026, 3, 9))),
        ("weekly", date(2026, 3, 10), None),
        ("monthly", date(2026, 3, 1), (date(2026, 2, 1), date(2026, 3, 1))),
        ("monthly", date(2026, 3, 2), None),
        ("never", date(2026, 3, 9), None),
    ],
)
def test_each_pace_tells_whole_days(pace, today, span):
    assert due_span(pace, today) == span


def test_the_failure_of_one_project_does_not_keep_others_from_theirs(own_engine, monkeypatch):
    from jobs import summaries

    broken, _ = shop(own_engine), shop(own_engine, zone="Europe/Berlin")
    asked = summaries.overview

    def failing(conn, viewer, filters, name):
        if filters.project_id == broken.id:
            raise ValueError("no")
        return asked(conn, viewer, filters, name)

    monkeypatch.setattr(summaries, "overview", failing)
    assert summarise(own_engine, MONDAY) == 1
