"""Who hears what of packages, organisations and people: every function that takes a viewer."""

import inspect
import pkgutil
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module

import pandas as pd
import pytest
from sqlalchemy import CTE, Select, Subquery, delete, select, update

import analytics.community
from analytics import scope
from analytics.community.organisation import Headed
from analytics.community.packages import Package
from analytics.community.published import Published, window
from db import tables
from db.access import create_project
from tests.analytics.community.world import LAST, NOW, make_world
from tests.conftest import undone
from tests.thorough import thorough

RULES = "analytics.community.authority"  # they answer yes or no
OWNERS = ("package", "organisation")
# What the public hears of public packages, and staff and authors of theirs that are not.
OF_PACKAGES = {
    "compare",
    "directory",
    "directory_sql",
    "growth",
    "package_history",
    "package_of",
    "package_stats",
    "packages_sql",
    "releases_of",
    "by_cut of package",
    "by_stream of package",
    "cell_trails of package",
    "cells of package",
    "compared of package",
    "daily of package",
    "people of package",
    "people_trail of package",
    "people_by_cut of package",
    "total of package",
    "visible_blocks of package",
    "visible_package_totals",
    "visible_package_versions",
    "visible_packages",
    "visible_published_cells of package",
    "visible_published_people of package",
    "cells_sql",
    "days_sql",
    "trending",
}
OF_AUTHORS = {
    "author.also_used",
    "author.also_used_sql",
    "author.comments",
    "author.comments_sql",
    "author.authored",
    "author.own_packages",
    "author.own_packages_sql",
    "author.cells_sql",
    "author.parts",
    "author.slices_sql",
    "author.portrait",
    "author.findings",
    "author.histories",
    "author.released",
    "visible_authored_cells",
    "visible_authored_packages",
    "visible_package_comments",
}
OF_HEADS = {
    "first_day",
    "members_of",
    "listed",
    "members_of_sql",
    "named_packages",
    "organisation_of",
    "organisation_usage",
    "organisations_of",
    "organisation_cells_sql",
    "by_cut of organisation",
    "by_stream of organisation",
    "cell_trails of organisation",
    "cells of organisation",
    "compared of organisation",
    "daily of organisation",
    "people of organisation",
    "people_trail of organisation",
    "people_by_cut of organisation",
    "total of organisation",
    "report",
    "visible_blocks of organisation",
    "visible_member_days",
    "visible_organisation_members",
    "visible_organisation_packages",
    "visible_organisations",
    "visible_published_cells of organisation",
    "visible_published_people of organisation",
}
OF_MEMBERS = {  # heads are members too
    "my_memberships",
    "my_memberships_sql",
    "my_projects",
    "my_data",
    "visible_own_memberships",
}
OF_PEOPLE = {
    "my_usage",
    "my_usage_sql",
    "visible_own_feedback",
    "visible_own_runs",
    "visible_run_packages",
    "my_tokens",
}
HEARD = {
    "public": set(),
    "foreign admin": set(),
    "foreign author": set(),
    "foreign head": set(),
    "colleague": {"my_data", "my_projects"},  # that the project knows them, and nothing of it
    "staff": OF_PACKAGES,
    "author": OF_PACKAGES | OF_AUTHORS,
    "head": OF_HEADS | OF_MEMBERS,
    "member": OF_MEMBERS | OF_PEOPLE,
}


def questions():
    """Every public function that takes a viewer, once for each owner where it takes one."""
    community = pkgutil.walk_packages(analytics.community.__path__, "analytics.community.")
    for module in (scope.packages.__name__, *(each.name for each in community)):
        if module == RULES:
            continue
        loaded = import_module(module)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            wanted = inspect.signature(function).parameters
            if function.__module__ != module or name.startswith("_") or "viewer" not in wanted:
                continue
            place = f"author.{name}" if ".author" in module else name
            if {"owner", "of"} & set(wanted):
                yield from ((f"{place} of {owner}", function, owner) for owner in OWNERS)
            else:
                yield place, function, ""


