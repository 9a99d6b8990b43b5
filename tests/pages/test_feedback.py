"""The Feedback page as people of each role see it, and what they change there."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from db import tables
from db.access import ensure_person
from tests.analytics.feedback import reference
from tests.analytics.feedback.reference import Said
from tests.analytics.feedback.test_themes import link, theme
from tests.thorough import thorough

NOW = datetime.now(UTC)
HOSTILE = "<script>alert(1)</script> **bold** ![x](http://evil.example/x.png) :material/home: $x$"


def ago(days):
    return NOW - timedelta(days=days)


@pytest.fixture
def shop(conn, project, add_events):
    """Forty answers to NPS, some ratings, and comments about two themes."""
    add_events(project, f"ann open {ago(2).isoformat()} platform=web")
    answers = [
        Said(who, "nps", ago(3), 9 if who < 30 else 2, plan="pro" if who % 2 else "free")
        for who in range(1, 41)
    ]
    ratings = [Said(who, "rating", ago(4), 5 if who < 4 else 1) for who in range(1, 6)]
    reference.store(conn, project, answers + ratings)
    slow, saved = theme(conn, project, "slow export"), theme(conn, project, "saved views", "praise")
    said = [
        Said(1, "text", ago(20), comment="The export is slow", sentiment="negative"),
        Said(2, "rating", ago(2), 1, comment=HOSTILE, sentiment="neutral", subject=HOSTILE),
        Said(3, "text", ago(1), comment="I love saved views", sentiment="positive"),
    ]
    ids = reference.store(conn, project, said)
    for feedback_id, theme_id in zip(ids, (slow, slow, saved), strict=True):
        link(conn, feedback_id, theme_id)
    conn.commit()
    return project


def texts(shown, *kinds):
    kinds = kinds or (
        "title",
        "subheader",
        "markdown",
        "caption",
        "info",
        "text",
        "toast",
        "warning",
    )
    return "\n".join(str(element.value) for kind in kinds for element in getattr(shown, kind))


def feedback(conn, **where):
    conn.rollback()
    f = tables.feedback
    found = select(f).where(*(f.c[name] == value for name, value in where.items()))
    return conn.execute(found.order_by(f.c.id)).one()


def opened(shown, comment):
    """The page with the door of a comment open."""
    shown.session_state[f"act_{comment.id}"] = True
    return shown.run()


@thorough
@pytest.mark.parametrize("role", ["admin", "executive", "product"])
def test_it_shows_scores_with_what_they_rest_on(show, shop, role):
    shown = show("feedback", role, shop)
    assert not shown.exception
    tiles = {metric.label: metric.value for metric in shown.metric}
    assert tiles["NPS"] == "+45"
    assert tiles["Good ratings"] == "50.0%"
    assert tiles["CSAT"] == "\u2013"
    assert "± 28 · 40 answers" in texts(shown, "caption")


@pytest.mark.parametrize("role", ["operations", "author", "org_admin", "member"])
def test_roles_without_the_field_see_nothing(show, shop, role):
    shown = show("feedback", role, shop)
    assert "does not include this page" in shown.info[0].value
    assert "export" not in texts(shown)
    assert not shown.metric


def test_a_stranger_sees_nothing(show, shop):
    shown = show(None, None, path="pages/feedback.py")
    assert shown.info[0].value == "Sign in to see this page."
    assert "export" not in texts(shown)


def test_nothing_that_people_wrote_is_markup(show, conn, shop):
    conn.execute(update(tables.themes).values(name=HOSTILE))
    shown = show("feedback", "product", shop, theme=HOSTILE, theme_kind="Praise")
    assert not shown.exception
    assert HOSTILE in [each.value for each in shown.text]
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error")
    assert "![x](" not in texts(shown, *kinds)
    assert "**bold**" not in texts(shown, *kinds)
    assert "<script>" not in texts(shown, *kinds).replace("\\<", "")
    assert not [each for each in shown.get("html") if "script>alert" in each.proto.body]


def test_a_theme_opens_with_quotes_and_what_they_did_next(show, shop):
    shown = show("feedback", "product", shop, theme="slow export")
    assert not shown.exception
    told = texts(shown)
    assert "Most typical of 2 comments in this range" in told
    assert "An association, not a cause" in told
    assert "Too few people yet to tell what they did next" in told  # two of them


def test_themes_are_kept_apart_by_kind(show, shop):
    shown = show("feedback", "product", shop, theme_kind="Praise")
    assert "Praise: most often “saved views”, 1 comment\n" in texts(shown).replace("\\", "")
    (choice,) = [box for box in shown.selectbox if box.label == "Open a theme"]
    assert choice.options == ["saved views"]


def comments(shown):
    return {each.value for each in shown.text}


@thorough
def test_comments_are_searched_and_filtered(show, shop):
    assert len(comments(show("feedback", "product", shop))) == 3
    for query, expected in (
        ({"search": "exports"}, {"The export is slow"}),
        ({"mood": "Positive"}, {"I love saved views"}),
        ({"said": "Rating"}, {HOSTILE}),
        ({"about": "saved views"}, {"I love saved views"}),
        ({"platform": "web"}, set()),
    ):
        assert comments(show("feedback", "product", shop, **query)) == expected


@thorough
def test_comments_are_found_by_who_has_them(show, conn, shop):
    slow = feedback(conn, comment="The export is slow")
    me = ensure_person(conn, "product@example.org", "product", (shop.id,))
    conn.execute(
        update(tables.feedback).where(tables.feedback.c.id == slow.id).values(assignee_id=me)
    )
    conn.commit()
    shown = show("feedback", "product", shop)
    mine = shown.selectbox(key="whose").select("product@example.org").run()
    assert comments(mine) == {"The export is slow"}
    assert "whose" not in shown.query_params
    nobodys = shown.selectbox(key="whose").select("Nobody").run()
    assert comments(nobodys) == {HOSTILE, "I love saved views"}


@thorough
def test_a_comment_is_given_to_nobody_again(show, conn, shop):
    slow = feedback(conn, comment="The export is slow")
    me = ensure_person(conn, "product@example.org", "product", (shop.id,))
    conn.commit()
    shown = opened(show("feedback", "product", shop), slow)
    shown = shown.selectbox(key=f"give_{slow.id}").select(me).run()
    assert feedback(conn, id=slow.id).assignee_id == me
    opened(shown, slow).selectbox(key=f"give_{slow.id}").select(0).run()
    assert feedback(conn, id=slow.id).assignee_id is None


@thorough
def test_themes_of_one_name_are_told_apart(show, conn, shop):
    twin = theme(conn, shop, "slow export")
    conn.commit()
    saved = themes(conn)["saved views"].id
    conn.execute(update(tables.themes).where(tables.themes.c.id == saved).values(kind="pain"))
    conn.commit()
    shown = show("feedback", "product", shop, theme=f"slow export ({twin})")
    assert "Most typical of 0 comments in this range" in texts(shown)
    (first,) = (
        each
        for each in shown.selectbox(key="theme").options
        if each.startswith("slow") and str(twin) not in each
    )
    shown = shown.selectbox(key="theme").select(first).run()
    assert "Most typical of 2 comments in this range" in texts(shown)
    shown = shown.selectbox(key="about").select(f"slow export ({twin})").run()
    assert "No comment is like that" in texts(shown)


@thorough
def test_a_merged_theme_is_parted_again(show, conn, shop):
    slow = themes(conn)["slow export"].id
    twin = theme(conn, shop, "waiting for files", merged_into=slow)
    shown = show("feedback", "product", shop, theme="slow export")
    shown = shown.button(key=f"part_{twin}").click().run()
    assert not shown.exception
    assert themes(conn)["waiting for files"].merged_into is None
    assert "waiting for files" in shown.selectbox(key="theme").options


@thorough
def test_a_comment_is_moved_given_corrected_and_released(show, conn, shop):
    slow = feedback(conn, comment="The export is slow")
    shown = opened(show("feedback", "product", shop), slow)
    me = ensure_person(conn, "product@example.org", "product", (shop.id,))
    shown = shown.segmented_control(key=f"move_{slow.id}").select("seen").run()
    shown = opened(shown, slow).selectbox(key=f"give_{slow.id}").select(me).run()
    label = opened(shown, slow).segmented_control(key=f"label_{slow.id}")
    shown = label.select("neutral").run()
    shown = opened(shown, slow).toggle(key=f"release_{slow.id}").set_value(True).run()
    assert not shown.exception
    kept = feedback(conn, id=slow.id)
    assert (kept.state, kept.assignee_id, kept.corrected) == ("seen", me, "neutral")
    assert (kept.corrected_by, kept.released_by) == (me, me)
    assert "Neutral \\(corrected\\)" in texts(shown, "caption")
    assert "Seen · product\u200b\\@example\\.org · Public" in texts(shown, "caption")
    opened(shown, slow).toggle(key=f"release_{slow.id}").set_value(False).run()
    assert feedback(conn, id=slow.id).released_at is None


@thorough
def test_only_moderators_let_the_public_read_a_comment(show, conn, shop):
    slow = feedback(conn, comment="The export is slow")
    shown = opened(show("feedback", "executive", shop), slow)
    assert f"move_{slow.id}" in [each.key for each in shown.segmented_control]
    assert f"release_{slow.id}" not in [each.key for each in shown.toggle]


@thorough
def test_a_comment_that_was_changed_meanwhile_is_not_released(show, conn, shop):
    slow = feedback(conn, comment="The export is slow")
    shown = opened(show("feedback", "product", shop), slow)
    said = update(tables.feedback).where(tables.feedback.c.id == slow.id)
    conn.execute(said.values(comment="My boss is a fool"))
    conn.commit()
    shown = shown.toggle(key=f"release_{slow.id}").set_value(True).run()
    assert feedback(conn, id=slow.id).released_at is None
    assert "It was changed meanwhile; read it again." in texts(shown, "toast")


@thorough
def test_who_lost_their_role_changes_nothing(show, conn, shop):
    slow = feedback(conn, comment="The export is slow")
    shown = opened(show("feedback", "product", shop), slow)
    person = tables.people.c.email == "product@example.org"
    conn.execute(update(tables.people).where(person).values(role="member"))
    conn.commit()
    shown.segmented_control(key=f"move_{slow.id}").select("shipped").run()
    assert feedback(conn, id=slow.id).state == "new"


def button(shown, label):
    (found,) = [each for each in shown.button if each.label == label]
    return found


def themes(conn):
    conn.rollback()
    return {row.name: row for row in conn.execute(select(tables.themes))}


@thorough
def test_a_theme_is_renamed_and_stays_open(show, conn, shop):
    shown = show("feedback", "product", shop, theme="slow export")
    slow = themes(conn)["slow export"].id
    shown.text_input(key=f"theme_name_{slow}").input("Exports are slow")
    shown = button(shown, "Rename").click().run()
    assert not shown.exception
    assert themes(conn)["Exports are slow"].is_named
    assert shown.selectbox(key="theme").value == "Exports are slow"
    assert "Most typical of 2 comments" in texts(shown)


@thorough
def test_a_bad_name_is_told_and_nothing_changes(show, conn, shop):
    shown = show("feedback", "product", shop, theme="slow export")
    slow = themes(conn)["slow export"].id
    shown.text_input(key=f"theme_name_{slow}").input("   ")
    shown = button(shown, "Rename").click().run()
    assert "1 to 100 printable characters" in texts(shown, "toast")
    assert "slow export" in themes(conn)


@thorough
def test_a_theme_is_pinned_and_let_go(show, conn, shop):
    shown = show("feedback", "product", shop, theme="slow export")
    shown = button(shown, "Pin").click().run()
    assert themes(conn)["slow export"].is_pinned
    button(shown, "No longer pin").click().run()
    assert not themes(conn)["slow export"].is_pinned


@thorough
def test_a_theme_is_merged_into_another_of_its_kind(show, conn, shop):
    other = theme(conn, shop, "waiting for files")
    shown = show("feedback", "product", shop, theme="slow export")
    slow = themes(conn)["slow export"].id
    into = shown.selectbox(key=f"theme_into_{slow}")
    assert into.options == ["waiting for files"]
    into.select(other).run()
    shown = button(shown, "Merge").click().run()
    assert not shown.exception
    assert themes(conn)["slow export"].merged_into == other
    assert shown.selectbox(key="theme").value == "waiting for files"
    assert "Most typical of 2 comments" in texts(shown)


@thorough
@pytest.mark.parametrize("query", ["score", "answers", "parts", "themes", "comments"])
def test_every_card_shows_its_query(show, shop, query):
    shown = show("feedback", "product", shop)
    shown.session_state[f"query_{query}"] = True
    shown.run()
    assert not shown.exception
    assert "SELECT" in shown.code[0].value
    assert f"project_id = {shop.id}" in shown.code[0].value


@thorough
@pytest.mark.parametrize(
    "figure", ["CSAT", "CES", "Good ratings", "Helpful", "Net sentiment", "Feedback"]
)
def test_every_figure_and_every_breakdown_is_drawn(show, shop, figure):
    for part in ("Version", "Plan", "Platform", "Feature", "Package", "Country", "Channel"):
        assert not show("feedback", "product", shop, score=figure, score_by=part).exception


def test_without_feedback_it_says_how_it_comes_in(show, project):
    shown = show("feedback", "product", project)
    assert not shown.exception
    assert "POST /api/v1/feedback" in shown.info[0].value
    assert not any("Choose a wider one" in each.value for each in shown.caption)


def test_a_long_list_has_pages(show, conn, shop):
    row = {"project_id": shop.id, "actor_key": 7, "kind": "text", "said_at": ago(5)}
    rows = [row | {"comment": f"number {number}"} for number in range(45)]
    conn.execute(insert(tables.feedback), rows)
    shown = show("feedback", "product", shop, search="number")
    assert "45 comments" in texts(shown, "subheader")
    assert len(shown.text) == 20
