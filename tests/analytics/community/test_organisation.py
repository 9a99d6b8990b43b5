"""What heads of organisations see, against a count of the published runs in plain Python."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from analytics.community.assumptions import OF_ORGANISATION, assumed
from analytics.community.members import members_of, my_memberships
from analytics.community.organisation import (
    OrganisationDay,
    organisation_of,
    organisation_usage,
    organisations_of,
)
from analytics.community.published import OTHER
from analytics.community.report import report
from analytics.community.roi import organisation_return
from analytics.scope import PUBLIC, Viewer
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
)
from jobs.publishing import feed, publish
from tests.runs_written import write_members, write_runs
from tests.thorough import thorough

FIRST = date(2026, 3, 2)
DAYS = 8
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)  # the morning after the last of the days
PEOPLE = [f"p{number:02}" for number in range(14)]
TEAM_OF = {who: ("Front", "Back")[number % 2] for number, who in enumerate(PEOPLE)}


@dataclass(frozen=True)
class Ran:
    """A run as it happened."""

    who: str
    package: str
    day: date
    model: str
    ok: bool
    credits: int
    duration: int

    @property
    def line(self):
        return (
            f"{self.who} {self.package} {self.day}T10:00Z organisation=Acme model={self.model}"
            f" ok={int(self.ok)} credits={self.credits} duration={self.duration} tokens=100"
        )


def history(seed=3):
    """Every day at least five people of each team run each package on each model."""
    dice = random.Random(seed)
    made = []
    for number in range(DAYS):
        for who in PEOPLE[: dice.choice([10, 12, 14])]:
            for package in ("seo", "review"):
                for model in ("sonnet", "gpt"):
                    how = (
                        dice.random() < 0.9,
                        dice.choice([1, 2]),
                        dice.randrange(500, 3_000),
                    )
                    made.append(Ran(who, package, FIRST + timedelta(days=number), model, *how))
    return made


@pytest.fixture
def acme(conn, project):
    """An organisation of fourteen in two teams, with an admin who runs nothing."""
    lines = [f"{who} team={team}" for who, team in TEAM_OF.items()]
    write_members(conn, project, "Acme", "boss role=owner", *lines, seats=20)
    return conn.execute(select(organisations).where(organisations.c.project_id == project.id)).one()


def head_of(*which):
    """Somebody who is the owner of these organisations and has no other right."""
    ids = frozenset(each.id for each in which)
    return Viewer(1, "boss@example.org", "member", frozenset(), organisations=ids)


def run_and_publish(conn, project, happened):
    write_runs(conn, project, *(run.line for run in happened))
    feed(conn, runs.c.project_id == project.id)
    publish(conn, NOW)


@thorough
@pytest.mark.parametrize("days", [1, 3, 30])
def test_every_figure_is_what_a_count_by_hand_gives(conn, project, acme, days):
    happened = history()
    run_and_publish(conn, project, happened)
    found = organisation_usage(conn, head_of(acme), acme.uid, days)

    last = FIRST + timedelta(days=DAYS - 1)
    start = last - timedelta(days=days - 1)
    mine = [run for run in happened if start <= run.day]
    assert (found.start, found.end, found.days) == (start, last + timedelta(days=1), days)
    assert found.totals.n == len(mine)
    assert found.totals.failures == sum(not run.ok for run in mine)
    assert found.totals.credits == sum(run.credits for run in mine)
    assert found.totals.tokens == 100 * len(mine)
    assert found.totals.duration_ms == pytest.approx(sum(run.duration for run in mine) / len(mine))
    people = len({run.who for run in mine})
    assert found.active == (people if days == 30 else people - people % 5)
    assert [(t.team, t.people, t.runs, t.credits) for t in found.teams] == counted(
        mine, lambda run: TEAM_OF[run.who]
    )
    assert [(p.name, p.people, p.runs, p.credits) for p in found.packages] == counted(
        mine, lambda run: run.package
    )
    assert [(m.model, m.runs, m.credits) for m in found.models] == [
        (model, n, credits) for model, _, n, credits in counted(mine, lambda run: run.model)
    ]
    assert found.daily == by_day(mine)


def counted(mine, key):
    """Key, people rounded down, runs and credits, most runs first."""
    groups = defaultdict(list)
    for run in mine:
        groups[key(run)].append(run)
    rows = [
        (name, fives({run.who for run in group}), len(group), sum(run.credits for run in group))
        for name, group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def fives(people):
    """How many they are, rounded down."""
    return 5 * (len(people) // 5)


def by_day(mine):
    groups = defaultdict(list)
    for run in mine:
        groups[run.day].append(run)
    return tuple(
        OrganisationDay(
            day,
            fives({run.who for run in group}),
            len(group),
            sum(run.credits for run in group),
        )
        for day, group in sorted(groups.items())
    )


@thorough
def test_the_days_before_are_compared_with_where_both_are_whole(conn, project, acme):
    happened = history()
    run_and_publish(conn, project, happened)
    found = organisation_usage(conn, head_of(acme), acme.uid, 4)
    halves = [sum((run.day - FIRST).days // 4 == half for run in happened) for half in (0, 1)]
    assert (found.runs_before, found.totals.n) == tuple(halves)
    assert found.change == pytest.approx(halves[1] / halves[0] - 1)


@thorough
def test_few_people_of_a_team_are_put_together_and_teams_still_add_up(conn, project, acme):
    write_members(conn, project, "Acme", "q1 team=Ops", "q2 team=Ops", "q3")
    extra = [Ran(who, "seo", FIRST, "gpt", True, 7, 900.0) for who in ("q1", "q2", "q3")]
    run_and_publish(conn, project, history() + extra)
    found = organisation_usage(conn, head_of(acme), acme.uid, 30)
    assert "Ops" not in {each.team for each in found.teams}
    assert OTHER in {each.team for each in found.teams}
    assert sum(each.runs for each in found.teams) == found.totals.n
    assert sum(each.credits for each in found.teams) == found.totals.credits
    assert sum(each.runs for each in found.packages) == found.totals.n


def test_what_a_cut_does_not_tell_yet_is_in_other(conn, project, acme):
    block(conn, project, acme, {"n": 60, "credits": 90}, people=14)
    cut(conn, project, acme, "team", "Front", {"n": 25, "credits": 30})
    found = organisation_usage(conn, head_of(acme), acme.uid, 30)
    assert [(each.team, each.runs, each.credits) for each in found.teams] == [
        (OTHER, 35, 60),
        ("Front", 25, 30),
    ]
    assert [(each.uid, each.name, each.runs) for each in found.packages] == [(None, OTHER, 60)]


@thorough
def test_people_without_a_team_are_a_cell_of_their_own(conn, project, acme):
    loose = [f"l{number}" for number in range(5)]
    write_members(conn, project, "Acme", *loose)
    happened = [Ran(who, "seo", FIRST, "gpt", True, 3, 900.0) for who in loose]
    run_and_publish(conn, project, history() + happened)
    found = organisation_usage(conn, head_of(acme), acme.uid, 30)
    assert [(t.runs, t.credits) for t in found.teams if t.team == ""] == [(5, 15)]


@thorough
def test_the_stars_of_members_stand_beside_a_package(conn, project, acme):
    happened = history()
    run_and_publish(conn, project, happened)
    rated(conn, project, acme, "seo", [5, 5, 4, 4, 4])
    publish(conn, NOW + timedelta(days=1))
    found = organisation_usage(conn, head_of(acme), acme.uid, 30)
    assert {each.name: (each.rating, each.ratings) for each in found.packages} == {
        "seo": (4.4, 5),
        "review": (None, 0),
    }


def rated(conn, project, acme, package, scores):
    """Ratings by as many members."""
    secret = project_secret(conn, project.id)
    mine = (packages.c.name == package) & (packages.c.project_id == project.id)
    package_id = conn.execute(select(packages.c.id).where(mine)).scalar_one()
    about = {"project_id": project.id, "package_id": package_id, "organisation_id": acme.id}
    said = {"kind": "rating", "said_at": datetime(2026, 3, 9, 12, tzinfo=UTC)}
    for who, score in zip(PEOPLE, scores, strict=False):
        row = about | said | {"actor_key": actor_key(secret, who), "score": score}
        conn.execute(insert(feedback).values(row))


def test_the_golden_return_stands_on_published_numbers(conn, project, acme):
    conn.execute(update(organisations).where(organisations.c.id == acme.id).values(seats=50))
    block(conn, project, acme, {"n": 5_623, "credits": 6_847}, people=47)
    found = organisation_usage(conn, head_of(acme), acme.uid, 30)
    assert (found.totals.n, found.totals.credits, found.active) == (5_623, 6_847, 47)
    assert (found.adoption, found.idle) == (0.94, 3)
    reckoned = organisation_return(
        found.totals.n, found.active, found.days, assumed({}, OF_ORGANISATION)
    )
    assert (reckoned.likely.value, reckoned.likely.cost) == (16_860, 193)


def test_the_people_of_other_windows_than_the_golden_one_are_rounded(conn, project, acme):
    block(conn, project, acme, {"n": 5_623}, people=47)
    active = {
        days: organisation_usage(conn, head_of(acme), acme.uid, days).active
        for days in (29, 30, 31)
    }
    assert active == {29: 0, 30: 47, 31: 45}


def test_more_active_people_than_seats_are_all_of_them(conn, project, acme):
    conn.execute(update(organisations).where(organisations.c.id == acme.id).values(seats=5))
    block(conn, project, acme, {"n": 60}, people=6)
    found = organisation_usage(conn, head_of(acme), acme.uid, 30)
    assert (found.active, found.adoption, found.idle, found.paid) == (6, 1.0, 0, 6)


def test_the_cost_counts_all_who_may_have_been_active(conn, project, acme):
    conn.execute(update(organisations).where(organisations.c.id == acme.id).values(seats=50))
    block(conn, project, acme, {"n": 5_623}, people=47)
    days = (29, 30, 31)
    found = [organisation_usage(conn, head_of(acme), acme.uid, each).paid for each in days]
    assert found == [0, 47, 49]
    conn.execute(update(organisations).where(organisations.c.id == acme.id).values(seats=48))
    assert organisation_usage(conn, head_of(acme), acme.uid, 31).paid == 48


def test_the_cost_begins_with_the_first_published_day(conn, project, acme):
    block(conn, project, acme, {"n": 5_623}, people=47)
    for days, paid in ((365, 30), (30, 30)):
        assert organisation_usage(conn, head_of(acme), acme.uid, days).paid_days == paid
    made = report(conn, head_of(acme), acme.uid, 365, NOW)
    assert made.estimate.likely.cost == 99 + 2 * made.usage.paid


def block(conn, project, acme, sums, people):
    """One block of the thirty days that are published."""
    last = FIRST + timedelta(days=29)
    place = {"project_id": project.id, "owner": "organisation", "owner_id": acme.id}
    days = {"stream": "runs", "first_day": FIRST, "last_day": last}
    made = insert(published_blocks).values(place | days).returning(published_blocks.c.id)
    cell = {"block_id": conn.execute(made).scalar_one(), "cut": "", "keys": [], "people": people}
    conn.execute(insert(published_cells).values(cell | sums))
    somebody = place | {"stream": "runs", "cut": "", "key": "", "last_start": FIRST}
    for number in range(people):
        conn.execute(insert(published_people).values(somebody | {"actor_key": number + 1}))
    conn.execute(update(projects).where(projects.c.id == project.id).values(published_until=last))


def cut(conn, project, acme, name, key, sums):
    """One cell of a cut, of a block of its own over the same days."""
    place = {"project_id": project.id, "owner": "organisation", "owner_id": acme.id}
    days = {"stream": "runs", "first_day": FIRST, "last_day": FIRST + timedelta(days=29)}
    made = insert(published_blocks).values(place | days | {"cut": name})
    made = made.returning(published_blocks.c.id)
    cell = {"block_id": conn.execute(made).scalar_one(), "cut": name, "keys": [key], "people": 5}
    conn.execute(insert(published_cells).values(cell | sums))


@thorough
def test_before_anything_is_published_there_is_nothing_and_no_days(conn, project, acme):
    write_runs(conn, project, *(run.line for run in history()))
    found = organisation_usage(conn, head_of(acme), acme.uid, 30)
    assert (found.start, found.totals.n, found.active, found.teams) == (None, 0, 0, ())


ELSEWHERE = frozenset({-1})
STRANGERS = {
    "the public": PUBLIC,
    "an admin of the project": Viewer(9, "a@b.c", "admin", frozenset(range(1_000))),
    "somebody else's head": Viewer(
        9, "a@b.c", "member", frozenset(), organisations=frozenset({-1})
    ),
}


@thorough
@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS.keys())
def test_an_organisation_is_not_there_for_who_does_not_head_it(conn, project, acme, stranger):
    run_and_publish(conn, project, history())
    assert organisations_of(conn, stranger) == ()
    assert organisation_usage(conn, stranger, acme.uid, 30) is None
    assert members_of(conn, stranger, acme.uid).empty


@pytest.mark.parametrize("uid", ["", "no uid", "0" * 32, "' or 1=1 --", "\0", "x" * 10_000])
def test_what_is_no_organisation_is_none(conn, acme, uid):
    assert organisation_of(conn, head_of(acme), uid) is None
    assert organisation_usage(conn, head_of(acme), uid, 30) is None


def test_members_who_agreed_are_listed_where_the_organisation_lists_them(conn, project, acme):
    block(conn, project, acme, {"n": 60}, people=14)
    agree(conn, project, acme, "p00", "p01", "p02")
    ran(conn, project, acme, "p00", FIRST, 4)
    ran(conn, project, acme, "p00", FIRST + timedelta(days=1), 5)
    ran(conn, project, acme, "p01", FIRST, 20)
    ran(conn, project, acme, "p02", FIRST - timedelta(days=1), 50)  # before the window
    ran(conn, project, acme, "p03", FIRST, 30)  # did not agree
    assert organisation_usage(conn, head_of(acme), acme.uid, 30).leaderboard == ()
    switch = update(organisations).where(organisations.c.id == acme.id)
    conn.execute(switch.values(leaderboard=True))
    found = organisation_usage(conn, head_of(acme), acme.uid, 30).leaderboard
    assert [(each.username, each.team, each.runs, each.credits) for each in found] == [
        ("p01", "Back", 20, 40),
        ("p00", "Front", 9, 18),
    ]
    assert found[1].last_at == datetime(2026, 3, 3, 12, tzinfo=UTC)


def ran(conn, project, acme, who, day, n):
    """What a member ran on a day, as publishing lists it."""
    key = actor_key(project_secret(conn, project.id), who)
    about = {"organisation_id": acme.id, "project_id": project.id, "actor_key": key, "day": day}
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    conn.execute(insert(member_days).values(about | {"n": n, "credits": 2 * n, "last_at": at}))


def agree(conn, project, acme, *who):
    """Let these members agree to be listed."""
    secret = project_secret(conn, project.id)
    keys = [actor_key(secret, each) for each in who]
    mine = organisation_members.c.actor_key.in_(keys)
    conn.execute(update(organisation_members).where(mine).values(listed=True))


def test_the_roster_tells_who_belongs_and_nothing_of_their_use(conn, project, acme):
    found = members_of(conn, head_of(acme), acme.uid)
    assert list(found["username"]) == sorted(["boss", *PEOPLE])
    assert found.set_index("username").loc["boss", "role"] == "owner"
    assert not found["listed"].any()


def test_somebody_sees_where_they_are_a_member_themselves(conn, project, acme):
    key = actor_key(project_secret(conn, project.id), "p00")
    oneself = Viewer(3, "p@b.c", "member", frozenset(), actors=frozenset({(project.id, key)}))
    found = my_memberships(conn, oneself)
    assert list(found[["organisation", "username", "team"]].itertuples(index=False, name=None)) == [
        ("Acme", "p00", "Front")
    ]
    assert my_memberships(conn, PUBLIC).empty
