"""What people ask for: told once, voted for once, and seen when released."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from db.access import create_project
from db.errors import BadRequest, UnknownRequest
from db.moderating import (
    link_request,
    merge_requests,
    release_request,
    set_request_state,
    withhold_request,
)
from db.requests import Wish, ask_for, requests_for, take_back, vote
from db.tables import requests, themes, votes

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
ANN, BOB, CLEO = 11, -12, 13
DARK = Wish("Dark mode", "My eyes.", "dark-1")


@pytest.fixture
def dark(conn, project):
    """A request of Ann's that was released."""
    made = ask_for(conn, project.id, ANN, DARK, NOW)
    release_request(conn, project.id, made.id, None, NOW)
    return made.id


@pytest.fixture
def night(conn, project):
    """The same wish of Bob's, which nobody released."""
    return ask_for(conn, project.id, BOB, Wish("Night colours"), NOW + DAY).id


def seen(conn, project, who=None, limit=100):
    """What somebody sees, by title, with its votes."""
    return {each.title: each.votes for each in requests_for(conn, project.id, who, limit)}


def kept(conn, request_id):
    return conn.execute(select(requests).where(requests.c.id == request_id)).one()


def voters(conn, request_id):
    rows = conn.execute(select(votes).where(votes.c.request_id == request_id))
    return {row.actor_key: row.voted_at for row in rows}


def test_a_wish_is_kept_with_the_vote_of_its_asker(conn, project):
    made = ask_for(conn, project.id, ANN, DARK, NOW)
    assert (made.title, made.details, made.state) == ("Dark mode", "My eyes.", "open")
    assert (made.votes, made.voted, made.mine, made.asked_at) == (1, True, True, NOW)
    assert voters(conn, made.id) == {ANN: NOW}


@pytest.mark.parametrize("wish", [DARK, Wish("Dark mode", "My eyes.")])
def test_a_repetition_is_the_same_request(conn, project, wish):
    first = ask_for(conn, project.id, ANN, wish, NOW)
    assert ask_for(conn, project.id, ANN, wish, NOW + DAY) == first
    assert conn.execute(select(func.count()).select_from(requests)).scalar_one() == 1


def test_what_is_asked_again_under_an_id_does_not_change_what_was_released(conn, project, dark):
    again = ask_for(conn, project.id, ANN, Wish("Buy here", "", "dark-1"), NOW)
    assert (again.id, again.title) == (dark, "Dark mode")
    assert seen(conn, project) == {"Dark mode": 1}


def test_a_repetition_does_not_vote_again_for_who_took_it_back(conn, project, dark):
    assert not take_back(conn, project.id, ANN, dark).voted
    assert ask_for(conn, project.id, ANN, DARK, NOW).votes == 0


def test_another_persons_wish_of_the_same_id_is_another(conn, project):
    ids = {ask_for(conn, project.id, who, DARK, NOW).id for who in (ANN, BOB)}
    assert len(ids) == 2


def test_what_is_personal_is_not_kept(conn, project):
    wish = Wish("Ask ann@example.org", "Call ann@example.org, not bob@example.org.")
    made = ask_for(conn, project.id, ANN, wish, NOW)
    row = kept(conn, made.id)
    assert "example.org" not in row.title + row.details
    assert row.masked == 3


def test_what_is_personal_in_an_external_id_is_not_kept_and_tells_wishes_apart(conn, project):
    def ask(who):
        wish = Wish("Dark mode", "", f"{who}@example.org/u-4711")
        return ask_for(conn, project.id, ANN, wish, NOW, ids=("u-4711",)).id

    ann, bob = ask("ann"), ask("bob")
    assert ann != bob
    assert ask("ann") == ann
    for made in (ann, bob):
        external_id = kept(conn, made).external_id
        assert not [name for name in ("example.org", "u-4711") if name in external_id]


def test_who_asks_is_not_named_in_it(conn, project):
    wish = Wish("As u-4711 said", "u-4711 needs it")
    made = ask_for(conn, project.id, ANN, wish, NOW, ids=("u-4711",))
    assert "u-4711" not in made.title + made.details


def test_what_can_not_be_seen_is_taken_out(conn, project):
    made = ask_for(conn, project.id, ANN, Wish("a\x1b b", "one\x00\r\ntwo"), NOW)
    assert (made.title, made.details) == ("a b", "one\ntwo")


