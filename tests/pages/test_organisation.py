"""The page of an organisation as those who head it see it, and those who don't."""

from datetime import UTC, datetime, timedelta

import pytest

from db import tables
from db.access import ensure_person, project_secret
from db.accounts import link_actor
from db.identity import actor_key
from db.members import list_members
from db.organisations import change_organisation, find_organisation
from jobs.publishing import feed, publish
from tests.pages.sending import sent
from tests.runs_written import write_members, write_runs

NOW = datetime.now(UTC)
PEOPLE = [f"p{number}" for number in range(12)]
WEB = [f"{who} team=Web listed=1" for who in PEOPLE[:6]]
OPS = [f"{who} team=Ops" for who in PEOPLE[6:]]
NOBODYS = "You are not the owner or an admin of an organisation."


def day(ago):
    return (NOW - timedelta(days=ago)).strftime("%Y-%m-%dT10:00Z")


def run(who, ago, credits=2):
    return (
        f"{who} reviewer {day(ago)} model=sonnet credits={credits} duration=2000 organisation=Acme"
    )


@pytest.fixture
def acme(conn, project):
    """Twelve people of two teams ran a package on each of two days, and an owner who ran none."""
    made = write_members(conn, project, "Acme", "boss role=owner", *WEB, *OPS, seats=20)
    change_organisation(conn, made, leaderboard=True)
    write_runs(conn, project, *(run(who, ago) for who in PEOPLE for ago in (3, 2)))
    feed(conn, tables.runs.c.project_id == project.id)
    publish(conn, NOW)
    person = ensure_person(conn, "org_admin@example.org", "org_admin", (project.id,))
    link_actor(conn, person, project.id, key_of(conn, project, "boss"))
    conn.commit()
    return find_organisation(conn, project.id, "Acme")


@pytest.fixture
def page(show, project, acme):
    """The page as the owner sees it."""

    def opened(role="org_admin", **query):
        shown = show("organisation", role, project, **query)
        assert not shown.exception
        return shown

    return opened


def key_of(conn, project, who):
    return actor_key(project_secret(conn, project.id), who)


def texts(shown):
    kinds = ("title", "subheader", "markdown", "caption", "info", "toast")
    return "\n".join(
        str(each.value).replace("\\", "") for kind in kinds for each in getattr(shown, kind)
    )


def figures(shown):
    return {metric.label: metric.value for metric in shown.metric}


def click(shown, label):
    return next(button for button in shown.button if button.label == label).click().run()


def stored(conn, project):
    conn.rollback()
    return find_organisation(conn, project.id, "Acme")


def test_figures_are_those_of_the_published_days(page):
    shown = page()
    assert figures(shown) == {
        "Active seats": "12 of 20",
        "Adoption": "60.0%",
        "Idle seats": "8",
        "Runs": "24",
        "Credits": "48",
        "Mean time": "2.00 s",
    }


def test_parts_add_up_to_the_whole_also_with_what_has_no_team(page):
    told = texts(page())
    assert "The parts add up to 48 credits, $0.96 at $0.02 a credit." in told
    assert "Web spent 24 of 48 credits" in told or "Ops spent 24 of 48 credits" in told


def test_over_other_days_people_are_rounded_down(page):
    assert figures(page(days="7d"))["Active seats"] == "10+ of 20"


def test_the_return_names_both_ratios_and_every_assumption(page):
    told = texts(page())
    assert "$60.00 of time for $123: benefit / cost 0.5, ROI -0.5" in told
    for line in ("Minutes saved a run: 3 min, from 2 to 4", "Plan: $99 a month", "Credit: $0.02"):
        assert line in told


def test_every_chart_and_table_has_its_query(page, conn):
    shown = page()
    cards = ("daily", "credits", "teams", "packages", "models", "members")
    for card in cards:
        shown.session_state[f"query_{card}"] = True
    shown.run()
    assert len(shown.code) == len(cards)
    for code in shown.code:
        assert conn.exec_driver_sql(code.value.replace("%", "%%")).all()


