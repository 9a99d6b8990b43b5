"""The weekly digest against counts by eye and by plain Python."""

from datetime import UTC, date, datetime, timedelta

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from analytics.feedback.digest import (
    SENDINGS,
    Volume,
    Volumes,
    archive,
    archive_sql,
    as_html,
    digest,
    last_week,
    markdown_of,
    plain,
    quoted,
    quoted_sql,
    quotes_of,
    sendings,
    sendings_sql,
    title_of,
    volumes,
    volumes_sql,
)
from analytics.scope import PUBLIC
from db import tables
from db.outbox import Letter, mark_sent, post, take_due
from db.targets import set_target
from tests.analytics.feedback.reference import Said, answer, history, store
from tests.analytics.reference import anyone, asking
from tests.thorough import thorough

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)  # a Thursday
WEEK = date(2026, 3, 2)
START, END = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)


@pytest.fixture
def filters(project):
    return asking(project, date(2026, 1, 1), date(2026, 2, 1), now=NOW, platform=("web",))


def say(conn, project, comment, compound, **more):
    """A comment of the week as it is stored once it is scored."""
    label = "positive" if compound > 0 else "negative"
    row = {"project_id": project.id, "actor_key": 1, "kind": "text", "comment": comment}
    row |= {"said_at": START, "compound": compound, "sentiment": label, "lexicon": "1"}
    stored = insert(tables.feedback).values(row | more).returning(tables.feedback.c.id)
    return conn.execute(stored).scalar_one()


def themed(conn, project, name, ids, kind="pain"):
    theme = {"project_id": project.id, "kind": kind, "name": name, "terms": {}, "found_at": NOW}
    made = insert(tables.themes).values(theme).returning(tables.themes.c.id)
    theme_id = conn.execute(made).scalar_one()
    pairs = [{"feedback_id": each, "theme_id": theme_id, "weight": 1.0} for each in ids]
    conn.execute(insert(tables.feedback_themes), pairs)


def test_the_week_is_the_last_whole_one_of_the_whole_project(filters):
    week = last_week(filters)
    assert (week.start, week.end, week.dimensions) == (WEEK, WEEK + timedelta(days=7), {})


def test_a_week_begins_at_midnight_of_the_project(conn, berlin):
    eve = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)
    store(conn, berlin, [Said(1, "text", eve, comment="before")])
    store(conn, berlin, [Said(1, "text", eve + timedelta(minutes=1), comment="first")])
    asked = asking(berlin, date(2026, 1, 1), date(2026, 2, 1), now=NOW)
    assert digest(conn, anyone(berlin), asked).volumes.comments == Volume(1, 1)


@thorough
@given(seed=st.integers(0, 10_000))
def test_volumes_are_what_python_counts(engine, seed):
    from db.access import create_project

    with engine.connect() as conn, conn.begin() as transaction:
        project = create_project(conn, "counted", consent="opt-out")
        said = history(seed, WEEK - timedelta(days=10), 25)
        store(conn, project, said)
        asked = last_week(asking(project, WEEK, WEEK + timedelta(days=1), now=NOW))
        found = volumes(conn, anyone(project), asked)
        transaction.rollback()
    now = [each for each in said if START <= each.at < END]
    before = [each for each in said if START - timedelta(days=7) <= each.at < START]
    for of, field in ((now, "now"), (before, "before")):
        rated = [each for each in of if each.score is not None or each.helpful is not None]
        assert getattr(found.comments, field) == sum(each.comment is not None for each in of)
        assert getattr(found.people, field) == len({each.who for each in of} - {0})
        assert getattr(found.ratings, field) == len(rated)


def test_requests_and_votes_are_counted_by_when_they_came(conn, project, filters):
    for at in (START - timedelta(days=1), START, END - timedelta(seconds=1), END):
        values = {"project_id": project.id, "actor_key": 1, "title": "faster", "asked_at": at}
        values |= {"external_id": str(at)}
        new = insert(tables.requests).values(values).returning(tables.requests.c.id)
        vote = {"request_id": conn.execute(new).scalar_one(), "project_id": project.id}
        conn.execute(insert(tables.votes).values(vote | {"actor_key": 2, "voted_at": at}))
    found = volumes(conn, anyone(project), last_week(filters))
    assert found == Volumes(requests=Volume(2, 1), votes=Volume(2, 1))


def test_the_statements_give_the_same_numbers(conn, project, filters):
    say(conn, project, "It is slow and bad, really.", -0.8)
    week = last_week(filters)
    row = answer(conn, volumes_sql(anyone(project), week)).iloc[0]
    assert row["comments"] == volumes(conn, anyone(project), week).comments.now == 1
    worst = answer(conn, quoted_sql(anyone(project), week))
    assert tuple(worst["comment"]) == quoted(conn, anyone(project), filters).worst


