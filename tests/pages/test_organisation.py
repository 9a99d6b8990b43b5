"""The page of an organisation as those who head it see it, and those who don't."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from db import tables
from db.access import ensure_person
from db.accounts import link_actor
from db.members import list_members
from db.organisations import change_organisation
from tests.pages.acme import NOW, PEOPLE, form_of, key_of
from tests.pages.reading import figures, sent, texts
from tests.runs_written import write_members

NOBODYS = "You are not the owner or an admin of an organisation."


def test_figures_are_those_of_the_published_days(acme_page):
    shown = acme_page()
    assert figures(shown) == {
        "Active seats": "12 of 20",
        "Adoption": "60.0%",
        "Idle seats": "8",
        "Runs": "24",
        "Credits": "48",
        "Mean time": "2.00 s",
    }


def test_parts_add_up_to_the_whole_also_with_what_has_no_team(acme_page):
    told = texts(acme_page())
    assert "The parts add up to 48 credits, $0.96 at $0.02 a credit." in told
    assert "Web spent 24 of 48 credits" in told or "Ops spent 24 of 48 credits" in told


def test_over_other_days_people_are_rounded_down(acme_page):
    assert figures(acme_page(days="7"))["Active seats"] == "10+ of 20"


def test_the_return_names_both_ratios_and_every_assumption(acme_page, conn):
    told = texts(acme_page())
    until = conn.execute(select(func.max(tables.projects.c.published_until))).scalar_one()
    days = (until - (NOW - timedelta(days=3)).date()).days + 1  # from the first with runs on
    cost = 123 * days / 30
    ratios = f"benefit / cost {60 / cost:.1f}, ROI {60 / cost - 1:.1f}"
    assert f"$60.00 of time for ${cost:.2f}: {ratios}" in told
    for line in ("Minutes saved a run: 3 min, from 2 to 4", "Plan: $99 a month", "Credit: $0.02"):
        assert line in told


def test_every_chart_and_table_has_its_query(acme_page, conn):
    shown = acme_page()
    cards = ("daily", "credits", "teams", "packages", "models", "members")
    for card in cards:
        shown.session_state[f"query_{card}"] = True
    shown.run()
    assert len(shown.code) == len(cards)
    for code in shown.code:
        assert conn.exec_driver_sql(code.value.replace("%", "%%")).all()


def test_the_report_is_offered_as_pdf_and_html(acme_page):
    labels = {button.proto.label for button in acme_page().get("download_button")}
    assert {"Report (PDF)", "Report (HTML)"} <= labels


def test_before_anything_is_published_the_page_says_why(show, conn, project):
    write_members(conn, project, "Acme", "boss role=owner")
    person = ensure_person(conn, "org_admin@example.org", "org_admin", (project.id,))
    link_actor(conn, person, project.id, key_of(conn, project, "boss"))
    conn.commit()
    shown = show("organisation", "org_admin", project)
    assert not shown.exception
    assert "Nothing is published of this organisation yet" in texts(shown)
    assert "1 member, on 50 seats" in texts(shown)


# Who sees it ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", ["admin", "executive", "product", "operations", "author", "member"]
)
def test_roles_that_head_none_learn_nothing(acme_page, role):
    shown = acme_page(role)
    assert not shown.metric
    assert "Acme" not in texts(shown)
    assert "does not include this page" in shown.info[0].value


def test_an_org_admin_without_an_organisation_learns_nothing(acme_page, conn):
    conn.execute(tables.person_actors.delete())
    conn.commit()
    shown = acme_page()
    assert [info.value for info in shown.info] == [NOBODYS]
    assert "Acme" not in texts(shown)


def test_a_member_who_heads_nothing_has_no_such_page(show, conn, project, acme):
    person = ensure_person(conn, "member@example.org", "member", (project.id,))
    link_actor(conn, person, project.id, key_of(conn, project, "p0"))
    conn.commit()
    shown = show("organisation", "member", project)
    assert "does not include this page" in shown.info[0].value
    assert not shown.metric


def test_a_name_in_the_address_opens_no_foreign_organisation(acme_page, conn, project):
    write_members(conn, project, "Globex", "other role=owner")
    conn.commit()
    shown = acme_page(organisation="Globex")
    assert shown.selectbox(key="organisation").options == ["Acme"]
    assert "Globex" not in texts(shown)


# The leaderboard ------------------------------------------------------------------------------


def test_the_leaderboard_names_only_who_agreed(acme_page):
    table = next(each.value for each in acme_page().dataframe if "last_at" in each.value)
    assert set(table["username"]) == set(PEOPLE[:6])
    assert set(table["runs"]) == {2}


def test_the_leaderboard_is_gone_once_it_is_switched_off(acme_page, conn, acme):
    change_organisation(conn, acme.id, leaderboard=False)
    conn.commit()
    shown = acme_page()
    assert "The leaderboard is off" in texts(shown)
    assert not [each for each in shown.dataframe if "last_at" in each.value]


def test_names_are_only_text(acme_page, conn, project, acme):
    hostile = "![x](https://evil.example/a.png) **loud**"
    conn.execute(tables.packages.update().values(name=hostile))
    conn.execute(tables.organisations.update().values(name=hostile))
    conn.commit()
    shown = acme_page()
    told = "\n".join(str(each.value) for each in [*shown.markdown, *shown.subheader])
    assert "![x]" not in told
    assert "**loud**" not in told


def test_actor_keys_reach_no_browser(acme_page, conn, acme):
    keys = [each.actor_key for each in list_members(conn, acme.id)]
    conn.rollback()
    shown, _ = form_of("p1", acme_page(), acme, conn)
    told = sent(shown)
    assert b"p1" in told
    assert not [key for key in keys if str(key).encode() in told]