def test_the_report_is_offered_as_pdf_and_html(page):
    labels = {button.proto.label for button in page().get("download_button")}
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
def test_roles_that_head_none_learn_nothing(page, role):
    shown = page(role)
    assert not shown.metric
    assert "Acme" not in texts(shown)
    assert "does not include this page" in shown.info[0].value


def test_an_org_admin_without_an_organisation_learns_nothing(page, conn):
    conn.execute(tables.person_actors.delete())
    conn.commit()
    shown = page()
    assert [info.value for info in shown.info] == [NOBODYS]
    assert "Acme" not in texts(shown)


def test_a_member_who_heads_nothing_has_no_such_page(show, conn, project, acme):
    person = ensure_person(conn, "member@example.org", "member", (project.id,))
    link_actor(conn, person, project.id, key_of(conn, project, "p0"))
    conn.commit()
    shown = show("organisation", "member", project)
    assert "does not include this page" in shown.info[0].value
    assert not shown.metric


def test_a_name_in_the_address_opens_no_foreign_organisation(page, conn, project):
    write_members(conn, project, "Globex", "other role=owner")
    conn.commit()
    shown = page(organisation="Globex")
    assert shown.selectbox(key="organisation").options == ["Acme"]
    assert "Globex" not in texts(shown)


# The leaderboard ------------------------------------------------------------------------------


def test_the_leaderboard_names_only_who_agreed(page):
    table = next(each.value for each in page().dataframe if "last_at" in each.value)
    assert set(table["username"]) == set(PEOPLE[:6])
    assert set(table["runs"]) == {2}


def test_the_leaderboard_is_gone_once_it_is_switched_off(page, conn, acme):
    change_organisation(conn, acme.id, leaderboard=False)
    conn.commit()
    shown = page()
    assert "The leaderboard is off" in texts(shown)
    assert not [each for each in shown.dataframe if "last_at" in each.value]


# Settings -------------------------------------------------------------------------------------


def test_seats_and_leaderboard_are_kept(page, conn, project):
    shown = page()
    uid = stored(conn, project).uid
    shown.number_input(key=f"seats_settings_{uid}").set_value(24)
    shown.toggle(key=f"leaderboard_settings_{uid}").set_value(False)
    shown = next(b for b in shown.button if b.label == "Save" and "settings" in b.form_id).click()
    shown = shown.run()
    held = stored(conn, project)
    assert (held.seats, held.leaderboard) == (24, False)
    assert figures(shown)["Active seats"] == "12 of 24"


def enter_minutes(shown, uid, low, likely, high):
    for case, value in (("low", low), ("likely", likely), ("high", high)):
        shown.number_input(key=f"minutes_saved_per_run_{case}_assumed_{uid}").set_value(value)
    button = next(b for b in shown.button if b.label == "Save" and "assumed" in b.form_id)
    return button.click().run()


def test_assumptions_are_kept_for_the_organisation(page, conn, project, acme):
    shown = enter_minutes(page(), acme.uid, 5.0, 10.0, 15.0)
    assert stored(conn, project).assumptions["minutes_saved_per_run"] == {
        "low": 5.0,
        "likely": 10.0,
        "high": 15.0,
    }
    assert "Minutes saved a run: 10 min, from 5 to 15" in texts(shown)


def test_assumptions_that_do_not_rise_are_told_and_not_kept(page, conn, project, acme):
    shown = enter_minutes(page(), acme.uid, 9.0, 3.0, 4.0)
    assert "assumptions:" in shown.toast[0].value
    assert stored(conn, project).assumptions == {}


def take_in(shown, user_id, name, role="member"):
    shown.text_input(key="member_user_id").input(user_id)
    shown.text_input(key="username_new_member").input(name)
    shown.selectbox(key="role_new_member").set_value(role)
    shown.text_input(key="team_new_member").input("Web")
    return click(shown, "Take in")


