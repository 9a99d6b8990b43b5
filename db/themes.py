"""What people decide about themes: their names, which are pinned, and which are one."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadTheme, UnknownTheme
from db.tables import feedback_themes, hypotheses, requests, theme_runs, themes

LONGEST_NAME = 100


def rename_theme(conn: Connection, project_id: int, theme_id: int, name: str) -> None:
    """Give it a name that it keeps, with the terms that it has; raises BadTheme, UnknownTheme."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadTheme(f"A theme's name has 1 to {LONGEST_NAME} printable characters.")
    _change(conn, project_id, theme_id, name=name, is_named=True)
    note(conn, "theme.rename", f"theme {theme_id}", project_id, name=name)


def pin_theme(conn: Connection, project_id: int, theme_id: int, pinned: bool) -> None:
    """Keep it, with the terms that it has, whatever is found later; raises UnknownTheme."""
    _change(conn, project_id, theme_id, is_pinned=pinned)
    note(conn, "theme.pin", f"theme {theme_id}", project_id, pinned=pinned)


def merge_themes(conn: Connection, project_id: int, source_id: int, target_id: int) -> None:
    """Make one of two themes of a kind: comments, requests and hypotheses go over to the target.

    So does what was merged into the source before, and what the next runs find of it. Raises
    BadTheme and UnknownTheme.
    """
    source, target = _both(conn, project_id, source_id, target_id)
    if source.kind != target.kind:
        raise BadTheme("Themes of two kinds can't be merged.")
    _move_comments(conn, source_id, target_id)
    for table in (requests, hypotheses):
        theirs = update(table).where(table.c.theme_id == source_id)
        conn.execute(theirs.values(theme_id=target_id))
    gone = (themes.c.id == source_id) | (themes.c.merged_into == source_id)
    conn.execute(update(themes).where(gone).values(merged_into=target_id))
    note(conn, "theme.merge", f"theme {source_id}", project_id, into=target_id)


def part_theme(conn: Connection, project_id: int, theme_id: int) -> None:
    """Make a theme that was merged one of its own again; raises UnknownTheme.

    Its comments come back with the next run, which is due at once.
    """
    _change(conn, project_id, theme_id, merged_into=None)
    conn.execute(delete(theme_runs).where(theme_runs.c.project_id == project_id))
    note(conn, "theme.part", f"theme {theme_id}", project_id)


def _both(conn: Connection, project_id: int, *ids: int) -> tuple[Row[Any], ...]:
    """The themes of these ids, which no run changes until this transaction ends."""
    if len(set(ids)) < len(ids):
        raise BadTheme("A theme can't be merged into itself.")
    held = select(themes).where(themes.c.project_id == project_id, themes.c.id.in_(ids))
    found = {row.id: row for row in conn.execute(held.order_by(themes.c.id).with_for_update())}
    if len(found) < len(ids):
        raise UnknownTheme()
    if any(row.merged_into is not None for row in found.values()):
        raise BadTheme("One of them was merged already; merge what it was merged into.")
    return tuple(found[each] for each in ids)


def _move_comments(conn: Connection, source_id: int, target_id: int) -> None:
    """A comment about both is about the target once, as closely as it was about either."""
    pairs = feedback_themes.c
    theirs = select(pairs.feedback_id, literal(target_id), pairs.weight)
    names = ["feedback_id", "theme_id", "weight"]
    new = insert(feedback_themes).from_select(names, theirs.where(pairs.theme_id == source_id))
    closer = func.greatest(pairs.weight, new.excluded.weight)
    keys = ["feedback_id", "theme_id"]
    conn.execute(new.on_conflict_do_update(index_elements=keys, set_={"weight": closer}))
    conn.execute(delete(feedback_themes).where(pairs.theme_id == source_id))


def _change(conn: Connection, project_id: int, theme_id: int, **values: Any) -> None:
    change = update(themes).where(_is(project_id, theme_id)).values(values)
    if conn.execute(change.returning(themes.c.id)).one_or_none() is None:
        raise UnknownTheme()


def _is(project_id: int, theme_id: int) -> ColumnElement[bool]:
    return (themes.c.project_id == project_id) & (themes.c.id == theme_id)
