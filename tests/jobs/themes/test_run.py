"""The themes that are planted in what the demo says come out, in their kind and by their name."""

import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from db.locks import ERASING_LOCK
from db.moderating import link_request
from db.tables import feedback, hypotheses, requests, themes
from db.themes import merge_themes, part_theme, pin_theme, rename_theme
from jobs.sentiment import score_waiting
from jobs.themes.run import find_and_keep
from tests.jobs.said import NOON, ask_for, say
from tests.jobs.themes.reading import commonest, of_topic, standing
from tests.thorough import thorough

PLANTED = (  # topic, kind, words of the name
    ("slow_export", "pain", ("slow", "export")),
    ("permissions", "pain", ("confusing", "permission")),
    ("lost_changes", "pain", ("lost", "change")),
    ("saved_views", "praise", ("saved views",)),
)


def run_again(engine, project):
    find_and_keep(engine, project.id, NOON + timedelta(hours=1))
    return standing(engine, project)


def named(themes, name):
    return next(theme for theme in themes if theme.name == name)


@thorough
def test_what_is_planted_leads_the_themes_of_its_kind(found, heard):
    for topic, kind, words in PLANTED:
        theme, share, purity = of_topic(found, heard, topic)
        leading = [each.id for each in found if each.kind == kind][:3]
        assert theme.id in leading
        assert all(word in theme.name for word in words)
        assert share > 0.85
        assert purity > 0.9


def test_what_people_ask_for_is_apart_from_what_hurts_them(found, heard):
    asked = {commonest(theme, heard) for theme in found if theme.kind == "request"}
    assert {"dark_mode", "slack", "offline", "import"} <= asked


def test_most_comments_with_a_kind_find_a_theme(found, heard):
    planted = {topic for topic, _, _ in PLANTED}
    about = set().union(*(theme.comments for theme in found))
    on_topic = {comment for comment, topic in heard.items() if topic in planted}
    assert len(about & on_topic) > 0.95 * len(on_topic)


def test_the_same_comments_give_the_same_themes_with_the_same_ids(own_engine, talk, found):
    assert run_again(own_engine, talk) == found


@thorough
def test_ids_and_names_stay_when_more_is_said(own_engine, talk, heard, found):
    with own_engine.begin() as conn:
        for _ in range(60):
            say(conn, talk, "The billing form is broken and rejects every invoice")
    score_waiting(own_engine, 60)
    again = run_again(own_engine, talk)
    assert {theme.id: theme.name for theme in again}.items() >= {
        theme.id: theme.name for theme in found[:3]
    }.items()
    for topic, _, _ in PLANTED:
        before, _, _ = of_topic(found, heard, topic)
        after, _, _ = of_topic(again, heard, topic)
        assert (after.id, after.name) == (before.id, before.name)
    assert any("billing" in theme.name for theme in again)


def test_a_name_given_by_a_person_stays(own_engine, talk, heard, found):
    theme, _, _ = of_topic(found, heard, "slow_export")
    with own_engine.begin() as conn:
        rename_theme(conn, talk.id, theme.id, "  Slow   exports ")
    after, _, _ = of_topic(run_again(own_engine, talk), heard, "slow_export")
    assert (after.id, after.name) == (theme.id, "Slow exports")


def test_merged_themes_stay_merged(own_engine, talk, heard, found):
    slow, _, _ = of_topic(found, heard, "slow_export")
    lost, _, _ = of_topic(found, heard, "lost_changes")
    with own_engine.begin() as conn:
        merge_themes(conn, talk.id, lost.id, slow.id)
    merged = {each.id: each for each in standing(own_engine, talk)}
    assert merged[slow.id].comments == slow.comments | lost.comments
    again = {each.id: each for each in run_again(own_engine, talk)}
    assert again[lost.id].merged_into == slow.id
    assert not again[lost.id].comments
    assert again[slow.id].comments == slow.comments | lost.comments


def test_what_was_merged_can_be_parted(own_engine, talk, heard, found):
    slow, _, _ = of_topic(found, heard, "slow_export")
    lost, _, _ = of_topic(found, heard, "lost_changes")
    with own_engine.begin() as conn:
        merge_themes(conn, talk.id, lost.id, slow.id)
        part_theme(conn, talk.id, lost.id)
    assert run_again(own_engine, talk) == found


