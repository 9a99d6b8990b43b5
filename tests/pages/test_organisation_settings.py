"""What owners and admins of an organisation change on its page, and what they may not."""

import pytest

from db import tables
from db.members import list_members
from tests.pages.acme import form_of, key_of, stored
from tests.pages.reading import click, figures, texts


def test_seats_and_leaderboard_are_kept(acme_page, conn, project):
    shown = acme_page()
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


def test_assumptions_are_kept_for_the_organisation(acme_page, conn, project, acme):
    shown = enter_minutes(acme_page(), acme.uid, 5.0, 10.0, 15.0)
    assert stored(conn, project).assumptions["minutes_saved_per_run"] == {
        "low": 5.0,
        "likely": 10.0,
        "high": 15.0,
    }
    assert "Minutes saved a run: 10 min, from 5 to 15" in texts(shown)


def test_assumptions_that_do_not_rise_are_told_and_not_kept(acme_page, conn, project, acme):
    shown = enter_minutes(acme_page(), acme.uid, 9.0, 3.0, 4.0)
    assert "assumptions:" in shown.toast[0].value
    assert stored(conn, project).assumptions == {}


def take_in(shown, user_id, name, role="member"):
    shown.text_input(key="member_user_id").input(user_id)
    shown.text_input(key="username_new_member").input(name)
    shown.selectbox(key="role_new_member").set_value(role)
    shown.text_input(key="team_new_member").input("Web")
    return click(shown, "Take in")


def test_somebody_is_taken_in_by_the_id_that_programs_send(acme_page, conn, project, acme):
    shown = take_in(acme_page(), "zoe-7", "zoe")
    conn.rollback()
    (zoe,) = [each for each in list_members(conn, acme.id) if each.username == "zoe"]
    assert zoe.actor_key == key_of(conn, project, "zoe-7")
    assert (zoe.role, zoe.team, zoe.listed) == ("member", "Web", False)
    assert "14 members, on 20 seats" in texts(shown)


@pytest.mark.parametrize(("user_id", "name"), [("", "zoe"), ("zoe-7", "")])
def test_nobody_is_taken_in_without_an_id_or_a_name(acme_page, conn, acme, user_id, name):
    shown = take_in(acme_page(), user_id, name)
    assert shown.toast
    conn.rollback()
    assert len(list_members(conn, acme.id)) == 13


def test_a_member_changes_teams(acme_page, conn, project, acme):
    shown, tag = form_of("p1", acme_page(), acme, conn)
    shown.text_input(key=f"team_{tag}").input("Data")
    button = next(b for b in shown.button if b.form_id == f"change_{tag}")
    button.click().run()
    conn.rollback()
    assert {m.username: m.team for m in list_members(conn, acme.id)}["p1"] == "Data"


def test_a_member_is_let_go(acme_page, conn, project, acme):
    shown, _ = form_of("p1", acme_page(), acme, conn)
    shown = click(shown, "Let go")
    conn.rollback()
    assert "p1" not in {member.username for member in list_members(conn, acme.id)}
    assert "12 members, on 20 seats" in texts(shown)


def test_the_last_owner_stays(acme_page, conn, project, acme):
    shown, _ = form_of("boss", acme_page(), acme, conn)
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


def test_an_admin_makes_and_unmakes_no_owner(acme_page, conn, project, acme):
    demote(conn, project)
    shown = take_in(acme_page(), "zoe-7", "zoe", "owner")
    assert "Only an owner" in shown.toast[0].value
    shown, _ = form_of("p0", shown, acme, conn)
    shown = click(shown, "Let go")
    conn.rollback()
    assert {m.username: m.role for m in list_members(conn, acme.id)}["p0"] == "owner"
    assert "zoe" not in {member.username for member in list_members(conn, acme.id)}


def test_who_heads_it_no_longer_changes_nothing(acme_page, conn, project, acme):
    shown = acme_page()
    conn.execute(tables.person_actors.delete())
    conn.commit()
    shown.number_input(key=f"seats_settings_{acme.uid}").set_value(24)
    next(b for b in shown.button if b.label == "Save" and "settings" in b.form_id).click().run()
    assert stored(conn, project).seats == 20
