"""Packages, their versions and their authors."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select

from db import package_authors, package_versions
from db import packages as kept
from db.access import ensure_person, invite
from db.errors import BadPackage, PackageExists, UnknownPackage
from db.partitions import ensure_months
from db.tables import people, published_blocks, runs, unpublished

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def reviewer(conn, project):
    return kept.create_package(conn, project.id, " code-reviewer ", "Reads changes")


def test_a_package_is_found_by_its_name_or_uid_in_its_project_alone(
    conn, project, berlin, reviewer
):
    assert (reviewer.name, reviewer.summary, reviewer.is_public) == (
        "code-reviewer",
        "Reads changes",
        False,
    )
    assert kept.find_package(conn, project.id, "code-reviewer") == reviewer
    assert kept.find_package(conn, project.id, str(reviewer.uid).upper()) == reviewer
    assert kept.package_with_uid(conn, reviewer.uid) == reviewer
    for name in ("code-reviewer", str(reviewer.uid)):
        with pytest.raises(UnknownPackage):
            kept.find_package(conn, berlin.id, name)
    other = kept.create_package(conn, berlin.id, "code-reviewer", is_public=True)
    assert kept.list_packages(conn, project.id) == [reviewer]
    assert kept.list_packages(conn, berlin.id) == [other]


def test_a_name_is_taken_once_in_a_project(conn, project, reviewer):
    with pytest.raises(PackageExists, match="code-reviewer"):
        kept.create_package(conn, project.id, "code-reviewer")
    other = kept.create_package(conn, project.id, "other")
    with pytest.raises(PackageExists, match="code-reviewer"):
        kept.change_package(conn, other.id, name="code-reviewer")


def test_what_is_given_is_changed_and_nothing_else(conn, reviewer):
    changed = kept.change_package(conn, reviewer.id, is_public=True)
    assert (changed.name, changed.summary, changed.is_public) == (
        "code-reviewer",
        "Reads changes",
        True,
    )
    assert kept.change_package(conn, reviewer.id, summary="").summary == ""
    assert kept.change_package(conn, reviewer.id).is_public
    with pytest.raises(UnknownPackage):
        kept.change_package(conn, 0, summary="x")


@pytest.mark.parametrize(
    ("name", "summary"),
    [
        ("", ""),
        ("  ", ""),
        ("x" * 101, ""),
        ("a\x00b", ""),
        ("a\nb", ""),
        ("0195e0c2-93c5-7d9a-9d51-111111111111", ""),
        ("fine", "x" * 301),
        ("fine", "\u202eevil"),
    ],
)
def test_what_no_package_can_be_called_is_told(conn, project, name, summary):
    with pytest.raises(BadPackage, match=r"^(name|summary): "):
        kept.create_package(conn, project.id, name, summary)


def test_versions_stand_by_their_release_and_a_later_call_corrects_it(conn, reviewer):
    package_versions.release(conn, reviewer.id, "1.0", NOON)
    package_versions.release(conn, reviewer.id, "2.0", NOON.replace(month=4))
    package_versions.release(conn, reviewer.id, "1.0", NOON.replace(day=2))
    assert [
        (v.version, v.released_at.day) for v in package_versions.list_versions(conn, reviewer.id)
    ] == [
        ("2.0", 1),
        ("1.0", 2),
    ]
    assert package_versions.withdraw(conn, reviewer.id, "1.0")
    assert not package_versions.withdraw(conn, reviewer.id, "1.0")
    for wrong in ("", "x" * 101, "1\x00"):
        with pytest.raises(BadPackage, match=r"^version: "):
            package_versions.release(conn, reviewer.id, wrong)


def test_a_package_has_so_many_versions_and_authors(conn, reviewer, monkeypatch):
    monkeypatch.setattr(package_versions, "MOST_VERSIONS", 1)
    package_versions.release(conn, reviewer.id, "1.0")
    package_versions.release(conn, reviewer.id, "1.0")
    with pytest.raises(BadPackage, match="at most 1 versions"):
        package_versions.release(conn, reviewer.id, "2.0")
    monkeypatch.setattr(package_authors, "MOST_AUTHORS", 1)
    package_authors.add_author(conn, reviewer.id, "a@x.example")
    with pytest.raises(BadPackage, match="at most 1 authors"):
        package_authors.add_author(conn, reviewer.id, "b@x.example")


def test_an_author_is_made_of_whoever_there_is_and_keeps_their_role(conn, reviewer):
    ensure_person(conn, "known@x.example", "executive")
    for email in ("Known@X.example", "known@x.example", "new@x.example"):
        package_authors.add_author(conn, reviewer.id, email)
    assert package_authors.list_authors(conn, reviewer.id) == ["known@x.example", "new@x.example"]
    of_these = select(people.c.email, people.c.role).where(people.c.email.contains("@x."))
    roles = {row.email: row.role for row in conn.execute(of_these)}
    assert roles == {"known@x.example": "executive", "new@x.example": "author"}
    assert package_authors.remove_author(conn, reviewer.id, "KNOWN@x.example")
    assert not package_authors.remove_author(conn, reviewer.id, "known@x.example")
    assert package_authors.list_authors(conn, reviewer.id) == ["new@x.example"]
    for wrong in ("", "nobody", "a\x00@x.example", "x" * 250 + "@x.example"):
        with pytest.raises(BadPackage, match=r"^email: "):
            package_authors.add_author(conn, reviewer.id, wrong)


def test_who_was_never_invited_is_forgotten_with_their_last_package(conn, project, reviewer):
    other = kept.create_package(conn, project.id, "other")
    ensure_person(conn, "member@x.example", "author", (project.id,))
    invite(conn, "invited@x.example", "author")
    known = ("member@x.example", "invited@x.example")
    for email in (*known, "noted@x.example"):
        package_authors.add_author(conn, reviewer.id, email)
    package_authors.add_author(conn, other.id, "noted@x.example")
    for package, left in ((reviewer, {*known, "noted@x.example"}), (other, {*known})):
        for email in package_authors.list_authors(conn, package.id):
            assert package_authors.remove_author(conn, package.id, email)
        of_these = select(people.c.email).where(people.c.email.contains("@x.example"))
        assert set(conn.execute(of_these).scalars()) == left


def test_the_last_author_is_kept_where_that_is_asked_for(conn, reviewer):
    for email in ("a@x.example", "b@x.example"):
        package_authors.add_author(conn, reviewer.id, email)
    assert package_authors.remove_author(conn, reviewer.id, "a@x.example", may_be_last=False)
    with pytest.raises(BadPackage, match=r"^email: the last author"), conn.begin_nested():
        package_authors.remove_author(conn, reviewer.id, "b@x.example", may_be_last=False)
    assert package_authors.list_authors(conn, reviewer.id) == ["b@x.example"]
    assert package_authors.remove_author(conn, reviewer.id, "b@x.example")


def test_with_a_package_goes_what_was_run_and_published_of_it(conn, project, reviewer):
    other = kept.create_package(conn, project.id, "other")
    ensure_months(conn, [NOON.date()])
    for number, package in enumerate((reviewer, other)):
        add_numbers(conn, project, package, number)
    kept.remove_package(conn, reviewer.id)
    assert kept.list_packages(conn, project.id) == [other]
    for column in (
        runs.c.package_id,
        unpublished.c.owner_id,
        published_blocks.c.owner_id,
    ):
        assert conn.execute(select(column, func.count()).group_by(column)).all() == [(other.id, 1)]


def add_numbers(conn, project, package, actor):
    day = {"first_day": NOON.date(), "last_day": NOON.date()}
    ours = {"project_id": project.id, "owner": "package", "owner_id": package.id, "stream": "runs"}
    conn.execute(insert(published_blocks).values(ours | day))
    of = {"day": NOON.date(), "actor_key": actor, "package_id": package.id, "organisation_id": 0}
    conn.execute(insert(unpublished).values(ours | of))
    run = {"project_id": project.id, "actor_key": actor, "run_id": package.uid, "kind": "run"}
    conn.execute(
        insert(runs).values(run | {"occurred_at": NOON, "batch_id": 1, "package_id": package.id})
    )
