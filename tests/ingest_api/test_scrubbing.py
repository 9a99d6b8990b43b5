"""What names a person is found wherever it stands, and quickly."""

import re
import time
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_api.scrubbing import IDENTIFYING, ids_to_find, is_clean, scrubbed, scrubbed_text
from tests.thorough import thorough

around = st.sampled_from(["", " ", "from ", "ip=", "ip:", "client_ip: ", "(", "[", '"', "/", ","])
behind = st.sampled_from(["", " ", ".", ", ok", ")", "]", '"', "/path", ";"])


@given(around, st.ip_addresses(v=4), behind)
def test_no_ipv4_address_is_left(before, address, after):
    assert str(address) not in scrubbed_text(f"{before}{address}{after}")


@given(around, st.ip_addresses(v=6).filter(lambda a: a != IPv6Address("::")), behind)
def test_no_ipv6_address_is_left_however_it_is_written(before, address, after):
    for written in (str(address), address.exploded, str(address).upper()):
        assert written not in scrubbed_text(f"{before}{written}{after}")


@given(around, st.from_regex(r"[\w.+'*!{}|~^$#-]{1,80}", fullmatch=True), behind)
def test_no_mailbox_is_left(before, name, after):
    text = scrubbed_text(f"{before}{name}@mail.example{after}")
    assert "@mail.example" not in text
    assert len(name) < 12 or name not in text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("write to a.b+c@mail.example.", "write to [removed]."),
        ("/login?user=a%40mail.example&x=1", "/login?user=[removed]&x=1"),
        ("from 203.0.113.9:443.", "from [removed]:443."),
        ("source:2001:db8::7", "source:[removed]"),
        ("http://[2001:db8::7]:80/", "http://[[removed]]:80/"),
        ("::ffff:203.0.113.9", "::ffff:[removed]"),
        ("fe80::1%eth0", "[removed]%eth0"),
    ],
)
def test_addresses_are_blotted_out_of_texts(text, kept):
    assert scrubbed_text(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "v1.2.3.4",
        "1.2.3.4.5",
        "999.1.1.1",
        "12:30:45",
        "2026-03-01T23:30:00.000Z",
        "::",
        "std::vector",
        "a @ b",
        "@handle",
        "ratio 1:2:3",
        "C:/users",
    ],
)
def test_what_only_looks_like_an_address_is_kept(text):
    assert scrubbed_text(text) == text


@pytest.mark.parametrize("key", ["email", "E-Mail", "user_id", "userId", "$ip", "X-Forwarded-For"])
def test_members_that_name_a_person_are_removed_however_they_are_spelt(key):
    assert scrubbed({key: "x", "plan": "pro", "more": [{key: 1}]}) == {"plan": "pro", "more": [{}]}


@given(st.sampled_from(sorted(IDENTIFYING)), st.sampled_from([str, str.upper, str.title]))
def test_every_known_key_is_removed_in_any_case(key, spell):
    assert scrubbed({spell(key): "x"}) == {}


def test_an_address_in_a_key_is_blotted_out_as_well():
    assert scrubbed({"a@mail.example": {"203.0.113.9": 1}}) == {"[removed]": {"[removed]": 1}}


def test_the_events_own_ids_are_found_as_whole_words():
    ids = ("alice", "s-42")
    assert scrubbed_text("/users/alice/s-42", ids) == "/users/[removed]/[removed]"
    assert scrubbed_text("malice and s-421", ids) == "malice and s-421"


def test_the_events_own_ids_are_found_as_numbers():
    told = {"owner": 123456, "of": [123456, 123456.0, 1234567], "more": {"by": "123456"}, "n": 12}
    gone = "[removed]"
    kept = {"owner": gone, "of": [gone, gone, 1234567], "more": {"by": gone}, "n": 12}
    ids = ids_to_find("123456", "12")
    assert scrubbed(told, ids) == kept
    assert not is_clean({"owner": 123456}, ids)
    assert is_clean({"owner": 1234567, "is_one": True}, (*ids, "True", "1"))


edges = st.text(st.sampled_from("ab_1é²-. \n"), max_size=12)


@given(edges, st.lists(edges.filter(bool), max_size=3))
def test_words_are_found_where_a_pattern_finds_them(text, words):
    expected = text
    for word in words:
        expected = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "[removed]", expected)
    assert scrubbed_text(text, tuple(words)) == expected


def test_what_lies_deeper_than_twelve_levels_is_left_out():
    deep = shallow = {}
    for _ in range(30):
        deep = {"a": deep}
    for _ in range(12):
        shallow = {"a": shallow}
    assert str(scrubbed(deep)).count("a") == 13
    assert scrubbed(shallow) == shallow


address = st.one_of(st.ip_addresses().map(str), st.emails(domains=st.just("mail.example")))
values = st.recursive(
    st.one_of(address, st.text(max_size=5), st.integers(), st.none()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(max_size=5), inner)),
    max_leaves=4,
)


@thorough
@given(
    st.dictionaries(st.one_of(st.text(max_size=5), st.sampled_from(sorted(IDENTIFYING))), values)
)
def test_scrubbing_what_is_scrubbed_changes_nothing(properties):
    once = scrubbed(properties)
    assert scrubbed(once) == once
    assert not IDENTIFYING & {key.lower() for key in once}


words = st.text(st.sampled_from('ab1.:@%40\n\\"é'), min_size=4, max_size=6)
texts = st.one_of(address, st.text(max_size=5), words)
plain = st.one_of(
    texts,
    st.integers(),
    st.just(1111),
    st.just(1111.0),
    st.floats(allow_nan=False),
    st.booleans(),
    st.none(),
)
keys = st.one_of(texts, st.sampled_from(sorted(IDENTIFYING)), st.text(min_size=41, max_size=45))


@given(
    st.dictionaries(keys, plain, max_size=4), st.lists(words.filter(lambda word: "\n" not in word))
)
def test_plain_properties_are_clean_when_scrubbing_leaves_them_as_they_are(properties, ids):
    ids = ids_to_find(*ids)
    assert is_clean(properties, ids) == (scrubbed(properties, ids) == properties)


@given(values, st.lists(words))
def test_what_is_clean_is_not_changed_by_scrubbing(value, ids):
    properties = {"a": value}
    assert not is_clean(properties, ids_to_find(*ids)) or scrubbed(properties, ids) == properties


@pytest.mark.parametrize(
    "unit", ["a", "a@", "a.", "1.", "1.2.3.", "1:", "g:", "::", "a@b.", "aaag", "%40", "x1"]
)
@pytest.mark.parametrize("ending", ["", "@", ":", ".", "@a"])
def test_no_text_takes_long_to_scrub(unit, ending):
    text = unit * (50_000 // len(unit)) + ending
    started = time.process_time()
    scrubbed_text(text)
    scrubbed_text(text, ("aaaa", "x1x1"))
    assert time.process_time() - started < 0.5


def test_the_loopback_address_is_an_address():
    assert scrubbed_text(f"{IPv4Address('127.0.0.1')} ::1") == "[removed] [removed]"