def test_what_was_sent_and_made_is_listed_with_the_latest_first(conn, project, filters):
    set_target(conn, project.id, "team", "json://127.0.0.1/s3cret", ("digest",))
    letter = Letter("Week", "a", "b")
    for number, about in enumerate(("2026-02-23", WEEK.isoformat())):
        post(conn, project.id, "digest", about, letter, NOW + timedelta(days=number))
    mark_sent(conn, take_due(conn, NOW).id, NOW)
    row = {"project_id": project.id, "made_at": NOW, "html": "", "figures": {}}
    weeks = [row | {"week": WEEK - timedelta(weeks=n), "markdown": f"{n}"} for n in (1, 0)]
    conn.execute(insert(tables.digests), weeks)
    viewer = anyone(project)
    sent, kept = sendings(conn, viewer, filters), archive(conn, viewer, project.id)
    assert sorted(sent["state"]) == ["sent", "waiting"]
    assert kept["markdown"].tolist() == ["0", "1"]
    assert answer(conn, sendings_sql(viewer, filters)).astype(SENDINGS).equals(sent)
    assert answer(conn, archive_sql(viewer, project.id))["week"].tolist() == kept["week"].tolist()


def test_themes_rise_that_more_comments_are_about_than_before(conn, project, filters):
    ago = START - timedelta(days=3)
    risen = [say(conn, project, "slow", -0.5) for _ in range(4)]
    fewer = [say(conn, project, "dear", -0.5, said_at=ago) for _ in range(5)]
    rare = [say(conn, project, "ugly", -0.5) for _ in range(2)]
    themed(conn, project, "slow export", [*risen, say(conn, project, "s", -0.5, said_at=ago)])
    themed(conn, project, "price", [*fewer, *(say(conn, project, "d", -0.5) for _ in range(3))])
    themed(conn, project, "looks", rare)
    made = digest(conn, anyone(project), filters)
    assert [(each.name, each.now, each.before) for each in made.risen] == [("slow export", 4, 1)]


def test_quotes_are_the_clearest_one_a_person_and_none_that_holds_personal_data(
    conn, project, filters
):
    say(conn, project, "It is slow and bad, really.", -0.5, actor_key=1)
    say(conn, project, "It is terrible, horrible, bad.", -0.9, actor_key=1)
    say(conn, project, "It is rather bad, I would say.", -0.4, actor_key=2)
    say(conn, project, "Awful! Write to ann@example.org", -0.95, actor_key=3)
    say(conn, project, "Awful! Write to [removed] soon.", -0.95, actor_key=4, masked=1)
    say(conn, project, "too short", -0.99, actor_key=5)
    say(conn, project, "Not of this week, but horrible.", -0.99, actor_key=6, said_at=END)
    say(conn, project, "A person says that this is fine.", -0.99, actor_key=7, corrected="positive")
    say(conn, project, "I love it, this is wonderful.", 0.9, actor_key=8)
    found = quoted(conn, anyone(project), filters)
    assert found.worst == ("It is terrible, horrible, bad.", "It is rather bad, I would say.")
    assert found.best == ("I love it, this is wonderful.", "A person says that this is fine.")


def test_who_may_not_see_feedback_gets_an_empty_digest(conn, project, filters):
    say(conn, project, "I love it, this is wonderful.", 0.9)
    for viewer in (PUBLIC, anyone(project, role="operations")):
        assert digest(conn, viewer, filters).is_silent
        assert not quoted(conn, viewer, filters).best
        assert sendings(conn, viewer, filters).empty
    assert not digest(conn, anyone(project), filters).is_silent


def test_the_text_tells_the_counts_the_scores_and_their_movement(conn, project, filters):
    ago = START - timedelta(days=7)
    scores = [(at, score) for at, of in ((START, (10, 10, 9, 2)), (ago, (2, 8))) for score in of]
    store(conn, project, [Said(n, "nps", at, score=s) for n, (at, s) in enumerate(scores, 1)])
    made = digest(conn, anyone(project), filters)
    assert title_of(made, "shop") == "Feedback on shop, 2 March to 8 March 2026"
    text = markdown_of(made)
    assert "- **4** people who said something (2 the week before)" in text
    assert "- **NPS 50** ± 85 from 4 answers, up 100 points, within chance" in text


def test_a_share_is_told_with_its_margin_in_points(conn, project, filters):
    store(conn, project, [Said(n, "csat", START, score=score) for n, score in ((1, 5), (2, 1))])
    text = markdown_of(digest(conn, anyone(project), filters))
    assert "- **CSAT 50%** ± 41 points from 2 answers" in text


HOSTILE = "<script>alert(1)</script> ![x](http://e/x.png) [y](javascript:z) **b** `c` & a|b\n# h"


@pytest.mark.parametrize("render", [as_html, markdown.markdown], ids=["ours", "apprise's"])
def test_what_people_write_is_never_markup(render):
    html = render(f"- “{plain(HOSTILE)}”\n")
    assert html.count("<") == 4  # a list with one point
    assert "alert(1)" in html


def test_no_address_is_seen_as_one_and_nobody_is_mentioned():
    text = plain("https://evil.example/x www.evil.example ann@evil.example @channel")
    for linked in ("://evil", "www.", "@evil", "@channel"):
        assert linked not in text
    assert text.replace("\u200b", "").split()[0] == "https://evil.example/x"


@given(text=st.text(max_size=40))
def test_any_text_becomes_one_point_of_a_list(text):
    html = as_html(f"- “{plain(text)}”\n")
    assert html.startswith("<ul>\n<li>“")
    assert html.count("<") == 4
    assert html.count("\n") == 3


def test_without_quotes_there_is_no_part_of_them(conn, project, filters):
    assert quotes_of(quoted(conn, anyone(project), filters)) == ""
