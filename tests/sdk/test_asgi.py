"""The middleware on real applications: templates of routes, failures, caches, and who leaves."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from looplens.asgi import Middleware, endpoint_of, from_cache
from looplens.requests import OTHER, Requests
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route


def text(_request):
    return PlainTextResponse("ok", headers={"X-Cache": "Hit from edge"})


def broken(_request):
    raise KeyError("nothing of this is kept")


def slow(_request):
    async def parts():
        for _ in range(3):
            await asyncio.sleep(0.02)
            yield b"x"

    return StreamingResponse(parts())


def starlette():
    routes = [Route("/items/{id:int}", text), Route("/broken", broken), Route("/slow", slow)]
    return Starlette(routes=[*routes, Mount("/sub", routes=[Route("/{name}", text)])])


def fastapi():
    app, sub = FastAPI(), FastAPI()

    @app.get("/items/{id}")
    @sub.get("/{name}")
    def item(id: int = 0, name: str = ""):
        return {}

    @app.get("/broken")
    def fail():
        raise KeyError

    app.mount("/sub", sub)
    return app


def called(app, *paths, **headers):
    """What was counted of these requests, by endpoint."""
    requests = Requests("test")
    transport = httpx.ASGITransport(Middleware(app, requests), raise_app_exceptions=False)

    async def call():
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            for path in paths:
                await client.get(path, headers=headers)

    asyncio.run(call())
    return {row["endpoint"]: row for row in requests.take()}


@pytest.mark.parametrize("make", [starlette, fastapi])
def test_requests_are_counted_under_the_template_of_their_route(make):
    found = called(make(), "/items/7", "/items/8", "/sub/ann", "/secret/of/ann")
    template = "/items/{id:int}" if make is starlette else "/items/{id}"
    assert {name: row["n"] for name, row in found.items()} == {
        f"GET {template}": 2,
        "GET /sub/{name}": 1,
        OTHER: 1,
    }
    assert found[OTHER]["errors"] == {"404": 1}


@pytest.mark.parametrize("make", [starlette, fastapi])
def test_an_exception_is_a_failure_of_its_kind_and_goes_on(make):
    found = called(make(), "/broken")
    assert found["GET /broken"]["failures"] == 1
    assert found["GET /broken"]["errors"] == {"KeyError": 1}


def test_a_request_lasts_until_its_answer_has_been_sent():
    assert called(starlette(), "/slow")["GET /slow"]["duration_sum_ms"] >= 55


def test_what_leaves_is_counted_as_gone():
    async def forever(scope, receive, send):
        await asyncio.sleep(30)

    async def leave():
        scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
        task = asyncio.create_task(Middleware(forever, requests)(scope, None, None))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])

    requests = Requests("test")
    asyncio.run(leave())
    (row,) = requests.take()
    assert (row["refused"], row["errors"]) == (1, {"499": 1})


def test_other_protocols_pass_through():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    requests = Requests("test")
    for kind in ("lifespan", "websocket"):
        asyncio.run(Middleware(app, requests)({"type": kind}, None, None))
    assert seen == ["lifespan", "websocket"]
    assert requests.take() == []


def test_an_older_framework_gives_parameters_and_no_route():
    scope = {"method": "GET", "path": "/users/7/runs/7a", "endpoint": text}
    assert endpoint_of(scope | {"path_params": {"id": 7}}) == "GET /users/{id}/runs/7a"


@pytest.mark.parametrize(
    ("headers", "status", "asked", "cached"),
    [
        ({"x-cache": "HIT"}, 200, "", True),
        ({"x-cache": "Miss from cloud"}, 200, "", False),
        ({"cache-status": "edge; hit; ttl=30"}, 200, "", True),
        ({"cache-status": "edge; fwd=uri-miss; stored"}, 200, "", False),
        ({}, 304, "if-none-match", True),
        ({}, 200, "if-none-match", False),
        ({}, 200, "", None),
        ({}, 500, "if-none-match", None),
    ],
)
def test_whether_an_answer_came_from_a_cache(headers, status, asked, cached):
    start = {"status": status, "headers": [(n.encode(), v.encode()) for n, v in headers.items()]}
    scope = {"headers": [(asked.encode(), b'"x"')] if asked else []}
    assert from_cache(scope, start) is cached


def asked_once(app, scope, requests):
    """What an application that is called once sends."""
    sent = []

    async def send(message):
        sent.append(message["type"])

    asyncio.run(Middleware(app, requests)({"type": "http"} | scope, None, send))
    return sent


async def bare(scope, receive, send):
    """An application that leaves out what ASGI lets it leave out."""
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body"})


def test_an_answer_without_headers_is_counted():
    requests = Requests("test")
    scope = {"method": "GET", "path": "/", "endpoint": bare}
    sent = asked_once(bare, scope, requests)
    assert sent == ["http.response.start", "http.response.body"]
    (row,) = requests.take()
    assert (row["endpoint"], row["n"], row["failures"]) == ("GET /", 1, 0)


def test_what_can_not_be_counted_is_no_fault_of_the_application():
    def full():
        raise RuntimeError("can't start new thread")

    sent = asked_once(bare, {"method": "GET", "path": "/"}, Requests("test", full))
    assert sent == ["http.response.start", "http.response.body"]
    sent = asked_once(bare, {"endpoint": bare, "path": "/"}, Requests("test"))
    assert sent == ["http.response.start", "http.response.body"]


def test_methods_that_somebody_makes_up_are_one():
    scope = {"path": "/a", "endpoint": bare}
    made_up = {endpoint_of(scope | {"method": method}) for method in ("FOO1", "FOO2", "get")}
    assert made_up == {"other /a"}
    assert endpoint_of(scope | {"method": "PATCH"}) == "PATCH /a"