WRONG = {
    "no title": Wish(" \n"),
    "a long title": Wish("x" * 201),
    "nothing to be seen": Wish("\u200b\x00"),
    "nothing but personal data": Wish("ann@example.org, +49 30 901820"),
    "an empty id": Wish("a", external_id=""),
    "a long id": Wish("a", external_id="x" * 201),
    "long details": Wish("a", "x" * 10_001),
}


@pytest.mark.parametrize("wish", WRONG.values(), ids=WRONG.keys())
def test_what_can_not_be_asked_for_is_refused(conn, project, wish):
    with pytest.raises(BadRequest):
        ask_for(conn, project.id, ANN, wish, NOW)
    assert seen(conn, project, ANN) == {}


def test_only_what_was_released_is_seen_and_ones_own(conn, project, dark, night):
    assert seen(conn, project) == {"Dark mode": 1}
    assert seen(conn, project, BOB) == {"Dark mode": 1, "Night colours": 1}
    withhold_request(conn, project.id, dark)
    assert seen(conn, project, BOB) == {"Night colours": 1}
    assert seen(conn, project, ANN) == {"Dark mode": 1}


def test_nothing_is_seen_from_another_project(conn, project, berlin, dark):
    assert seen(conn, berlin, ANN) == {}
    with pytest.raises(UnknownRequest):
        vote(conn, berlin.id, ANN, dark, NOW)


def test_the_most_wanted_comes_first_and_a_list_has_an_end(conn, project, dark):
    other = ask_for(conn, project.id, BOB, Wish("Export"), NOW).id
    release_request(conn, project.id, other, None, NOW)
    vote(conn, project.id, CLEO, other, NOW)
    assert list(seen(conn, project)) == ["Export", "Dark mode"]
    assert list(seen(conn, project, limit=1)) == ["Export"]


def test_a_vote_counts_once(conn, project, dark):
    assert vote(conn, project.id, BOB, dark, NOW).votes == 2
    again = vote(conn, project.id, BOB, dark, NOW + DAY)
    assert (again.votes, again.voted, again.mine) == (2, True, False)
    assert voters(conn, dark) == {ANN: NOW, BOB: NOW}


def test_a_vote_is_taken_back(conn, project, dark):
    vote(conn, project.id, BOB, dark, NOW)
    for _ in range(2):
        left = take_back(conn, project.id, BOB, dark)
        assert (left.votes, left.voted) == (1, False)


def test_nobody_votes_for_what_they_do_not_see(conn, project, night):
    for change in (
        lambda: vote(conn, project.id, ANN, night, NOW),
        lambda: take_back(conn, project.id, ANN, night),
    ):
        with pytest.raises(UnknownRequest):
            change()
    assert voters(conn, night) == {BOB: NOW + DAY}


def test_merging_moves_the_votes_and_counts_nobody_twice(conn, project, dark, night):
    vote(conn, project.id, BOB, dark, NOW + 2 * DAY)
    vote(conn, project.id, CLEO, dark, NOW + 3 * DAY)
    merge_requests(conn, project.id, dark, night)
    assert voters(conn, night) == {ANN: NOW, BOB: NOW + DAY, CLEO: NOW + 3 * DAY}
    assert voters(conn, dark) == {}


def test_a_vote_on_a_merged_request_counts_on_what_it_was_merged_into(conn, project, dark, night):
    merge_requests(conn, project.id, dark, night)
    voted = vote(conn, project.id, CLEO, dark, NOW)
    assert (voted.id, voted.merged_into, voted.votes, voted.voted) == (dark, night, 3, True)
    assert set(voters(conn, night)) == {ANN, BOB, CLEO}
    assert take_back(conn, project.id, CLEO, dark).votes == 2


def test_merging_twice_leads_to_the_last(conn, project, dark, night):
    last = ask_for(conn, project.id, CLEO, Wish("Themes"), NOW).id
    merge_requests(conn, project.id, dark, night)
    merge_requests(conn, project.id, night, last)
    assert kept(conn, dark).merged_into == kept(conn, night).merged_into == last
    assert vote(conn, project.id, ANN, dark, NOW).votes == 3


def test_what_a_released_request_was_merged_into_is_released(conn, project, dark, night):
    merge_requests(conn, project.id, dark, night)
    assert seen(conn, project) == {"Night colours": 2}
    assert seen(conn, project, ANN) == {"Dark mode": 2, "Night colours": 2}


def test_what_was_not_released_releases_nothing(conn, project, dark, night):
    withhold_request(conn, project.id, dark)
    merge_requests(conn, project.id, dark, night)
    assert seen(conn, project) == {}


