"""Pseudonyms are stable, keyed, and fit where they are stored."""

import re

from hypothesis import given
from hypothesis import strategies as st

from db.identity import actor_key, interaction_key, new_token, session_key, token_hash

SECRET = b"a secret of the project"
BIGINT = range(-(2**63), 2**63)


def test_a_persons_key_is_the_same_in_every_version():
    assert actor_key(SECRET, "u1") == -8_432_373_515_501_108_651
    assert session_key(SECRET, "u1") == 6_460_825_780_402_453_531


@given(st.text())
def test_a_key_fits_into_a_bigint_and_is_never_that_of_nobody(distinct_id):
    assert actor_key(SECRET, distinct_id) in BIGINT
    assert actor_key(SECRET, distinct_id) != 0
    assert session_key(SECRET, distinct_id) in BIGINT


@given(st.text(), st.text())
def test_different_ids_have_different_keys(one, other):
    assert (actor_key(SECRET, one) == actor_key(SECRET, other)) is (one == other)


def test_a_key_depends_on_the_secret_and_on_what_it_is_of():
    assert actor_key(SECRET, "u1") != actor_key(b"another", "u1")
    assert actor_key(SECRET, "u1") != session_key(SECRET, "u1")


@given(st.text(), st.text(), st.text(), st.text())
def test_a_person_and_an_interaction_have_a_key_that_tells_neither(one, about, other, other_thing):
    key = interaction_key(SECRET, one, about)
    assert re.fullmatch("[0-9a-f]{16}", key)
    same = (one, about) == (other, other_thing)
    assert (key == interaction_key(SECRET, other, other_thing)) is same
    assert key != interaction_key(b"another", one, about)


def test_where_a_person_ends_and_an_interaction_begins_is_part_of_their_key():
    assert interaction_key(SECRET, "u1", "1-a") != interaction_key(SECRET, "u11", "-a")


def test_tokens_say_what_they_are_for_and_never_repeat():
    tokens = {new_token("lli") for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"lli_[\w-]{32}", token) for token in tokens)


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_looked_up_as_a_token(text):
    assert len(token_hash(text)) == 32
