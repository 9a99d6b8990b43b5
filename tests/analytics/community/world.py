"""A package that nobody else may see, an organisation, and everybody who may ask about them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from analytics.scope import PUBLIC, Viewer
from db.access import ensure_person, project_secret
from db.identity import actor_key
from db.tables import feedback, organisations, package_versions, packages, projects, runs
from db.tokens import create_token
from jobs.publishing import feed, publish
from tests.runs_written import write_members, write_packages, write_runs

LAST = date(2026, 3, 31)
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)  # the morning after the last of the days
DAYS, PEOPLE = 15, 10  # of members as of others
PACKAGE, OTHER, ORGANISATION = "code-reviewer", "linter", "Acme"
NOBODY = -5  # the id of a package, an organisation and an actor that there are not


@dataclass(frozen=True)
class World:
    """The rows that questions are asked about, and who asks them."""

    package: Any
    organisation: Any
    viewers: dict[str, Viewer]


def make_world(conn, project) -> World:
    """Two weeks of runs by members of an organisation and by others, rolled up and published."""
    write_packages(conn, project, PACKAGE, OTHER, public=False)
    members = [f"m{number} team={'Web' if number % 2 else 'Api'}" for number in range(PEOPLE)]
    listed = ["lou team=Web listed=1"]
    write_members(conn, project, ORGANISATION, "boss role=owner", *members, *listed, seats=20)
    conn.execute(update(organisations).values(leaderboard=True))
    write_runs(conn, project, *_lines())
    package = conn.execute(select(packages).where(packages.c.name == PACKAGE)).one()
    organisation = conn.execute(select(organisations)).one()
    released = {"package_id": package.id, "version": "1.0.0", "released_at": NOW}
    conn.execute(insert(package_versions).values(released))
    _rate(conn, project, package)
    feed(conn, runs.c.project_id == project.id)
    publish(conn, NOW)
    assert conn.execute(select(projects.c.published_until)).scalar_one() == LAST
    return World(package, organisation, _viewers(conn, project, organisation))


def _lines():
    for number in range(DAYS):
        day = LAST - timedelta(days=number)
        for who in range(PEOPLE):
            for again in range(2 if number < 7 else 1):
                run = f"{PACKAGE} {day}T1{again}:00Z version=1.{who % 2}.0 model=m1 country=DE"
                run += " duration=20 tokens=7 credits=1 platform=web"
                yield f"m{who} {run} organisation={ORGANISATION}"
                yield f"o{who} {run}"
            yield f"o{who} {OTHER} {day}T15:00Z"
        for who in range(2 * PEOPLE if number < 7 else 0):  # those by whom it grows
            yield f"new{who} {PACKAGE} {day}T14:00Z version=1.{who % 2}.0 model=m1 country=DE"
        yield f"lou {PACKAGE} {day}T12:00Z organisation={ORGANISATION} credits=1"
        yield f"o1 {PACKAGE} {day}T13:00Z kind=download installer=pip"


def _rate(conn, project, package):
    said = {"project_id": project.id, "package_id": package.id, "kind": "rating", "score": 5}
    said |= {"said_at": NOW - timedelta(days=2), "app_version": "1.0.0", "comment": "fine"}
    said |= {"released_at": NOW - timedelta(days=1)}
    for who in [f"{letter}{number}" for letter in "mo" for number in range(PEOPLE)]:
        conn.execute(insert(feedback).values(said | {"actor_key": _key(conn, project, who)}))


def _viewers(conn, project, organisation):
    """Those whose it is, and those like them whose it is not."""
    ours, headed = frozenset({project.id}), frozenset({organisation.id})
    mine = frozenset(conn.execute(select(packages.c.id)).scalars())
    nobodys = frozenset({NOBODY})
    boss, member = (frozenset({(project.id, _key(conn, project, who))}) for who in ("boss", "m0"))
    someone = ensure_person(conn, "m0@example.org", "member")
    create_token(conn, someone, "laptop")
    nothing = frozenset()
    return {
        "public": PUBLIC,
        "foreign admin": Viewer(NOBODY, "", "admin", nobodys),
        "foreign author": Viewer(NOBODY, "", "author", nothing, packages=nobodys),
        "foreign head": Viewer(
            NOBODY, "", "org_admin", nothing, organisations=nobodys, actors=frozenset({(NOBODY, 1)})
        ),
        "colleague": Viewer(NOBODY, "", "member", ours, actors=frozenset({(project.id, NOBODY)})),
        "staff": Viewer(NOBODY, "", "product", ours),
        "author": Viewer(NOBODY, "", "author", nothing, packages=mine),
        "head": Viewer(NOBODY, "", "org_admin", nothing, organisations=headed, actors=boss),
        "member": Viewer(someone, "m0@example.org", "member", nothing, actors=member),
    }


def _key(conn, project, who):
    return actor_key(project_secret(conn, project.id), who)
