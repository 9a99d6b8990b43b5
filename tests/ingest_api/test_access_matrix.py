"""Who gets what over the API: every role by every route, of their own and of others.

A cell is the status of the answer. Ours are the packages open and closed, of which the author and
the reader (a token for reading) are authors, and Acme with its owner, head (an admin of it) and
staff; not ours are the packages other and hidden, and Globex. Open and other are public. My run is
the staff's, their run somebody's of Globex.
"""

import statistics
import time
from itertools import pairwise
from uuid import uuid4

import pytest

from db.members import set_member
from db.package_authors import add_author
from db.package_versions import release
from tests.ingest_api.access_world import ORGANISATIONS, World, make_world, statements
from tests.ingest_api.callers import key_of
from tests.thorough import every_case, thorough

pytestmark = every_case

CALLERS = (
    *("stranger", "key", "member", "executive", "product", "operations", "admin"),
    *("author", "reader", "owner", "head", "staff"),
)
BODIES = {
    "versions": {"version": "1.0.0"},
    "authors": {"email": "new@x.example"},
    "members": {"user_id": "new", "username": "new"},
}
NOUNS = ("packages", "organizations")
GOING = {
    "versions": {"version": "gone"},
    "authors": {"email": "gone@x.example"},
    "members": {"user_id": "gone"},
}
PUBLIC = {"open": 200, "other": 200, "closed": 404, "hidden": 404, "missing": 404}
PUBLIC_ROUTES = (
    "/api/v1/analytics/package/{%s}",
    "/api/v1/analytics/packages/{%s}/compare?versions=1.0.0,2.0.0",
    "/api/v1/analytics/packages/{%s}/downloads",
    "/badge/{%s}/runs.svg",
    "/card/{%s}.svg",
)
# Columns as in CALLERS: str key mem exe pro ope adm aut rea own hea sta
MATRIX = """
GET    /api/v1/analytics/packages/trending       200 200 200 200 200 200 200 200 200 200 200 200
GET    /api/v1/analytics/user/me                 401 401 200 200 200 200 200 200 200 200 200 200
GET    /api/v1/analytics/author/me               401 401 200 200 200 200 200 200 200 200 200 200
GET    /api/v1/analytics/organization/{acme}     401 401 404 404 404 404 404 404 404 200 200 404
GET    /api/v1/analytics/organization/{globex}   401 401 404 404 404 404 404 404 404 404 404 404
GET    /api/v1/analytics/organization/{missing}  401 401 404 404 404 404 404 404 404 404 404 404
POST   /api/v1/analytics/feedback#{my_run}       401 200 404 404 404 404 404 404 404 404 404 200
POST   /api/v1/analytics/feedback#{their_run}    401 200 404 404 404 404 404 404 404 404 404 404
POST   /api/v1/analytics/feedback#{missing}      401 422 404 404 404 404 404 404 404 404 404 404
GET    /api/v1/packages                          401 401 200 200 200 200 200 200 200 200 200 200
POST   /api/v1/packages                          401 401 403 403 403 403 200 403 403 403 403 403
PUT    /api/v1/packages/{open}                   401 401 404 404 404 404 200 200 403 404 404 404
PUT    /api/v1/packages/{closed}                 401 401 404 404 404 404 200 200 403 404 404 404
PUT    /api/v1/packages/{other}                  401 401 404 404 404 404 200 404 403 404 404 404
PUT    /api/v1/packages/{hidden}                 401 401 404 404 404 404 200 404 403 404 404 404
PUT    /api/v1/packages/{missing}                401 401 404 404 404 404 404 404 403 404 404 404
GET    /api/v1/packages/{open}/versions          401 401 404 404 404 404 200 200 200 404 404 404
GET    /api/v1/packages/{hidden}/versions        401 401 404 404 404 404 200 404 404 404 404 404
POST   /api/v1/packages/{closed}/versions        401 401 404 404 404 404 200 200 403 404 404 404
POST   /api/v1/packages/{other}/versions         401 401 404 404 404 404 200 404 403 404 404 404
POST   /api/v1/packages/{missing}/versions       401 401 404 404 404 404 404 404 403 404 404 404
DELETE /api/v1/packages/{closed}/versions        401 401 404 404 404 404 200 200 403 404 404 404
DELETE /api/v1/packages/{other}/versions         401 401 404 404 404 404 200 404 403 404 404 404
GET    /api/v1/packages/{open}/authors           401 401 404 404 404 404 200 200 200 404 404 404
GET    /api/v1/packages/{other}/authors          401 401 404 404 404 404 200 404 404 404 404 404
POST   /api/v1/packages/{open}/authors           401 401 404 404 404 404 200 200 403 404 404 404
POST   /api/v1/packages/{hidden}/authors         401 401 404 404 404 404 200 404 403 404 404 404
DELETE /api/v1/packages/{open}/authors           401 401 404 404 404 404 200 200 403 404 404 404
DELETE /api/v1/packages/{hidden}/authors         401 401 404 404 404 404 200 404 403 404 404 404
GET    /api/v1/organizations                     401 401 200 200 200 200 200 200 200 200 200 200
POST   /api/v1/organizations                     401 401 403 403 403 403 200 403 403 403 403 403
PUT    /api/v1/organizations/{acme}              401 401 404 404 404 404 200 404 403 200 200 404
PUT    /api/v1/organizations/{globex}            401 401 404 404 404 404 200 404 403 404 404 404
PUT    /api/v1/organizations/{missing}           401 401 404 404 404 404 404 404 403 404 404 404
GET    /api/v1/organizations/{acme}/members      401 401 404 404 404 404 200 404 404 200 200 404
GET    /api/v1/organizations/{globex}/members    401 401 404 404 404 404 200 404 404 404 404 404
GET    /api/v1/organizations/{missing}/members   401 401 404 404 404 404 404 404 404 404 404 404
POST   /api/v1/organizations/{acme}/members      401 401 404 404 404 404 200 404 403 200 200 404
POST   /api/v1/organizations/{globex}/members    401 401 404 404 404 404 200 404 403 404 404 404
DELETE /api/v1/organizations/{acme}/members      401 401 404 404 404 404 200 404 403 200 200 404
DELETE /api/v1/organizations/{globex}/members    401 401 404 404 404 404 200 404 403 404 404 404
"""
ROWS = [line.split() for line in MATRIX.strip().splitlines()]


