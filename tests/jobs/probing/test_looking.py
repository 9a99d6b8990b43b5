"""What one look finds, of servers that answer, fail, hang, lead away and hold old certificates."""

import asyncio
import errno
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import httpcore
import pytest

from jobs.probing import looking, places
from jobs.probing.looking import look
from jobs.probing.names import asking
from jobs.probing.places import first, is_public, is_refused
from tests.jobs.probing.conftest import probe, serving
from tests.thorough import thorough

NOW = datetime.now(UTC)  # certificates are made as the test runs
OUTSIDE = "93.184.216.34"


def seen(kind, address, at=NOW, **more):
    return asyncio.run(look(probe(kind, address, **more), at))


def address_of(server, path="/", host="127.0.0.1", scheme="http"):
    return f"{scheme}://{host}:{server.server_port}{path}"


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_page_that_answers_is_ok_and_timed(site):
    found = seen("http", address_of(site))
    assert (found.probe_id, found.at, found.ok, found.reason) == (1, NOW, True, "")
    assert 0 < found.duration_ms < 2_000


@pytest.mark.parametrize(
    ("path", "more", "reason"),
    [
        ("/down", {}, "It answers with 503."),
        ("/down", {"expected_status": 503}, ""),
        ("/", {"expected_status": 204}, "It answers with 200."),
        ("/", {"expected_text": "well"}, ""),
        ("/", {"expected_text": "sick"}, "Its answer does not hold the expected text."),
        ("/moved", {}, ""),
        ("/moved", {"expected_text": "well"}, ""),
        ("/moved", {"expected_status": 302}, ""),
        ("/round", {}, "It redirects more than 5 times."),
        ("/file", {}, "It redirects to what is no web address."),
        ("/cloud", {}, "Probes don't reach this kind of address."),
        ("/path?a=b", {"expected_text": "asked"}, ""),
        ("/slow", {"timeout_seconds": 0.5}, "No answer within 0.5 s."),
    ],
)
def test_a_page_is_judged_by_its_answer(site, path, more, reason):
    found = seen("http", address_of(site, path), **more)
    assert (found.reason, found.ok) == (reason, not reason)
    assert (found.duration_ms is None) == bool(reason)


def test_a_text_is_looked_for_in_the_beginning_of_a_long_answer(site):
    site.answers["/long"] = (200, {}, "x" * 3_000_000 + "end")
    assert seen("http", address_of(site, "/long"), expected_text="xxx").ok
    assert not seen("http", address_of(site, "/long"), expected_text="end").ok


def test_a_password_goes_to_its_own_origin_alone(site):
    with serving({"/": (200, {}, "")}) as other:
        site.answers["/away"] = (302, {"Location": address_of(other)}, "")
        found = seen("http", f"http://ann:p%40ss@127.0.0.1:{site.server_port}/away")
        assert found.ok
        assert site.asked[-1][1]["Authorization"] == "Basic YW5uOnBAc3M="
        assert "Authorization" not in other.asked[-1][1]


def test_a_trusted_page_is_ok_and_does_not_lead_to_an_open_one(secure):
    assert seen("http", address_of(secure, host="localhost", scheme="https")).ok
    found = seen("http", address_of(secure, "/plain", "localhost", "https"))
    assert found.reason == "It redirects from https to http."


def test_a_certificate_that_nobody_trusts_is_not_ok(secure, monkeypatch):
    monkeypatch.undo()
    found = seen("http", address_of(secure, host="localhost", scheme="https"))
    assert found.reason.startswith("The certificate is not valid: ")
    found = seen("certificate", f"localhost:{secure.server_port}")
    assert found.reason.startswith("The certificate is not valid: ")


def test_a_certificate_for_another_name_is_not_ok(secure):
    found = seen("certificate", f"127.0.0.1:{secure.server_port}")
    assert found.reason.startswith("The certificate is not valid: IP address mismatch")


