"""An author with two packages, and somebody else with one."""

from datetime import date, timedelta

import pytest

from analytics.scope import Viewer
from tests.analytics.community.blocks import make_package, publish_until

LAST = date(2026, 3, 31)


def ago(days):
    return LAST - timedelta(days=days)


@pytest.fixture
def reviewer(conn, project):
    """A public package of the author."""
    publish_until(conn, project, LAST)
    return make_package(conn, project)


@pytest.fixture
def finder(conn, project, reviewer):
    """Another of theirs, which is not public; a foreign author's package stands beside it."""
    return make_package(conn, project, "bug-finder", public=False)


@pytest.fixture
def foreign(conn, project, finder):
    """A package of somebody else, which is public."""
    return make_package(conn, project, "seo-optimizer")


@pytest.fixture
def author(reviewer, finder, foreign):
    """The author of the reviewer and the finder."""
    mine = frozenset({reviewer.id, finder.id})
    return Viewer(1, "ann@example.org", "author", frozenset(), packages=mine)
