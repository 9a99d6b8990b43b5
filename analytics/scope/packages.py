"""The doors to packages and organisations: what is public, published, or the viewer's own.

Of runs, others than their people see blocks of days that enough people stand behind, and never the
runs themselves.
"""

from operator import eq
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Text,
    and_,
    any_,
    cast,
    false,
    func,
    or_,
    select,
)

from analytics.scope.building import built_once, headed, own
from analytics.scope.viewer import Viewer
from db import tables

PRODUCT = frozenset({"product"})
Id = int | BindParameter[int]  # of whose rows are asked for, or the parameter that will say it


@built_once
def visible_packages(viewer: Viewer) -> Subquery:
    """The packages that are public, the viewer's own, and those of their projects by role."""
    return _packages(viewer).subquery("visible_packages")


@built_once
def visible_authored_packages(viewer: Viewer) -> Subquery:
    """The packages that the viewer is an author of."""
    mine = tables.packages.c.id.in_(viewer.packages)
    return select(tables.packages).where(mine).subquery("visible_authored_packages")


@built_once
def visible_package_versions(viewer: Viewer) -> Subquery:
    """The released versions of the packages that the viewer may see."""
    versions = tables.package_versions
    query = select(versions).where(versions.c.package_id.in_(_ids(_packages(viewer))))
    return query.subquery("visible_package_versions")


@built_once
def visible_organisations(viewer: Viewer) -> Subquery:
    """The organisations that the viewer is the owner or an admin of."""
    return select(tables.organisations).where(_headed(viewer)).subquery("visible_organisations")


@built_once
def visible_organisation_members(viewer: Viewer) -> Subquery:
    """The members of the organisations that the viewer is the owner or an admin of."""
    members = tables.organisation_members
    query = select(members).where(members.c.organisation_id == any_(headed(viewer)))
    return query.subquery("visible_organisation_members")


@built_once
def visible_own_memberships(viewer: Viewer) -> Subquery:
    """The viewer's own rows among the members of organisations, with the organisation's name."""
    members, places = tables.organisation_members, tables.organisations
    query = select(members, places.c.name.label("organisation"), places.c.leaderboard)
    mine = _is_viewer(members, viewer)
    return query.join(places).where(mine).subquery("visible_own_memberships")


@built_once
def visible_member_days(viewer: Viewer) -> Subquery:
    """What those members ran who agreed to be listed, where the organisation lists them."""
    days, members, places = (
        tables.member_days,
        tables.organisation_members,
        tables.organisations,
    )
    same = and_(
        members.c.organisation_id == days.c.organisation_id,
        members.c.actor_key == days.c.actor_key,
    )
    query = (
        select(days, members.c.username, members.c.team)
        .join(members, same)
        .join(places, places.c.id == days.c.organisation_id)
        .where(_headed(viewer), places.c.leaderboard, members.c.listed)
    )
    return query.subquery("visible_member_days")


@built_once
def visible_blocks(viewer: Viewer, owner: str, owner_id: Id) -> Subquery:
    """The published blocks of a package or organisation that the viewer may see."""
    blocks = tables.published_blocks
    ours = (blocks.c.owner == owner) & (blocks.c.owner_id == owner_id)
    query = select(blocks).where(_shown(viewer, owner, blocks.c.owner_id), ours)
    return query.subquery("visible_blocks")


def last_block(conn: Connection) -> int | None:
    """The newest of all blocks, anybody's: another one as soon as anything else is published."""
    newest: int | None = conn.scalar(select(func.max(tables.published_blocks.c.id)))
    return newest


@built_once
def visible_published_cells(viewer: Viewer, owner: str, owner_id: Id) -> Subquery:
    """published_cells of those blocks, with owner, stream, first_day and last_day of each."""
    blocks = tables.published_blocks
    ours = (blocks.c.owner == owner) & (blocks.c.owner_id == owner_id)
    seen = _cells().where(_shown(viewer, owner, blocks.c.owner_id), ours)
    return seen.subquery("visible_published_cells")


@built_once
def visible_authored_cells(viewer: Viewer) -> Subquery:
    """The same of all packages that the viewer is an author of."""
    blocks = tables.published_blocks
    mine = (blocks.c.owner == "package") & blocks.c.owner_id.in_(viewer.packages)
    return _cells().where(mine).subquery("visible_authored_cells")