@pytest.fixture(scope="module")
def world(client, ingest_engine) -> World:
    return make_world(client, ingest_engine)


def ask(world, who, method, path):
    """Ask it with a body that changes nothing that matters to other cells.

    Behind "#", which is not sent, stands the run that feedback is about.
    """
    last = path.rsplit("/", 1)[-1]
    new = {"project": world.door.project.name, "name": f"new-{uuid4().hex}"}
    seats = {"seats": 5} if last == "organizations" else {}
    body = new | seats if method == "POST" and last in NOUNS else BODIES.get(last, {})
    if "#" in path:
        body = {"usageId": world.filled(path).partition("#")[2], "rating": 5}
    query = GOING.get(last, {}) if method == "DELETE" else {}
    return world.callers[who].call(method, world.filled(path), body, **query)


def put_what_may_go(world):
    """What those who may delete: a version, an author and a member of everything."""
    with world.door.engine.begin() as conn:
        key = key_of(conn, world.door.project, "gone")
        for name, thing in world.things.items():
            if name in ORGANISATIONS:
                set_member(conn, thing.id, key, "gone")
            else:
                release(conn, thing.id, "gone")
                add_author(conn, thing.id, "gone@x.example")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[:2]))
def test_everybody_gets_what_the_matrix_says(world, row):
    method, path, *expected = row
    got = {}
    for who in CALLERS:
        if method == "DELETE":
            put_what_may_go(world)
        got[who] = str(ask(world, who, method, path).status_code)
    assert got == dict(zip(CALLERS, expected, strict=True))