def test_a_merged_request_stands_as_what_it_was_merged_into(conn, project, dark, night):
    merge_requests(conn, project.id, dark, night)
    set_request_state(conn, project.id, night, "shipped", NOW + 5 * DAY)
    (own,) = [each for each in requests_for(conn, project.id, ANN, 100) if each.id == dark]
    assert (own.state, own.shipped_at) == ("shipped", NOW + 5 * DAY)
    with pytest.raises(UnknownRequest):
        set_request_state(conn, project.id, dark, "open", NOW)


def test_what_can_not_be_merged_is_refused(conn, project, berlin, dark, night):
    theirs = ask_for(conn, berlin.id, ANN, DARK, NOW).id
    with pytest.raises(BadRequest, match="itself"):
        merge_requests(conn, project.id, dark, dark)
    for source, target in ((dark, theirs), (theirs, dark), (dark, 10**6)):
        with pytest.raises(UnknownRequest):
            merge_requests(conn, project.id, source, target)
    merge_requests(conn, project.id, dark, night)
    for source, target in ((dark, night), (night, dark)):
        with pytest.raises(BadRequest, match="already"):
            merge_requests(conn, project.id, source, target)


def test_it_was_shipped_when_that_was_first_said(conn, project, dark):
    for day in (1, 2):
        set_request_state(conn, project.id, dark, "shipped", NOW + day * DAY)
    assert kept(conn, dark).shipped_at == NOW + DAY
    set_request_state(conn, project.id, dark, "started", NOW + 3 * DAY)
    assert (kept(conn, dark).state, kept(conn, dark).shipped_at) == ("started", None)


def test_it_is_closed_since_its_last_answer(conn, project, dark):
    for day, state in ((1, "declined"), (2, "declined"), (3, "shipped"), (4, "open")):
        set_request_state(conn, project.id, dark, state, NOW + day * DAY)
        since = {1: NOW + DAY, 2: NOW + DAY, 3: NOW + 3 * DAY, 4: None}[day]
        assert kept(conn, dark).closed_at == since


def test_a_state_that_there_is_not_is_refused(conn, project, berlin, dark):
    with pytest.raises(BadRequest, match="state"):
        set_request_state(conn, project.id, dark, "done", NOW)
    with pytest.raises(UnknownRequest):
        set_request_state(conn, berlin.id, dark, "shipped", NOW)


def test_a_request_belongs_to_a_theme_of_its_project(conn, project, berlin, dark, night):
    def theme(place):
        values = {"kind": "request", "name": "looks", "terms": {}, "found_at": NOW}
        new = themes.insert().values(values | {"project_id": place.id}).returning(themes.c.id)
        return conn.execute(new).scalar_one()

    ours, theirs = theme(project), theme(berlin)
    link_request(conn, project.id, dark, ours)
    with pytest.raises(BadRequest, match="theme"):
        link_request(conn, project.id, dark, theirs)
    assert kept(conn, dark).theme_id == ours
    merge_requests(conn, project.id, dark, night)
    assert kept(conn, night).theme_id == ours
    link_request(conn, project.id, night, None)
    assert kept(conn, night).theme_id is None


def test_no_vote_is_lost_to_a_merge_at_the_same_time(own_engine):
    with own_engine.begin() as conn:
        project = create_project(conn, "shop")
        source, target = (ask_for(conn, project.id, ANN, Wish(name), NOW).id for name in "ab")
        release_request(conn, project.id, source, None, NOW)
    start = threading.Barrier(9)

    def want(who):
        start.wait()
        with own_engine.begin() as conn:
            vote(conn, project.id, who, source, NOW)

    threads = [threading.Thread(target=want, args=(who,)) for who in range(100, 108)]
    for thread in threads:
        thread.start()
    start.wait()
    with own_engine.begin() as conn:
        merge_requests(conn, project.id, source, target)
    for thread in threads:
        thread.join()
    with own_engine.connect() as conn:
        assert set(voters(conn, target)) == {ANN, *range(100, 108)}


def test_a_request_without_a_theme_by_decision_gets_none_by_merging(conn, project, dark, night):
    values = {"kind": "request", "name": "looks", "terms": {}, "found_at": NOW}
    new = themes.insert().values(values | {"project_id": project.id}).returning(themes.c.id)
    link_request(conn, project.id, dark, conn.execute(new).scalar_one())
    link_request(conn, project.id, night, None)
    merge_requests(conn, project.id, dark, night)
    assert kept(conn, night).theme_id is None