@built_once
def visible_package_totals(viewer: Viewer) -> Subquery:
    """The totals of the published blocks of runs of every package that the viewer may see.

    Columns: owner_id (the package), first_day, last_day, n, people.
    """
    blocks, cells = tables.published_blocks, tables.published_cells
    days = (blocks.c.first_day, blocks.c.last_day)
    query = select(blocks.c.owner_id, *days, cells.c.n, cells.c.people)
    whole = (blocks.c.owner == "package") & (blocks.c.stream == "runs") & (blocks.c.cut == "")
    joined = query.join(cells, and_(cells.c.block_id == blocks.c.id, cells.c.cut == blocks.c.cut))
    seen = joined.where(_shown(viewer, "package", blocks.c.owner_id), whole)
    return seen.subquery("visible_package_totals")


@built_once
def visible_published_people(viewer: Viewer, owner: str) -> Subquery:
    """Whom the blocks of packages or organisations count: to be counted here, never shown."""
    people = tables.published_people
    query = select(people).where(people.c.owner == owner, _shown(viewer, owner, people.c.owner_id))
    return query.subquery("visible_published_people")


@built_once
def visible_own_runs(viewer: Viewer) -> Subquery:
    """The viewer's own runs and downloads, in every project that knows who they are."""
    mine = _is_viewer(tables.runs, viewer)
    return select(tables.runs).where(mine).subquery("visible_own_runs")


@built_once
def visible_run_packages(viewer: Viewer) -> Subquery:
    """The viewer's own runs and downloads, each with the uid and name of its package.

    Public or not: they knew it by name. Both are null where it is no longer registered.
    """
    runs, packages = tables.runs, tables.packages
    query = select(runs, packages.c.uid, packages.c.name).where(_is_viewer(runs, viewer))
    named = query.outerjoin(packages, packages.c.id == runs.c.package_id)
    return named.subquery("visible_run_packages")


@built_once
def visible_organisation_packages(viewer: Viewer, organisation_id: Id) -> Subquery:
    """The packages that stand by themselves in blocks of an organisation that the viewer heads."""
    blocks, packages = tables.published_blocks.c, tables.packages
    named = _cells().where(
        blocks.owner == "organisation",
        blocks.owner_id == organisation_id,
        blocks.stream == "runs",
        blocks.cut == "package",
        blocks.owner_id == any_(headed(viewer)),
    )
    keys = named.with_only_columns(tables.published_cells.c["keys"][1])
    query = select(packages).where(cast(packages.c.id, Text).in_(keys))
    return query.subquery("visible_organisation_packages")


@built_once
def visible_own_feedback(viewer: Viewer) -> Subquery:
    """What the viewer said, in every project that knows who they are."""
    mine = _is_viewer(tables.feedback, viewer)
    return select(tables.feedback).where(mine).subquery("visible_own_feedback")


@built_once
def visible_package_comments(viewer: Viewer) -> Subquery:
    """The released comments on the viewer's packages: id, package_id, comment, said_at, version.

    Nothing of them tells who wrote them. Scores are not among it: who knows those of four ratings
    of a block of five knows the fifth.
    """
    said = tables.feedback.c
    query = select(said.id, said.package_id, said.comment, said.said_at, said.app_version).where(
        said.package_id.in_(viewer.packages),
        said.released_at.is_not(None),
        said.comment.is_not(None),
    )
    return query.subquery("visible_package_comments")


def _is_viewer(table: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Whether a row with project_id and actor_key is about the viewer."""
    mine = (own(place, *pair) for place, pair in enumerate(sorted(viewer.actors)))
    columns = (table.c.project_id, table.c.actor_key)
    return or_(false(), *(and_(*map(eq, columns, each)) for each in mine))


def _packages(viewer: Viewer) -> Select[Any]:
    packages = tables.packages.c
    by_role = viewer.projects if viewer.fields & PRODUCT else frozenset[int]()
    seen = or_(
        packages.is_public, packages.id.in_(viewer.packages), packages.project_id.in_(by_role)
    )
    return select(tables.packages).where(seen)


def _ids(packages: Select[Any]) -> Select[Any]:
    return packages.with_only_columns(tables.packages.c.id)


def _headed(viewer: Viewer) -> ColumnElement[bool]:
    return tables.organisations.c.id == any_(headed(viewer))


def _shown(viewer: Viewer, owner: str, owner_id: ColumnElement[int]) -> ColumnElement[bool]:
    if owner == "package":
        return owner_id.in_(_ids(_packages(viewer)))
    return owner_id == any_(headed(viewer))


def _cells() -> Select[Any]:
    """The cells of all blocks; their cut is told by the block, by which they are found."""
    blocks, cells = tables.published_blocks, tables.published_cells
    of_cells = (each for each in cells.c if each is not cells.c.cut)
    days = (blocks.c.owner_id, blocks.c.stream, blocks.c.first_day, blocks.c.last_day)
    query = select(*of_cells, blocks.c.cut, *days)
    ours = and_(cells.c.block_id == blocks.c.id, cells.c.cut == blocks.c.cut)
    return query.join_from(blocks, cells, ours)
