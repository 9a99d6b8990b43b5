"""Where saved funnels lose people, at subjects of their steps."""

import sys
from datetime import date

import pytest

from analytics.feedback.roadmap import drop_offs
from analytics.product.funnels import raw
from analytics.scope import PUBLIC
from db.access import ensure_person
from db.views import Keeper, save_view
from tests.analytics.reference import anyone, asking

FUNNEL = "steps=open~use!subject:eq:export~pay&window=1d"


@pytest.fixture
def shop(conn, project, add_events):
    """Of ten who open, five export, and of these four never pay."""
    lines = [f"u{n} open 2026-03-02T10:00Z" for n in range(10)]
    lines += [f"u{n} use 2026-03-02T11:00Z subject=export" for n in range(5)]
    add_events(project, *lines, "u1 pay 2026-03-02T12:00Z")
    return project


@pytest.fixture
def save(conn, shop):
    person = ensure_person(conn, "anyone@example.org", "admin", (shop.id,))

    def keep(name, query, page="funnels"):
        save_view(conn, Keeper(shop.id, person), page, name, query, ("admin",))

    return keep


def asked(project):
    return asking(project, date(2026, 3, 1), date(2026, 3, 8))


def found(conn, shop, *subjects):
    rows = drop_offs(conn, anyone(shop), asked(shop), subjects)
    return rows.values.tolist()


def test_the_larger_loss_beside_the_step_counts(conn, shop, save):
    save("Paying", FUNNEL)
    assert found(conn, shop, "export") == [["export", "Paying", 0.8]]


def test_the_last_step_has_only_the_loss_before_it(conn, shop, save):
    save("Exporting", "steps=open~use!subject:eq:export&window=1d")
    assert found(conn, shop, "export") == [["export", "Exporting", 0.5]]


def test_of_several_funnels_the_one_that_loses_most_counts(conn, shop, save):
    save("Exporting", "steps=open~use!subject:eq:export&window=1d")
    save("Paying", FUNNEL)
    assert found(conn, shop, "export") == [["export", "Paying", 0.8]]


@pytest.mark.parametrize("subjects", [(), ("",), ("share",)])
def test_what_no_funnel_asks_for_has_none(conn, shop, save, subjects):
    save("Paying", FUNNEL)
    assert found(conn, shop, *subjects) == []


def test_a_funnel_that_nobody_entered_says_nothing(conn, shop, save):
    save("Nobody", "steps=never~use!subject:eq:export")
    assert found(conn, shop, "export") == []


def test_views_that_can_not_be_read_or_are_of_other_pages_are_left_out(conn, shop, save):
    save("Broken", "steps=!!!&window=x")
    save("Elsewhere", FUNNEL, page="trends")
    assert found(conn, shop, "export") == []


def test_a_funnel_that_reads_too_much_says_nothing_and_others_do(conn, shop, save, monkeypatch):
    monkeypatch.setattr(raw, "MOST_RAW", 5)
    save("Much", "steps=open~use!subject:eq:export!.colour:set~pay&window=1d")
    save("Paying", FUNNEL)
    assert found(conn, shop, "export") == [["export", "Paying", 0.8]]


def test_so_many_funnels_are_counted(conn, shop, save, monkeypatch):
    monkeypatch.setattr(sys.modules[drop_offs.__module__], "MOST_FUNNELS", 1)
    save("Exporting", "steps=open~use!subject:eq:export&window=1d")
    save("Paying", FUNNEL)
    save("About something else", "steps=open~pay&window=1d")
    assert len(found(conn, shop, "export")) == 1


def test_a_stranger_gets_none(conn, shop, save):
    save("Paying", FUNNEL)
    assert drop_offs(conn, PUBLIC, asked(shop), ("export",)).empty
