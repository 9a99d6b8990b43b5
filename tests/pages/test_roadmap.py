"""The roadmap as people of each role see it, and what they change there."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from db import tables
from db.access import create_project, ensure_person
from db.annotations import Draft as Note
from db.annotations import annotate
from db.hypotheses import Draft, propose, set_hypothesis_state
from tests.pages.trials import run
from tests.thorough import thorough

NOW = datetime.now(UTC)
TITLE, THEME = "Faster export of reports", "slow export"
HOSTILE = "<b>x</b> ![a](http://e) **loud** $1"


def ago(days):
    return NOW - timedelta(days=days)


def add(conn, table, **values):
    return conn.execute(insert(table).values(values).returning(table.c.id)).scalar_one()


@pytest.fixture
def shop(conn, project, add_events):
    """Two requests that are nearly the same, with three and one votes, and a pain theme of five
    comments; events of four weeks on both sides of a release."""
    lines = [
        f"u{n % 5} open {ago(days):%Y-%m-%d}T10:{n:02}Z" for days in range(1, 60) for n in (1, 2)
    ]
    add_events(project, *lines, f"u1 use {ago(1):%Y-%m-%d}T09:00Z subject=export plan=pro ok=0")
    ours = {"project_id": project.id}
    theme = add(
        conn, tables.themes, **ours, kind="pain", name="slow export", terms={}, found_at=NOW
    )
    for number, title in enumerate(("Faster export of reports", "Export of reports, faster")):
        request = add(
            conn,
            tables.requests,
            **ours,
            actor_key=number + 1,
            external_id=str(number),
            title=title,
            asked_at=ago(3),
        )
        for actor in range(1 if number else 3):
            vote = ours | {"request_id": request, "actor_key": actor + 10, "voted_at": ago(2)}
            conn.execute(insert(tables.votes).values(vote))
    for actor in (1, 2, 1, 2, 1):
        said = add(
            conn,
            tables.feedback,
            **ours,
            actor_key=actor,
            kind="text",
            said_at=ago(2),
            comment="slow",
            subject="export",
            sentiment="negative",
            compound=-0.5,
            lexicon="1",
        )
        pair = {"feedback_id": said, "theme_id": theme, "weight": 1.0}
        conn.execute(insert(tables.feedback_themes).values(pair))
    note = annotate(conn, project.id, Note("release", "Version 2", at=ago(30)))
    belief = propose(
        conn,
        project.id,
        Draft("Nothing changes", "events", 0.1, guardrails=("actors",), annotation_id=note.id),
    )
    set_hypothesis_state(conn, project.id, belief, "shipped", NOW)
    conn.commit()
    return project


def titles(shown):
    return [each.value for each in shown.subheader]


def texts(shown):
    kinds = ("subheader", "markdown", "caption", "info", "warning", "toast")
    return "\n".join(str(each.value) for kind in kinds for each in getattr(shown, kind))


def click(shown, label):
    return next(button for button in shown.button if button.label == label).click().run()


def request(conn, title=TITLE):
    conn.rollback()
    return conn.execute(select(tables.requests).where(tables.requests.c.title == title)).one()


def theme(conn):
    conn.rollback()
    return conn.execute(select(tables.themes)).one()


def item(conn, name):
    """How the choice of a row calls it."""
    found = theme(conn) if name == THEME else request(conn)
    return f"{name} ({'theme' if name == THEME else 'request'} {found.id})"


@pytest.mark.parametrize("role", ["admin", "executive", "product"])
def test_it_ranks_what_is_open_and_says_why(show, shop, role):
    shown = show("roadmap", role, shop)
    assert not shown.exception
    assert "comes first" in titles(shown)[0]
    ranking = shown.dataframe[0].value
    assert set(ranking["kind"]) == {"Request", "Pain theme"}
    assert ranking["score"].is_monotonic_decreasing
    assert "100 \u00d7" in shown.markdown[0].value
    assert "Reach" in shown.markdown[0].value


def test_the_inputs_of_a_theme_are_told_as_they_were_counted(show, conn, shop):
    shown = show("roadmap", "product", shop, item=item(conn, THEME))
    why = shown.markdown[0].value
    assert "2 people, of 3 at most; no plan has a price" in why
    assert "mood -0.50 (1.00); 100% negative of 5 comments (1.00)" in why
    assert "100.0% of \u201cexport\u201d fail (1.00)" in why
    assert "from 0 votes and 5 comments, n / (n + 10)" in why
    assert "4 person-weeks, assumed" in why


def test_weights_in_the_address_change_the_scores(show, shop):
    usual = show("roadmap", "product", shop).dataframe[0].value
    flat = show(
        "roadmap",
        "product",
        shop,
        weight_reach="0.0",
        weight_severity="0.0",
        weight_confidence="0.0",
        weight_effort="0.0",
    )
    assert usual["score"].max() < 100
    assert flat.dataframe[0].value["score"].tolist() == [100.0] * 3


def test_what_is_entered_is_kept_and_counts_at_once(show, conn, shop):
    shown = show("roadmap", "product", shop, item=item(conn, TITLE))
    number, linked = request(conn).id, theme(conn).id
    shown.number_input(key=f"effort_request_{number}").set_value(2.0)
    shown.number_input(key=f"confidence_request_{number}").set_value(90.0)
    shown.selectbox(key=f"state_request_{number}").select("planned")
    shown.selectbox(key=f"theme_request_{number}").select(linked)
    shown = click(shown, "Save")
    assert not shown.exception
    row = request(conn)
    assert (row.effort, row.confidence, row.state, row.theme_id) == (2.0, 0.9, "planned", linked)
    assert "2 person-weeks, entered" in texts(shown)


@thorough
def test_a_moderator_releases_a_request_and_takes_it_back(show, conn, shop):
    shown = show("roadmap", "product", shop, item=item(conn, TITLE))
    shown = click(shown, "Release to the public")
    assert request(conn).released_at is not None
    click(shown, "Withhold from the public")
    assert request(conn).released_at is None


def test_only_moderators_are_offered_a_release(show, conn, shop):
    shown = show("roadmap", "executive", shop, item=item(conn, TITLE))
    assert "Save" in [button.label for button in shown.button]
    assert "Release to the public" not in [button.label for button in shown.button]


def become(conn, **values):
    """Whoever is signed in as product manager is something else from now on."""
    conn.rollback()
    person = tables.people.c.email == "product@example.org"
    conn.execute(tables.people.update().where(person).values(values))
    conn.commit()


def test_who_is_no_moderator_any_more_releases_nothing(show, conn, shop):
    shown = show("roadmap", "product", shop, item=item(conn, TITLE))
    become(conn, role="executive")
    click(shown, "Release to the public")
    assert request(conn).released_at is None


@thorough
def test_who_lost_the_project_saves_nothing_and_is_not_told_otherwise(show, conn, shop):
    other = create_project(conn, "other", retention_months=None)
    conn.commit()
    shown = show("roadmap", "product", shop, item=item(conn, TITLE))
    shown.selectbox(key=f"state_request_{request(conn).id}").select("planned")
    conn.execute(tables.memberships.delete())
    ensure_person(conn, "product@example.org", "product", (other.id,))
    conn.commit()
    shown = click(shown, "Save")
    assert request(conn).state == "open"
    assert "Saved." not in texts(shown)


@thorough
def test_saving_changes_only_what_its_reader_changed(show, conn, shop):
    shown = show("roadmap", "product", shop, item=item(conn, TITLE))
    row, linked = request(conn), theme(conn).id
    values = {"effort": 8.0, "state": "planned", "theme_id": linked}
    ours = tables.requests.c.id == row.id
    conn.execute(tables.requests.update().where(ours).values(values))
    conn.commit()
    shown.selectbox(key=f"state_request_{row.id}").select("started")
    shown = click(shown, "Save")
    row = request(conn)
    assert (row.effort, row.state, row.theme_id) == (8.0, "started", linked)
    assert shown.number_input(key=f"effort_request_{row.id}").value == 8.0
    assert shown.selectbox(key=f"theme_request_{row.id}").value == linked


@thorough
@pytest.mark.parametrize(("role", "public"), [("product", True), ("executive", False)])
def test_a_merge_publishes_only_by_a_moderator(show, conn, shop, role, public):
    twin = tables.requests.c.title != TITLE
    conn.execute(tables.requests.update().where(twin).values(released_at=NOW))
    conn.commit()
    click(show("roadmap", role, shop), "Merge")
    assert request(conn, "Export of reports, faster").merged_into == request(conn).id
    assert (request(conn).released_at is not None) == public


@thorough
def test_near_duplicates_are_offered_and_merged(show, conn, shop):
    shown = show("roadmap", "product", shop)
    assert "1 pair of requests may be the same" in titles(shown)
    shown = click(shown, "Merge")
    assert request(conn, "Export of reports, faster").merged_into == request(conn).id
    assert len(shown.dataframe[0].value) == 2
    assert "No two requests are nearly the same" in titles(shown)


def test_what_was_shipped_says_how_many_were_told(show, conn, shop):
    number = request(conn).id
    done = {"state": "shipped", "shipped_at": NOW, "told_at": NOW}
    wanted = tables.requests.c.title == TITLE
    conn.execute(tables.requests.update().where(wanted).values(done))
    for actor in (1, 2):
        notice = {"project_id": shop.id, "actor_key": actor, "request_id": number}
        conn.execute(insert(tables.notices).values(notice))
    conn.commit()
    assert "1 request shipped, 2 people told" in titles(show("roadmap", "product", shop))


@thorough
def test_what_was_declined_is_opened_again(show, conn, shop):
    twin = tables.requests.c.title != TITLE
    conn.execute(tables.requests.update().where(twin).values(state="declined"))
    conn.commit()
    shown = show("roadmap", "product", shop)
    assert len(shown.dataframe[0].value) == 2
    shown = click(shown, "Open it again")
    assert request(conn, "Export of reports, faster").state == "open"
    assert len(shown.dataframe[0].value) == 3


def test_a_shipped_hypothesis_is_set_against_its_expectation(show, shop):
    told = titles(show("roadmap", "product", shop))
    (sentence,) = [title for title in told if "expected +10%" in title]
    assert sentence.startswith("Events +0.0% (0.0 to 0.0)")
    assert sentence.endswith("before/after, not an experiment")
    assert "What must not suffer" in told


@thorough
def test_a_hypothesis_is_written_down(show, conn, shop):
    shown = show("roadmap", "product", shop)
    shown.text_input(key="h_statement_1").input("Quick exports bring people back")
    shown.selectbox(key="h_metric_1").select("Sessions")
    shown.selectbox(key="h_of_1").select("open")
    shown.number_input(key="h_expected_1").set_value(5.0)
    shown.multiselect(key="h_guards_1").set_value(["Error rate"])
    shown.selectbox(key="h_about_1").select(item(conn, THEME))
    shown = click(shown, "Write it down")
    assert not shown.exception
    conn.rollback()
    row = conn.execute(select(tables.hypotheses).order_by(tables.hypotheses.c.id.desc())).first()
    assert (row.statement, row.metric, row.event) == (
        "Quick exports bring people back",
        "sessions",
        "open",
    )
    assert (row.expected, row.guardrails, row.theme_id) == (0.05, ["error_rate"], theme(conn).id)
    assert "2 hypotheses, 1 of them shipped" in titles(shown)


@thorough
def test_a_hypothesis_without_a_metric_or_a_change_is_not_kept_and_stays_in_the_form(
    show, conn, shop
):
    shown = click(show("roadmap", "product", shop), "Write it down")
    assert [each.value for each in shown.warning] == [
        "Say what is believed, which metric should change and by how much, which is not 0."
    ]
    shown.text_input(key="h_statement_1").input("  Quick exports bring people back ")
    shown.selectbox(key="h_metric_1").select("Sessions")
    shown = click(shown, "Write it down")
    assert [each.value for each in shown.warning] == ["Say by how much, which is not 0."]
    assert "Quick exports" in shown.text_input(key="h_statement_1").value
    conn.rollback()
    assert len(conn.execute(select(tables.hypotheses)).all()) == 1


@thorough
def test_what_can_not_be_kept_is_told_and_nothing_is(show, conn, shop):
    shown = show("roadmap", "product", shop)
    shown.text_input(key="h_statement_1").input("   ")
    shown.selectbox(key="h_metric_1").select("Sessions")
    shown.number_input(key="h_expected_1").set_value(5.0)
    shown.multiselect(key="h_guards_1").set_value(["Sessions"])
    shown = click(shown, "Write it down")
    assert "Say what is believed." in texts(shown)
    shown.text_input(key="h_statement_1").input("More")
    assert "what is to change can't be one of them" in texts(click(shown, "Write it down"))
    conn.rollback()
    assert len(conn.execute(select(tables.hypotheses)).all()) == 1


@thorough
def test_a_hypothesis_is_concluded(show, conn, shop):
    shown = show("roadmap", "product", shop)
    number = conn.execute(select(tables.hypotheses.c.id)).scalar_one()
    shown.selectbox(key=f"hstate_{number}").select("refuted")
    next(b for b in shown.button if b.label == "Save" and "hypothesis" in b.form_id).click().run()
    conn.rollback()
    assert conn.execute(select(tables.hypotheses.c.state)).scalar_one() == "refuted"


def belief(conn):
    conn.rollback()
    return conn.execute(select(tables.hypotheses)).one()


@thorough
def test_concluding_keeps_a_release_that_shares_its_title_or_is_old(show, conn, shop):
    linked = belief(conn).annotation_id
    ours = tables.annotations.c.id == linked
    for at in (ago(30), ago(800)):
        conn.execute(tables.annotations.update().where(ours).values(at=at))
        annotate(conn, shop.id, Note("release", "Version 2", at=ago(1)))
        conn.commit()
        shown = show("roadmap", "product", shop)
        held = belief(conn)
        assert shown.selectbox(key=f"hrelease_{held.id}").value == linked
        state = "refuted" if held.state == "shipped" else "confirmed"
        shown.selectbox(key=f"hstate_{held.id}").select(state)
        next(b for b in shown.button if b.label == "Save" and "hypo" in b.form_id).click().run()
        assert (belief(conn).state, belief(conn).annotation_id) == (state, linked)


@thorough
def test_nothing_that_people_wrote_is_markup(show, conn, shop):
    conn.execute(
        tables.requests.update().where(tables.requests.c.title == TITLE).values(title=HOSTILE)
    )
    conn.execute(tables.themes.update().values(name=HOSTILE))
    conn.execute(tables.feedback.update().values(subject=HOSTILE))
    conn.commit()
    shown = show("roadmap", "product", shop)
    assert not shown.exception
    for text in texts(shown).splitlines():
        assert "<b>" not in text.replace("\\<b", "")
        assert "![a](" not in text
        assert "**loud**" not in text


@thorough
@pytest.mark.parametrize("card", ["ranking", "told", "register", "outcome"])
def test_every_card_shows_its_query(show, conn, shop, card):
    twin = tables.requests.c.title != TITLE
    conn.execute(tables.requests.update().where(twin).values(state="shipped"))
    conn.commit()
    shown = show("roadmap", "product", shop)
    shown.session_state[f"query_{card}"] = True
    shown.run()
    assert not shown.exception
    conn.exec_driver_sql(shown.code[0].value.replace("%", "%%")).all()


def test_it_runs_without_anything(show, project):
    shown = show("roadmap", "product", project)
    assert not shown.exception
    assert titles(shown)[0] == "Nothing to rank yet"


@pytest.mark.parametrize("role", ["operations", "author", "member"])
def test_roles_without_the_field_learn_nothing(show, shop, role):
    shown = show("roadmap", role, shop)
    assert "does not include this page" in shown.info[0].value
    assert not shown.subheader


def test_a_stranger_learns_nothing(show, shop):
    shown = show(None, None, path="pages/roadmap.py")
    assert shown.info[0].value == "Sign in to see this page."
    assert not shown.subheader


def test_who_releases_a_request_sees_its_details_as_text(show, conn, shop):
    ours = tables.requests.c.title == TITLE
    conn.execute(update(tables.requests).where(ours).values(details=HOSTILE))
    conn.commit()
    shown = show("roadmap", "product", shop, item=item(conn, TITLE))
    assert [each.value for each in shown.text].count(HOSTILE) == 2
    assert HOSTILE not in texts(shown)
    assert "the title and these details" in texts(shown)


@thorough
def test_a_request_without_details_says_so(show, conn, shop):
    shown = show("roadmap", "product", shop, item=item(conn, TITLE))
    assert "the title; it has no details" in texts(shown)


def test_a_hypothesis_of_an_experiment_shows_what_that_measured(show, conn, shop):
    run(conn, shop)
    made = propose(conn, shop.id, Draft("Short is better", "events", 0.1, experiment="short"))
    shown = show("roadmap", "product", shop, hypothesis=f"Short is better (#{made})")
    assert not shown.exception
    told = [title for title in titles(shown) if title.startswith("Checkouts")]
    assert told == [
        "Checkouts +25.0% (13.3 to 37.9), expected +10%: more than hoped; by an experiment"
    ]


def test_a_hypothesis_whose_experiment_tells_nothing_yet_says_so(show, conn, shop):
    run(conn, shop, exposed=(1_100, 900))
    made = propose(conn, shop.id, Draft("Short is better", "events", 0.1, experiment="short"))
    shown = show("roadmap", "product", shop, hypothesis=f"Short is better (#{made})")
    assert "Not measured yet, expected +10%; by an experiment" in titles(shown)
    assert "the split is wrong" in texts(shown)
