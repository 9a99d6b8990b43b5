"""The registry of the demo: its organisation's month is told to the last figure."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import Connection, func, select

from analytics.community.trending import trending
from analytics.scope import PUBLIC
from db.access import PERSONAS
from db.demo.registry import REGISTRY, fill_registry
from db.demo.registry.acme import CREDITS, FAVOURITES, RUNS
from db.demo.registry.catalogue import (
    CLAUDE,
    GPT,
    HALF_LIFE,
    NAMES,
    NEW,
    NEW_SINCE,
    OLD,
    REVIEWER,
    RISING,
)
from db.demo.registry.crowd import ACME, ORGANISATIONS, PEOPLE
from db.errors import ProjectExists
from db.standing import standing_of
from db.tables import (
    events,
    feedback,
    organisation_members,
    organisations,
    packages,
    people,
    planted_truths,
    projects,
    runs,
)
from jobs.publishing import feed, publish
from tests.db.demo.frames import NOW
from tests.thorough import thorough

pytestmark = thorough

TODAY = NOW.replace(hour=0, minute=0)
MONTH = timedelta(days=30)


@pytest.fixture(scope="module")
def registry(module_conn: Connection) -> pd.DataFrame:
    """Every run and download, with the names of package and organisation."""
    fill_registry(module_conn, NOW)
    named = (
        select(runs, packages.c.name.label("package"), organisations.c.name.label("organisation"))
        .join(packages, packages.c.id == runs.c.package_id)
        .outerjoin(organisations, organisations.c.id == runs.c.organisation_id)
    )
    return pd.read_sql(named, module_conn)


@pytest.fixture
def month(registry: pd.DataFrame) -> pd.DataFrame:
    """What the organisation ran in the last 30 whole days."""
    whole = registry["occurred_at"].between(TODAY - MONTH, TODAY, inclusive="left")
    return registry[whole & (registry["organisation"] == ACME.name)]


def test_the_organisation_ran_what_its_report_tells(month):
    assert len(month) == 5_623
    assert month["credits"].sum() == 6_847
    assert month["actor_key"].nunique() == 47
    assert month.groupby("team").size().to_dict() == RUNS
    assert month.groupby("team")["credits"].sum().to_dict() == CREDITS


def test_its_favourites_have_their_runs_and_people(month):
    for name, (count, users) in FAVOURITES.items():
        ours = month[month["package"] == name]
        assert (len(ours), ours["actor_key"].nunique()) == (count, users)


def test_it_ran_a_third_more_than_in_the_month_before(registry):
    before = registry["occurred_at"].between(TODAY - 2 * MONTH, TODAY - MONTH, inclusive="left")
    ours = registry[before & (registry["organisation"] == ACME.name)]
    assert 5_623 / len(ours) == pytest.approx(1.34, abs=0.005)


def test_every_day_of_it_has_many_people(month):
    days = month.groupby(month["occurred_at"].dt.date)["actor_key"].nunique()
    assert len(days) == 30
    assert days.min() >= 5


def test_the_month_is_whole_also_when_yesterday_is_not_published_yet(module_conn):
    early = TODAY + timedelta(minutes=30)
    with module_conn.begin_nested() as savepoint:
        module_conn.execute(projects.delete().where(projects.c.name == REGISTRY))
        module_conn.execute(runs.delete())
        fill_registry(module_conn, early)
        day = TODAY - timedelta(days=1)
        of_acme = runs.c.organisation_id == (
            select(organisations.c.id).where(organisations.c.name == ACME.name).scalar_subquery()
        )
        inside = runs.c.occurred_at.between(day - MONTH, day)
        count = select(func.count()).select_from(runs).where(of_acme, inside)
        assert module_conn.execute(count).scalar_one() == 5_623
        savepoint.rollback()


def test_there_are_forty_packages_three_organisations_and_two_thousand_people(
    registry, module_conn
):
    assert registry["package"].nunique() == len(NAMES) == 40
    ran = registry[registry["kind"] == "run"]["actor_key"].nunique()
    assert 0.9 * PEOPLE < ran <= PEOPLE == 2_000
    sizes = select(organisations.c.name, func.count()).join(organisation_members)
    found = module_conn.execute(sizes.group_by(organisations.c.name)).all()
    heads = {place.name: place.size + (place is not ACME) for place in ORGANISATIONS}
    assert dict(map(tuple, found)) == heads
    assert len(heads) == 3


def test_every_run_is_an_event_too(registry, module_conn):
    counted = select(events.c.name, func.count()).group_by(events.c.name)
    counts = dict(map(tuple, module_conn.execute(counted)))
    by_kind = registry["kind"].value_counts()
    assert counts == {"package_run": by_kind["run"], "package_download": by_kind["download"]}
    both = select(func.count()).join_from(
        runs,
        events,
        (events.c.event_id == runs.c.run_id)
        & (events.c.actor_key == runs.c.actor_key)
        & (events.c.occurred_at == runs.c.occurred_at)
        & (events.c.batch_id == runs.c.batch_id),
    )
    assert module_conn.execute(both).scalar_one() == len(registry)


def test_the_personas_are_an_author_a_head_and_a_member(registry, module_conn):
    def standing(role):
        query = select(people.c.id).where(people.c.email == PERSONAS[role])
        return standing_of(module_conn, module_conn.execute(query).scalar_one())

    assert len(standing("author").packages) == 4
    assert len(standing("org_admin").organisations) == 3
    ((_, member),) = standing("member").actors
    mine = registry[registry["actor_key"] == member]
    assert (len(mine), mine["credits"].sum()) == (342, 487)
    assert mine["package"].value_counts().head(3).to_dict() == {
        "seo-optimizer": 87, REVIEWER: 54, "bug-finder": 32,
    }  # fmt: skip
    assert mine["model"].value_counts().to_dict() == {CLAUDE.name: 200, GPT.name: 142}
    assert not standing("member").organisations


def test_the_reviewer_works_better_on_one_model(registry):
    ours = registry[(registry["package"] == REVIEWER) & (registry["kind"] == "run")]
    success = ours.groupby("model")["ok"].mean()
    assert success[CLAUDE.name] == pytest.approx(CLAUDE.success, abs=0.01)
    assert success[GPT.name] == pytest.approx(GPT.success, abs=0.02)


def test_its_new_version_is_taken_up_with_the_planted_half_life(registry):
    ours = registry[(registry["package"] == REVIEWER) & (registry["kind"] == "run")]
    lately = ours[ours["occurred_at"] >= TODAY - timedelta(days=3)]
    planted = 1 - 2 ** (-(NEW_SINCE - 1.5) / HALF_LIFE)
    assert (lately["version"] == NEW).mean() == pytest.approx(planted, abs=0.08)
    assert ours[ours["version"] == NEW]["occurred_at"].min() >= TODAY - timedelta(days=NEW_SINCE)


def test_the_new_version_is_rated_higher(registry, module_conn):
    said = pd.read_sql(select(feedback.c.app_version, feedback.c.score, packages.c.name).join(
        packages, packages.c.id == feedback.c.package_id
    ), module_conn)  # fmt: skip
    mean = said[said["name"] == REVIEWER].groupby("app_version")["score"].mean()
    truth = select(planted_truths.c.size).where(planted_truths.c.name == "better_version")
    assert mean[NEW] - mean[OLD] == pytest.approx(module_conn.execute(truth).scalar_one(), abs=0.15)


def test_one_package_grows_beyond_chance_and_is_said_to(registry, module_conn):
    with module_conn.begin_nested() as savepoint:
        feed(module_conn, runs.c.occurred_at >= TODAY - timedelta(days=16))
        publish(module_conn, NOW)
        names = list(trending(module_conn, PUBLIC)["name"])
        savepoint.rollback()
    assert names[0] == RISING
    assert len(names) <= 3  # of forty, some grow by chance


def test_it_can_not_be_made_twice(registry, module_conn):
    with pytest.raises(ProjectExists):
        fill_registry(module_conn, datetime(2026, 3, 20, tzinfo=UTC))