@thorough
def test_what_nobody_talks_of_any_more_goes_unless_it_is_pinned(own_engine, talk, heard, found):
    gone, _, _ = of_topic(found, heard, "price")
    pinned, _, _ = of_topic(found, heard, "notifications")
    theirs = [comment for comment, topic in heard.items() if topic in ("price", "notifications")]
    with own_engine.begin() as conn:
        pin_theme(conn, talk.id, pinned.id, True)
        conn.execute(delete(feedback).where(feedback.c.id.in_(theirs)))
    again = {each.id for each in run_again(own_engine, talk)}
    assert pinned.id in again
    assert gone.id not in again


@pytest.mark.parametrize("touched", ["effort", "believed", "chosen"])
def test_what_a_person_works_with_stays(own_engine, talk, heard, found, touched):
    kept, _, _ = of_topic(found, heard, "price")
    believed = {"project_id": talk.id, "statement": "cheaper", "metric": "actors", "expected": 0.1}
    with own_engine.begin() as conn:
        if touched == "effort":
            conn.execute(update(themes).where(themes.c.id == kept.id).values(effort=2.0))
        elif touched == "chosen":
            link_request(conn, talk.id, ask_for(conn, talk, "A discount"), kept.id)
        else:
            conn.execute(insert(hypotheses).values(believed | {"theme_id": kept.id}))
        conn.execute(delete(feedback))
    assert [each.id for each in run_again(own_engine, talk)] == [kept.id]


@thorough
def test_requests_find_their_theme_and_keep_the_one_that_a_person_chose(own_engine, talk, heard):
    with own_engine.begin() as conn:
        dark = ask_for(conn, talk, "Dark mode in the editor", details="My eyes hurt at night")
        chosen = ask_for(conn, talk, "Dark mode everywhere", external_id="2")
    find_and_keep(own_engine, talk.id, NOON)
    found = standing(own_engine, talk)
    slack, _, _ = of_topic(found, heard, "slack")
    with own_engine.begin() as conn:
        theirs = update(requests).where(requests.c.id == chosen)
        conn.execute(theirs.values(theme_id=slack.id))
    again = run_again(own_engine, talk)
    mode, _, _ = of_topic(again, heard, "dark_mode")
    with own_engine.connect() as conn:
        linked = dict(conn.execute(select(requests.c.id, requests.c.theme_id)).all())
    assert linked == {dark: mode.id, chosen: slack.id}


@thorough
def test_a_run_that_waits_for_an_erasure_holds_nothing_that_the_erasure_needs(
    own_engine, talk, found
):
    running = threading.Thread(target=find_and_keep, args=(own_engine, talk.id, NOON))
    with own_engine.begin() as erasing:
        erasing.execute(select(func.pg_advisory_xact_lock(ERASING_LOCK)))
        running.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        deadline = time.monotonic() + 60
        while not erasing.execute(waiting).scalar_one() and time.monotonic() < deadline:
            time.sleep(0.05)
        free = select(themes.c.id).with_for_update(skip_locked=True)
        assert len(erasing.execute(free).all()) == len(found)
    running.join(60)
    assert standing(own_engine, talk) == found


@thorough
@pytest.mark.parametrize("decided", [True, False])
def test_a_request_that_a_person_took_out_of_its_theme_stays_out(own_engine, talk, heard, decided):
    with own_engine.begin() as conn:
        dark = ask_for(conn, talk, "Dark mode in the editor", details="My eyes hurt at night")
        if decided:
            link_request(conn, talk.id, dark, None)
    find_and_keep(own_engine, talk.id, NOON)
    with own_engine.connect() as conn:
        linked = conn.execute(select(requests.c.theme_id)).scalar_one()
    assert (linked is None) == decided


def test_masks_and_markup_name_no_theme(own_engine, talk):
    with own_engine.begin() as conn:
        for _ in range(30):
            say(conn, talk, "Bad sync <script>alert(1)</script>, write to [email] or [removed]")
    score_waiting(own_engine, 60)
    find_and_keep(own_engine, talk.id, NOON)
    names = " ".join(theme.name for theme in standing(own_engine, talk))
    assert "sync" in names
    assert "email" not in names
    assert "removed" not in names
    assert "<" not in names


@pytest.mark.parametrize("comments", [0, 1, 2])
def test_few_comments_have_no_themes(own_engine, talk, comments):
    with own_engine.begin() as conn:
        for _ in range(comments):
            say(conn, talk, "The export is bad")
    score_waiting(own_engine, 60)
    assert find_and_keep(own_engine, talk.id, NOON) == 0


@thorough
def test_pages_ask_about_themes_without_the_library_that_finds_them():
    code = """
import importlib, pkgutil, sys, analytics.feedback as feedback
for module in pkgutil.walk_packages(feedback.__path__, "analytics.feedback."):
    importlib.import_module(module.name)
import db.themes
print([name for name in ("sklearn", "py3langid", "scipy.stats") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
