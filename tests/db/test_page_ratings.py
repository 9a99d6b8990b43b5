"""A colleague has one opinion of a page, without anybody's address in it."""

import pytest
from sqlalchemy import select

from db.access import ensure_person
from db.page_ratings import LONGEST_COMMENT, rate_page
from db.tables import page_ratings


@pytest.fixture
def ann(conn):
    return ensure_person(conn, "ann@example.org", "product")


def kept(conn, person):
    columns = (page_ratings.c.page, page_ratings.c.helpful, page_ratings.c.comment)
    rows = conn.execute(select(*columns).where(page_ratings.c.person_id == person))
    return sorted(tuple(row) for row in rows)


def test_a_later_opinion_of_a_page_replaces_the_earlier(conn, ann):
    rate_page(conn, ann, "trends", True)
    rate_page(conn, ann, "trends", False, "Too slow")
    rate_page(conn, ann, "funnels", True)
    assert kept(conn, ann) == [("funnels", True, ""), ("trends", False, "Too slow")]


def test_an_address_in_the_comment_is_masked(conn, ann):
    rate_page(conn, ann, "trends", False, "Ask bob@example.org")
    [(_, _, comment)] = kept(conn, ann)
    assert "bob@example.org" not in comment


def test_a_comment_has_an_end(conn, ann):
    rate_page(conn, ann, "trends", False, "no " * LONGEST_COMMENT)
    [(_, _, comment)] = kept(conn, ann)
    assert len(comment) <= LONGEST_COMMENT


def test_two_people_have_two_opinions(conn, ann):
    bob = ensure_person(conn, "bob@example.org", "product")
    rate_page(conn, ann, "", True)
    rate_page(conn, bob, "", False)
    assert (kept(conn, ann), kept(conn, bob)) == ([("", True, "")], [("", False, "")])