def test_a_certificate_tells_its_days_and_is_not_ok_when_few_are_left(authority, trusted):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ends = NOW + timedelta(days=30)
    authority.issue_cert("localhost", not_after=ends).configure_cert(context)
    with serving({}, context) as server:
        place = f"localhost:{server.server_port}"
        found, soon = seen("certificate", place), seen("certificate", place, minimum_days=31)
    assert found.ok
    assert found.days_left == pytest.approx(30, abs=0.01)
    assert (soon.ok, soon.reason) == (False, "The certificate is valid for 30 more days.")
    assert soon.days_left == pytest.approx(30, abs=0.01)


def test_a_port_is_open_or_not(site):
    assert seen("tcp", f"127.0.0.1:{site.server_port}").ok
    assert seen("tcp", f"localhost:{site.server_port}").ok
    found = seen("tcp", f"127.0.0.1:{closed_port()}")
    assert found.reason == "The connection was refused or broke off."


@pytest.fixture
def mute():
    """The address of a server of names that never says anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{silent.getsockname()[1]}"


def test_a_slow_server_of_names_holds_up_nobody_else(site, mute):
    """Two hundred looks wait for it, and another, whose host is known, does not."""

    async def together():
        async with asking(mute):
            slow = [probe("tcp", f"slow{number}.example:80") for number in range(200)]
            waiting = [asyncio.create_task(look(each, NOW)) for each in slow]
            await asyncio.sleep(0)
            quick = await look(probe("tcp", f"localhost:{site.server_port}"), NOW)
            were_done = [each.done() for each in waiting]
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        return quick, were_done

    quick, were_done = asyncio.run(together())
    assert quick.ok
    assert were_done == [False] * 200


def test_a_name_that_is_not_told_in_time_is_no_answer(mute):
    async def late():
        async with asking(mute):
            return await look(probe("tcp", "slow.example:80", timeout_seconds=0.1), NOW)

    assert asyncio.run(late()).reason == "No answer within 0.1 s."


def test_an_address_needs_no_server_of_names(site, monkeypatch):
    async def sleep(_name):
        await asyncio.sleep(1)

    monkeypatch.setattr(places, "addresses_of", sleep)
    for kind, place in (("tcp", f"127.0.0.1:{site.server_port}"), ("http", address_of(site))):
        assert seen(kind, place, timeout_seconds=0.5).ok


def test_a_name_that_nobody_has_is_told_as_such():
    found = seen("tcp", "no-such-host.invalid:80")
    assert found.reason == "The name of the host is not known."


@pytest.mark.parametrize("kind", ["http", "tcp", "certificate"])
def test_a_server_that_says_nothing_is_given_up_in_time(kind):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(0)
        where = f"127.0.0.1:{mute.getsockname()[1]}"
        started = time.monotonic()
        found = seen(kind, f"http://{where}" if kind == "http" else where, timeout_seconds=0.5)
    assert time.monotonic() - started < 2
    assert found.ok == (kind == "tcp")  # the port is open


def test_a_database_that_takes_no_connection_is_told_without_its_password():
    found = seen("postgres", f"postgresql://u:secret@127.0.0.1:{closed_port()}/x")
    assert found.reason == "The database takes no connection."
    assert "secret" not in repr(found)


def test_the_own_database_is_found_where_it_is(server, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", server.render_as_string(hide_password=False))
    assert seen("postgres", "looplens:database").ok


def test_our_own_processes_are_found_where_they_are(site, monkeypatch):
    site.answers["/readyz"] = site.answers["/healthz"] = (200, {}, "{}")
    monkeypatch.setenv("API_URL", address_of(site))
    monkeypatch.setenv("DASHBOARD_URL", address_of(site))
    assert seen("http", "looplens:api").ok
    assert seen("http", "looplens:dashboard").ok
    assert [path for path, _ in site.asked] == ["/readyz", "/healthz"]


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("::1", False),
        ("93.184.216.34", False),
        ("169.254.169.254", True),
        ("::ffff:169.254.169.254", True),
        ("fe80::1%eth0", True),
        ("fd00:ec2::254", True),
        ("100.100.100.200", True),
        ("0.0.0.0", True),
        ("::", True),
        ("224.0.0.1", True),
        ("255.255.255.255", True),
        ("64:ff9b::a9fe:a9fe", True),
        ("64:ff9b::10.1.2.3", False),
        ("2002:a9fe:a9fe::1", True),
        ("2002:5db8:d822::1", False),
        ("::a9fe:a9fe", True),
        ("::100.100.100.200", True),
    ],
)
def test_some_addresses_are_never_reached(address, refused):
    assert is_refused(address) == refused


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("64:ff9b::93.184.216.34", True),
        ("127.0.0.1", False),
        ("::1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("::ffff:10.1.2.3", False),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::1", False),
    ],
)
def test_what_is_public_is_told_by_the_ipv4_address_inside(address, public):
    assert is_public(address) == public


@pytest.fixture
def outside(monkeypatch):
    """A public address at which this machine answers."""
    connect = httpcore.AnyIOBackend.connect_tcp

    async def led(self, host, *more):
        return await connect(self, "127.0.0.1" if host == OUTSIDE else host, *more)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", led)


@pytest.mark.parametrize(
    "inner",
    ["127.0.0.1", "localhost", "10.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"],
)
def test_a_stranger_leads_no_probe_to_a_private_address(site, outside, inner):
    with serving({"/": (200, {}, "inside")}) as inward:
        for path, host in (("/in", inner), ("/out", OUTSIDE)):
            place = address_of(site, "/in", OUTSIDE) if path == "/out" else address_of(inward)
            site.answers[path] = (302, {"Location": place.replace("127.0.0.1", host)}, "")
        direct = seen("http", address_of(site, "/in", OUTSIDE), expected_text="inside")
        over = seen("http", address_of(site, "/out"), expected_text="inside")
        assert (direct.reason, over.reason) == ("It redirects to a private address.",) * 2
        assert inward.asked == []


def test_a_stranger_may_lead_to_another_and_who_begins_inside_may_stay(site, outside):
    with serving({"/": (200, {}, "there")}) as other:
        site.answers["/far"] = (302, {"Location": address_of(other, host=OUTSIDE)}, "")
        site.answers["/near"] = (302, {"Location": address_of(other)}, "")
        assert seen("http", address_of(site, "/far", OUTSIDE), expected_text="there").ok
        assert seen("http", address_of(site, "/near"), expected_text="there").ok


def unreachable():
    raise OSError(errno.EHOSTUNREACH, "No route to host")


def silent():
    return asyncio.sleep(30)


@thorough
@pytest.mark.parametrize("fault", [unreachable, silent])
@pytest.mark.parametrize("kind", ["http", "tcp", "certificate"])
def test_the_next_address_of_a_host_has_its_turn(secure, monkeypatch, kind, fault):
    async def found(_name):
        return [OUTSIDE, "127.0.0.1"]

    monkeypatch.setattr(places, "addresses_of", found)
    connect = asyncio.BaseEventLoop.create_connection

    async def led(self, factory, host=None, port=None, **more):
        if host == OUTSIDE:
            await fault()
        return await connect(self, factory, host, port, **more)

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", led)
    place = f"localhost:{secure.server_port}"
    told = seen(kind, f"https://{place}" if kind == "http" else place, minimum_days=1)
    assert told.ok, told.reason


def test_a_certificate_that_is_wrong_at_one_address_is_not_passed_over():
    asked = []

    async def connect(address):
        asked.append(address)
        raise ssl.SSLCertVerificationError("expired")

    with pytest.raises(ssl.SSLCertVerificationError):
        asyncio.run(first(["a", "b"], 1.0, connect))
    assert asked == ["a"]


@pytest.mark.parametrize("kind", ["http", "tcp", "certificate", "postgres"])
def test_no_kind_reaches_a_refused_address(kind):
    place = {"http": "http://169.254.169.254/", "postgres": "postgresql://u@169.254.169.254/x"}
    found = seen(kind, place.get(kind, "169.254.169.254:80"))
    assert found.reason == "Probes don't reach this kind of address."


def test_what_nobody_thought_of_is_a_result_too(monkeypatch):
    async def broken(*_):
        raise KeyError("http://ann:secret@host")

    monkeypatch.setattr(looking, "_looked", broken)
    found = seen("tcp", "host:1")
    assert (found.ok, found.reason) == (False, "It could not be looked at.")
