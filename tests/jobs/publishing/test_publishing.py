"""From runs to blocks: when days are published, what is kept of them, and what waits."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from db.access import project_secret
from db.identity import actor_key
from db.tables import (
    feedback,
    member_days,
    organisation_members,
    organisations,
    packages,
    projects,
    published_blocks,
    published_cells,
    published_people,
    runs,
    unpublished,
)
from jobs.erasing import erase_person
from jobs.publishing import feed, publish
from jobs.publishing.passes import last_whole_day
from tests.runs_written import write_members, write_runs
from tests.thorough import thorough

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def run(conn, project, *lines):
    """Store these runs and feed what waits; `a-e` is five people."""
    each = [f"{who} {rest}" for line in lines for who, rest in _spread(line)]
    feed(conn, runs.c.run_id.in_(write_runs(conn, project, *each)))


def _spread(line):
    who, rest = line.split(" ", 1)
    first, _, last = who.partition("-") if len(who) == 3 else (who, "", who)
    return [(chr(code), rest) for code in range(ord(first), ord(last or first) + 1)]


def blocks(conn, cut="", owner="package", stream="runs"):
    """The days of each block of totals, or of a cut."""
    b = published_blocks.c
    ours = select(b.first_day, b.last_day).where(b.owner == owner, b.stream == stream, b.cut == cut)
    return [(r.first_day.day, r.last_day.day) for r in conn.execute(ours.order_by(b.id))]


def cells(conn, cut, owner="package", stream="runs", told=("n",)):
    """Keys, people and sums of every cell of a cut, in the order of blocks."""
    b, c = published_blocks.c, published_cells.c
    columns = (c["keys"], c.people, *(c[name] for name in told))
    query = select(*columns).join(published_blocks, b.id == c.block_id)
    ours = query.where(c.cut == cut, b.owner == owner, b.stream == stream)
    return [(*r[0], *r[1:]) for r in conn.execute(ours.order_by(b.id, c["keys"]))]


def waiting(conn):
    return conn.execute(select(func.sum(unpublished.c.n))).scalar_one() or 0


def id_of(conn, table, name):
    return conn.execute(select(table.c.id).where(table.c.name == name)).scalar_one()


def test_a_day_of_five_people_is_published_when_it_is_over(conn, project):
    day = "review 2026-03-18T10:00Z version=1"
    run(conn, project, f"a-e {day}", f"a {day}")
    assert publish(conn, NOW) == 1
    assert blocks(conn) == [(18, 18)]
    assert cells(conn, "") == [(5, 6)]
    assert waiting(conn) == 0


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        ("UTC", "2026-03-20T00:59:59Z", 18),
        ("UTC", "2026-03-20T01:00Z", 19),
        ("Asia/Kathmandu", "2026-03-19T19:14:59Z", 18),
        ("Asia/Kathmandu", "2026-03-19T19:15Z", 19),
        ("America/St_Johns", "2026-03-20T03:29:59Z", 18),
    ],
)
def test_a_day_is_over_an_hour_after_midnight_in_the_zone_of_the_project(zone, now, day):
    assert last_whole_day(zone, datetime.fromisoformat(now)) == date(2026, 3, day)


def test_days_are_those_of_the_project(conn, berlin):
    run(conn, berlin, "a-e review 2026-03-18T23:30Z")
    assert publish(conn, datetime(2026, 3, 19, 12, tzinfo=UTC)) == 0
    assert publish(conn, datetime(2026, 3, 20, 0, 30, tzinfo=UTC)) == 1
    assert blocks(conn) == [(19, 19)]
    until = select(projects.c.published_until).where(projects.c.id == berlin.id)
    assert conn.execute(until).scalar_one() == date(2026, 3, 19)


def test_what_is_published_until_never_goes_back(conn, project):
    publish(conn, NOW)
    publish(conn, NOW - WEEK)
    assert conn.execute(select(projects.c.published_until)).scalar_one() == date(2026, 3, 19)


def test_four_people_wait_until_a_fifth_comes_and_then_all_days_are_one_block(conn, project):
    run(conn, project, "a-d review 2026-03-16T10:00Z")
    assert publish(conn, NOW) == 0
    run(conn, project, "a review 2026-03-17T10:00Z", "e review 2026-03-18T10:00Z")
    run(conn, project, "a-c review 2026-03-19T10:00Z")
    assert publish(conn, NOW) == 1
    assert blocks(conn) == [(16, 18)]
    assert cells(conn, "") == [(5, 6)]
    assert waiting(conn) == 3


def test_what_comes_late_waits_for_others_of_its_kind(conn, project):
    run(conn, project, *(f"a-e review 2026-03-{day}T10:00Z" for day in (16, 18)))
    publish(conn, NOW)
    run(conn, project, "a-d review 2026-03-16T11:00Z", "a-c review 2026-03-19T10:00Z")
    assert publish(conn, NOW) == 0
    run(conn, project, "e review 2026-03-17T11:00Z")
    assert publish(conn, NOW) == 1
    assert blocks(conn) == [(16, 16), (18, 18), (16, 17)]
    assert cells(conn, "") == [(5, 5), (5, 5), (5, 5)]
    assert cells(conn, "country")[-1] == ("", 5, 5)
    assert waiting(conn) == 3


def test_publishing_again_changes_nothing(conn, project):
    run(conn, project, "a-f review 2026-03-18T10:00Z version=1 tokens=5")
    publish(conn, NOW)
    before = cells(conn, ""), cells(conn, "version,model"), waiting(conn)
    assert publish(conn, NOW) == 0
    assert (cells(conn, ""), cells(conn, "version,model"), waiting(conn)) == before


def test_a_block_tells_sums_of_runs_with_their_failures_durations_and_tokens(conn, project):
    day = "review 2026-03-18T10:00Z"
    run(conn, project, f"a-e {day} duration=200 tokens=10 credits=2", f"a {day} error=Timeout")
    publish(conn, NOW + 4 * WEEK)
    names = ("n", "failures", "timed", "metered", "tokens", "credits", "duration_sum")
    assert cells(conn, "", told=names) == [(5, 6, 1, 5, 5, 50, 10, 1000.0)]
    assert cells(conn, "error_type") == [("other", 5, 6)]


def test_errors_without_a_type_are_not_taken_for_successes(conn, project):
    run(conn, project, "a-e review 2026-03-18T10:00Z", "a-e review 2026-03-18T10:00Z ok=0")
    publish(conn, NOW)
    assert cells(conn, "error_type") == [("", 5, 5), ("error", 5, 5)]


def test_nobodys_runs_are_not_told(conn, project):
    run(conn, project, "- review 2026-03-18T10:00Z", "a-d review 2026-03-18T10:00Z")
    assert publish(conn, NOW) == 0
    assert waiting(conn) == 4


def test_downloads_are_told_apart_by_who_and_what_fetches(conn, project):
    day = "review 2026-03-18T10:00Z kind=download version=1 platform=linux"
    run(
        conn,
        project,
        f"a-e {day} installer=pip audience=person",
        f"f-j {day} installer=uv audience=ci",
    )
    assert publish(conn, NOW) == 1
    assert cells(conn, "", stream="downloads") == [(10, 10)]
    assert cells(conn, "audience", stream="downloads") == [("ci", 5, 5), ("person", 5, 5)]
    assert cells(conn, "audience,installer", stream="downloads") == [
        ("ci", "uv", 5, 5),
        ("person", "pip", 5, 5),
    ]
    assert cells(conn, "") == []


def test_people_and_bots_are_told_apart_where_what_they_fetch_with_is_too_mixed(conn, project):
    fetched = "review 2026-03-18T10:00Z kind=download audience"
    mixed = [f"version={n} platform=p{n} installer=i{n}" for n in range(5)]
    people = [f"{who} {fetched}=person {how}" for who, how in zip("abcde", mixed, strict=True)]
    bots = [f"{who} {fetched}=bot {how}" for who, how in zip("fghij", mixed, strict=True)]
    run(conn, project, *people, *bots)
    publish(conn, NOW + WEEK)
    assert cells(conn, "audience", stream="downloads") == [("bot", 5, 5), ("person", 5, 5)]
    for name in ("version", "platform", "installer"):
        assert cells(conn, f"audience,{name}", stream="downloads") == [
            ("bot", "other", 5, 5),
            ("person", "other", 5, 5),
        ]


def acme(conn, project, *members):
    """The organisation Acme, and the ending of lines of runs for it."""
    write_members(conn, project, "Acme", *members)
    return "organisation=Acme"


def test_an_organisation_sees_its_teams_packages_and_models(conn, project):
    members = [f"{who} team={'Web' if who < 'f' else 'Data'}" for who in "abcdefghij"]
    place = acme(conn, project, *members)
    day = f"2026-03-18T10:00Z {place} credits=2"
    run(conn, project, f"a-e review {day} model=m1", f"f-j seo {day} model=m2")
    publish(conn, NOW)
    ours = {"owner": "organisation", "told": ("n", "credits")}
    assert cells(conn, "", **ours) == [(10, 10, 20)]
    assert cells(conn, "team", **ours) == [("Data", 5, 5, 10), ("Web", 5, 5, 10)]
    review, seo = str(id_of(conn, packages, "review")), str(id_of(conn, packages, "seo"))
    assert sorted(cells(conn, "package", **ours)) == sorted([(review, 5, 5, 10), (seo, 5, 5, 10)])
    assert cells(conn, "model", **ours) == [("m1", 5, 5, 10), ("m2", 5, 5, 10)]


def test_of_a_package_that_one_organisation_alone_runs_nothing_is_told(conn, project):
    place = acme(conn, project, *"abcdefgh")
    run(conn, project, f"a-h review 2026-03-18T10:00Z {place}")
    publish(conn, NOW + WEEK)
    assert blocks(conn) == []
    assert blocks(conn, owner="organisation") == [(18, 18)]


def people(conn, cut="", owner="package"):
    """The number of people by key and the first day of their last block."""
    p = published_people.c
    counted = select(p.key, p.last_start, func.count()).group_by(p.key, p.last_start)
    ours = counted.where(p.cut == cut, p.owner == owner)
    return {(key, day.day): n for key, day, n in conn.execute(ours)}


def test_people_are_counted_once_however_many_blocks_they_are_in(conn, project):
    run(conn, project, "a-f review 2026-03-16T10:00Z", "b-f review 2026-03-18T10:00Z")
    publish(conn, NOW)
    assert people(conn) == {("", 16): 1, ("", 18): 5}
    run(conn, project, "a-e review 2026-03-16T11:00Z")
    publish(conn, NOW)
    assert people(conn) == {("", 16): 1, ("", 18): 5}


@thorough
def test_who_is_erased_is_not_missing_from_what_was_told_of_people(conn, project):
    run(conn, project, "a-f review 2026-03-16T10:00Z", "b-f review 2026-03-18T10:00Z")
    publish(conn, NOW)
    gone = [actor_key(project_secret(conn, project.id), who) for who in "ab"]
    assert [erase_person(conn, project.id, key)["published_people"] for key in gone] == [1, 1]
    assert people(conn) == {("", 16): 1, ("", 18): 5}
    theirs = published_people.c.actor_key.in_([*gone, 0])
    assert conn.execute(select(func.count()).where(theirs)).scalar_one() == 0


def test_an_organisations_people_are_counted_by_team_and_package_too(conn, project):
    place = acme(conn, project, *(f"{who} team=Web" for who in "abcde"), *"fghijk")
    run(conn, project, f"a-k review 2026-03-18T10:00Z {place}")
    publish(conn, NOW)
    assert people(conn, "team", "organisation") == {("Web", 18): 5, ("", 18): 6}
    review = str(id_of(conn, packages, "review"))
    assert people(conn, "package", "organisation") == {(review, 18): 11}


def rate(conn, project, *scores, day=18, **given):
    """Ratings of the package "review" by different people; the first is by number 1."""
    about = {"package_id": id_of(conn, packages, "review"), "project_id": project.id}
    about |= {"kind": "rating", "said_at": datetime(2026, 3, day, 10, tzinfo=UTC)} | given
    rows = [about | {"actor_key": who, "score": score} for who, score in enumerate(scores, 1)]
    return conn.execute(insert(feedback).returning(feedback.c.id), rows).scalars().all()


def test_ratings_are_published_once_also_when_they_are_changed_later(conn, project):
    run(conn, project, "a review 2026-03-18T10:00Z")
    ids = rate(conn, project, 5, 5, 4, 3, 1, app_version="2")
    assert publish(conn, NOW) == 1
    told = ("n", "score_sum", "good")
    assert cells(conn, "", stream="ratings", told=told) == [(5, 5, 18, 3)]
    assert cells(conn, "version", stream="ratings", told=told) == [("2", 5, 5, 18, 3)]
    conn.execute(update(feedback).where(feedback.c.id == ids[0]).values(score=1))
    assert publish(conn, NOW + WEEK) == 0
    assert cells(conn, "", stream="ratings", told=told) == [(5, 5, 18, 3)]


def test_ratings_of_today_without_a_score_or_by_nobody_are_not_told(conn, project):
    run(conn, project, "a review 2026-03-18T10:00Z")
    rate(conn, project, 5, 5, 5, 5, 5, day=20)
    rate(conn, project, None, None, None, None, None)
    rate(conn, project, 5, 5, 5, 5)
    nobodys = rate(conn, project, 5)
    conn.execute(update(feedback).where(feedback.c.id.in_(nobodys)).values(actor_key=0))
    assert publish(conn, NOW) == 0
    assert publish(conn, NOW + timedelta(days=1)) == 1
    assert cells(conn, "", stream="ratings") == [(5, 9)]


def test_ratings_of_an_organisations_members_are_its_own_too(conn, project):
    place = acme(conn, project, *"abcde")
    run(conn, project, f"a review 2026-03-18T10:00Z {place}")
    rate(conn, project, 5, 5, 5, 5, 5, organisation_id=id_of(conn, organisations, "Acme"))
    publish(conn, NOW)
    review = str(id_of(conn, packages, "review"))
    assert cells(conn, "package", "organisation", "ratings") == [(review, 5, 5)]
    assert cells(conn, "", "package", "ratings") == []


def listed(conn):
    """What is told of members by name: their name, the day, and how much."""
    d, m = member_days.c, organisation_members.c
    same = (m.actor_key == d.actor_key) & (m.organisation_id == d.organisation_id)
    query = select(m.username, d.day, d.n, d.credits, d.last_at).join(organisation_members, same)
    return [tuple(row) for row in conn.execute(query.order_by(m.username, d.day))]


def test_members_are_listed_who_agree_where_the_organisation_lists_them(conn, project):
    place = acme(conn, project, *(f"{who} listed={int(who < 'h')}" for who in "abcdefghijkl"))
    day = f"review 2026-03-18T10:00Z {place} credits=2"
    run(conn, project, f"a-f {day}", f"h-l {day}", f"a {day}")
    publish(conn, NOW)
    assert listed(conn) == []
    conn.execute(update(organisations).values(leaderboard=True))
    following = f"review 2026-03-19T10:00Z {place} credits=2"
    run(conn, project, f"a-b {following}", f"h-l {following}", f"a {following}")
    publish(conn, NOW + timedelta(days=1))
    at = datetime(2026, 3, 19, tzinfo=UTC)
    assert listed(conn) == [("a", at.date(), 2, 4, at), ("b", at.date(), 1, 2, at)]


def test_who_alone_is_not_listed_on_a_day_can_not_be_had_from_its_total(conn, project):
    teams = dict.fromkeys("abcdfghij", "X") | dict.fromkeys("eklmno", "Y")
    members = (f"{who} team={team} listed={int(who in 'abcd')}" for who, team in teams.items())
    place = acme(conn, project, *members)
    conn.execute(update(organisations).values(leaderboard=True))
    monday, tuesday = (f"review 2026-03-{day}T10:00Z {place}" for day in (16, 17))
    run(conn, project, f"a-d {monday} credits=2", f"e {monday} credits=7", f"f-o {tuesday}")
    publish(conn, NOW)
    assert cells(conn, "team", "organisation") == [("X", 9, 9), ("Y", 6, 6)]
    assert listed(conn) == []


def test_who_is_listed_was_there_by_the_last_day_that_was_cut_and_no_more_is_said(conn, project):
    place = acme(conn, project, *(f"{who} listed={int(who < 'c')}" for who in "abcdefghijkl"))
    conn.execute(update(organisations).values(leaderboard=True))
    conn.execute(update(projects).values(timezone="America/New_York"))
    run(conn, project, f"a-g review 2026-03-16T23:00Z {place}")
    publish(conn, NOW)
    at = datetime(2026, 3, 16, 4, tzinfo=UTC)  # midnight there
    assert listed(conn) == [(who, at.date(), 1, 0, at) for who in "ab"]


def test_of_who_is_gone_nothing_more_is_told(conn, project):
    """Their part of the total would be what cells, cut without them, leave of it."""
    run(
        conn,
        project,
        "a-f review 2026-03-16T10:00Z country=DE",
        "g review 2026-03-16T10:00Z country=FR",
    )
    publish(conn, NOW - timedelta(days=3))
    assert cells(conn, "") == [(7, 7)]
    assert cells(conn, "country") == []
    gone = actor_key(project_secret(conn, project.id), "a")
    conn.execute(unpublished.delete().where(unpublished.c.actor_key == gone))
    run(
        conn,
        project,
        "b-f review 2026-03-17T10:00Z country=DE",
        "a review 2026-03-17T10:00Z country=FR",
    )
    publish(conn, NOW + WEEK)
    assert cells(conn, "country") == [("other", 6, 6)]
    assert blocks(conn, "country") == [(17, 17)]


def test_packages_and_projects_do_not_mix(conn, project, berlin):
    run(conn, project, "a-c review 2026-03-18T10:00Z", "d-e seo 2026-03-18T10:00Z")
    run(conn, berlin, "f-g review 2026-03-18T10:00Z")
    assert publish(conn, NOW) == 0