QUESTIONS = list(questions())


@pytest.fixture(scope="module")
def world(module_conn):
    project = create_project(module_conn, "registry", consent="opt-out", retention_months=None)
    return make_world(module_conn, project)


def ask(function, conn, viewer, world, owner):
    """Call a question with whatever its signature asks for."""
    package, organisation = world.package, world.organisation
    asked = window(LAST, 30)
    owned = package if owner == "package" else organisation
    known = {
        "conn": conn,
        "viewer": viewer,
        "days": 30,
        "now": NOW,
        "window": asked,
        "start": asked.start,
        "wanted": str(package.uid),
        "versions": ["1.0.0", "1.1.0"],
        "limit": 10,
        "most": 10,
        "package": made(Package, package),
        "headed": made(Headed, organisation),
        "package_id": package.id,
        "uid": organisation.uid,
        "organisation": organisation,
        "organisation_id": organisation.id,
        "owner": owner,
        "owner_id": owned.id,
        "of": Published(owner, owned.id),
        "cuts": [("runs", "error_type"), ("runs", "team")],
        "*cuts": "",
        "cut": "",
    }
    parameters = inspect.signature(function).parameters.values()
    wanted = {str(each).split(":")[0]: each.default is each.empty for each in parameters}
    missing = [name for name, needed in wanted.items() if needed and name not in known]
    assert not missing, f"tell this test what {function.__name__} takes for {missing}"
    return function(*(known[name] for name in wanted if name in known))


def made(kind, row):
    """A dataclass of the columns of a row that it has, and of what is the same for all."""
    known = row._asdict() | {"published_until": LAST, "zone": "UTC"}
    return kind(**{field.name: known[field.name] for field in fields(kind)})


def told(conn, answer):
    """All that an answer holds, in lists and plain values that can be compared."""
    if isinstance(answer, Select):
        answer = answer.subquery()
    if isinstance(answer, Subquery | CTE):
        return sorted(map(repr, conn.execute(select(answer))))
    if isinstance(answer, pd.DataFrame):
        return answer.to_dict("list")
    if is_dataclass(answer):
        return {each.name: told(conn, getattr(answer, each.name)) for each in fields(answer)}
    if isinstance(answer, Mapping):
        return {key: told(conn, value) for key, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [told(conn, each) for each in answer]
    return repr(answer)


def heard(conn, world, who):
    """The questions whose answer to this viewer is another than where nothing is kept."""
    viewer = world.viewers[who]
    answers = {
        name: told(conn, ask(function, conn, viewer, world, owner))
        for name, function, owner in QUESTIONS
    }
    with undone(conn):
        for table in reversed(tables.metadata.sorted_tables):
            if table.name not in ("audit_log", "audit_head"):  # which are never emptied
                conn.execute(delete(table))
        return {
            name
            for name, function, owner in QUESTIONS
            if told(conn, ask(function, conn, viewer, world, owner)) != answers[name]
        }


@pytest.mark.parametrize("who", HEARD)
def test_everybody_hears_just_what_is_theirs(conn, world, who):
    assert heard(conn, world, who) == HEARD[who]


@thorough
@pytest.mark.parametrize("who", HEARD)
def test_of_a_public_package_everybody_hears_what_is_published(conn, world, who):
    conn.execute(update(tables.packages).values(is_public=True))
    assert heard(conn, world, who) == HEARD[who] | OF_PACKAGES


def test_there_is_somebody_for_every_question():
    assert set().union(*HEARD.values()) == {name for name, _, _ in QUESTIONS}


def test_a_member_who_becomes_listed_nowhere_is_in_no_leaderboard(conn, world):
    days = select(scope.visible_member_days(world.viewers["head"]))
    assert conn.execute(days).first()
    conn.execute(update(tables.organisation_members).values(listed=False))
    assert not conn.execute(days).first()