@pytest.mark.parametrize("route", PUBLIC_ROUTES)
def test_of_public_packages_everybody_gets_the_same_and_of_others_nobody_anything(world, route):
    for name, expected in PUBLIC.items():
        answers = {}
        for who in CALLERS:
            answer = world.callers[who].call("GET", world.filled(route % name))
            answers[who] = (answer.status_code, answer.content)
        assert {status for status, _ in answers.values()} == {expected}, (name, answers)
        assert len({content for _, content in answers.values()}) == 1


def test_every_route_that_takes_a_token_is_in_the_matrix(client):
    """So that a new one is not forgotten: routes that answer a stranger with 401 for a token."""
    asked = {(method, path.split("/{")[0] + path.partition("}")[2]) for method, path, *_ in ROWS}
    document = client.get("/openapi.json").json()["paths"]
    for path, methods in document.items():
        for method in methods:
            tried = client.request(method.upper(), path.replace("{id}", "0" * 32))
            if tried.status_code == 401 and "personal access token" in tried.json().get(
                "detail", ""
            ):
                place = path.split("/{")[0] + path.partition("}")[2]
                assert (method.upper(), place) in asked


# What is somebody else's, and what does not exist ---------------------------------------------

HIDDEN = [
    ("author", "PUT", "/api/v1/packages/{%s}", ("hidden", "other", "missing")),
    ("author", "GET", "/api/v1/packages/{%s}/versions", ("hidden", "other", "missing")),
    ("author", "POST", "/api/v1/packages/{%s}/versions", ("hidden", "other", "missing")),
    ("author", "DELETE", "/api/v1/packages/{%s}/authors", ("hidden", "other", "missing")),
    ("owner", "GET", "/api/v1/analytics/organization/{%s}", ("globex", "missing")),
    ("owner", "PUT", "/api/v1/organizations/{%s}", ("globex", "missing")),
    ("owner", "GET", "/api/v1/organizations/{%s}/members", ("globex", "missing")),
    ("owner", "POST", "/api/v1/organizations/{%s}/members", ("globex", "missing")),
    ("owner", "DELETE", "/api/v1/organizations/{%s}/members", ("globex", "missing")),
    ("staff", "GET", "/api/v1/organizations/{%s}/members", ("acme", "globex", "missing")),
    ("staff", "GET", "/api/v1/analytics/organization/{%s}", ("acme", "globex", "missing")),
    ("product", "GET", "/api/v1/packages/{%s}/versions", ("hidden", "open", "missing")),
    ("staff", "POST", "/api/v1/analytics/feedback#{%s}", ("their_run", "missing")),
    ("admin", "GET", "/api/v1/analytics/organization/{%s}", ("acme", "missing")),
    ("stranger", "GET", "/api/v1/analytics/packages/{%s}/downloads", ("hidden", "missing")),
]


@pytest.mark.parametrize(("who", "method", "route", "names"), HIDDEN)
def test_what_is_foreign_and_what_is_missing_look_and_cost_the_same(
    world, who, method, route, names
):
    seen = []
    for name in names:
        path = world.filled(route % name)
        if who == "stranger":
            path += f"?days={300 + len(method)}"  # that no other test asked, so none is remembered
        with statements() as asked:
            answer = ask(world, who, method, path)
        assert answer.status_code == 404
        headers = {key: value for key, value in answer.headers.items() if key != "date"}
        seen.append((answer.content, headers, asked))
    for one, next_one in pairwise(seen):
        assert one == next_one


@thorough
@pytest.mark.parametrize(
    ("who", "method", "route", "foreign"),
    [
        ("author", "GET", "/api/v1/packages/{%s}/versions", "hidden"),
        ("owner", "GET", "/api/v1/analytics/organization/{%s}", "globex"),
        ("owner", "POST", "/api/v1/organizations/{%s}/members", "globex"),
    ],
)
def test_what_is_foreign_takes_as_long_as_what_is_missing(world, who, method, route, foreign):
    def took(name):
        started = time.perf_counter()
        ask(world, who, method, route % name)
        return time.perf_counter() - started

    pairs = [(took(foreign), took("missing")) for _ in range(60)]
    usual = statistics.median(missing for _, missing in pairs)
    more = statistics.median(one - other for one, other in pairs)
    assert abs(more) < usual / 4