def test_somebody_is_taken_in_by_the_id_that_programs_send(page, conn, project, acme):
    shown = take_in(page(), "zoe-7", "zoe")
    conn.rollback()
    (zoe,) = [each for each in list_members(conn, acme.id) if each.username == "zoe"]
    assert zoe.actor_key == key_of(conn, project, "zoe-7")
    assert (zoe.role, zoe.team, zoe.listed) == ("member", "Web", False)
    assert "14 members, on 20 seats" in texts(shown)


@pytest.mark.parametrize(("user_id", "name"), [("", "zoe"), ("zoe-7", "")])
def test_nobody_is_taken_in_without_an_id_or_a_name(page, conn, acme, user_id, name):
    shown = take_in(page(), user_id, name)
    assert shown.toast
    conn.rollback()
    assert len(list_members(conn, acme.id)) == 13


def change(shown, acme, conn, who):
    """The form of one member."""
    number = [each.username for each in list_members(conn, acme.id)].index(who)
    conn.rollback()
    shown = shown.selectbox(key=f"member_{acme.uid}").select_index(number).run()
    return shown, f"{acme.uid}_{number}"


def test_a_member_changes_teams(page, conn, project, acme):
    shown, tag = change(page(), acme, conn, "p1")
    shown.text_input(key=f"team_{tag}").input("Data")
    button = next(b for b in shown.button if b.form_id == f"change_{tag}")
    button.click().run()
    conn.rollback()
    assert {m.username: m.team for m in list_members(conn, acme.id)}["p1"] == "Data"


def test_a_member_is_let_go(page, conn, project, acme):
    shown, _ = change(page(), acme, conn, "p1")
    shown = click(shown, "Let go")
    conn.rollback()
    assert "p1" not in {member.username for member in list_members(conn, acme.id)}
    assert "12 members, on 20 seats" in texts(shown)


def test_the_last_owner_stays(page, conn, project, acme):
    shown, _ = change(page(), acme, conn, "boss")
    shown = click(shown, "Let go")
    conn.rollback()
    assert "boss" in {member.username for member in list_members(conn, acme.id)}
    assert "last owner" in shown.toast[0].value


def demote(conn, project):
    """Make the head of the page an admin, beside another owner."""
    members = tables.organisation_members
    for who, role in (("p0", "owner"), ("boss", "admin")):
        is_who = members.c.actor_key == key_of(conn, project, who)
        conn.execute(members.update().where(is_who).values(role=role))
    conn.commit()


def test_an_admin_makes_and_unmakes_no_owner(page, conn, project, acme):
    demote(conn, project)
    shown = take_in(page(), "zoe-7", "zoe", "owner")
    assert "Only an owner" in shown.toast[0].value
    shown, _ = change(shown, acme, conn, "p0")
    shown = click(shown, "Let go")
    conn.rollback()
    assert {m.username: m.role for m in list_members(conn, acme.id)}["p0"] == "owner"
    assert "zoe" not in {member.username for member in list_members(conn, acme.id)}


def test_who_heads_it_no_longer_changes_nothing(page, conn, project, acme):
    shown = page()
    conn.execute(tables.person_actors.delete())
    conn.commit()
    shown.number_input(key=f"seats_settings_{acme.uid}").set_value(24)
    next(b for b in shown.button if b.label == "Save" and "settings" in b.form_id).click().run()
    assert stored(conn, project).seats == 20


def test_names_are_only_text(page, conn, project, acme):
    hostile = "![x](https://evil.example/a.png) **loud**"
    conn.execute(tables.packages.update().values(name=hostile))
    conn.execute(tables.organisations.update().values(name=hostile))
    conn.commit()
    shown = page()
    told = "\n".join(str(each.value) for each in [*shown.markdown, *shown.subheader])
    assert "![x]" not in told
    assert "**loud**" not in told


def test_actor_keys_reach_no_browser(page, conn, acme):
    keys = [each.actor_key for each in list_members(conn, acme.id)]
    conn.rollback()
    shown, _ = change(page(), acme, conn, "p1")
    told = sent(shown)
    assert b"p1" in told
    assert not [key for key in keys if str(key).encode() in told]
