"""Exposures: of the events of a pass, who was first given which variant of which experiment.

The first one decides, in whatever order they come in. Left out is what says nothing: exposures to
what is no experiment, to a variant that nobody was given at that time, at a time when it did not
run, or without the purpose of features.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Select,
    SmallInteger,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects import postgresql

from db.tables import experiment_phases, experiments, exposures, kinds
from jobs.grouping import NOBODY
from jobs.recounting import asking
from jobs.rolling import rolling

RECENT = timedelta(days=2)  # counted anew in any case: less than LATE of jobs/outcomes.py
# Of the variants of a phase: those of weight 0 keep their place, but nobody is given them.
GIVEN = cast("$[*] ? (@.key == $key && @.weight > 0)", postgresql.JSONPATH)


def add_exposures(conn: Connection) -> None:
    """Add those of the pass to what is known; doing it again changes nothing."""
    if not conn.execute(select(select(rolling).where(_is_one()).exists())).scalar_one():
        return
    firsts = _firsts().cte("firsts")
    in_order = select(firsts).order_by(firsts.c.experiment_id, firsts.c.actor_key)
    adding = postgresql.insert(exposures).from_select(firsts.c.keys(), in_order)
    new, old = adding.excluded, exposures.c
    earlier = _is_earlier(new, old)
    other = new.variant != old.variant
    first = ("phase", "variant", "exposed_at", "cell_id")
    changed = {name: case((earlier, new[name]), else_=old[name]) for name in first}
    # What was first seen later is another variant, or is in line with the first, mixed or not.
    changed["mixed_at"] = case(
        (earlier, func.least(new.mixed_at, case((other, old.exposed_at), else_=old.mixed_at))),
        else_=func.least(old.mixed_at, case((other, new.exposed_at), else_=new.mixed_at)),
    )
    conn.execute(
        adding.on_conflict_do_update(
            index_elements=["experiment_id", "actor_key"],
            set_=changed,
            where=or_(earlier, other, new.mixed_at.is_not(None)),
        ).add_cte(asking(_late(firsts)).cte("asked"))
    )


def _late(firsts: CTE) -> Select[Any]:
    """Exposures of days that are counted no more by themselves, and that this pass changes.

    No other pass changes them meanwhile: `upsert_actors` holds the rows of their actors.
    """
    known = exposures.alias("known")
    new, old = firsts.c, known.c
    same = and_(old.experiment_id == new.experiment_id, old.actor_key == new.actor_key)
    mixed = old.mixed_at.is_(None) & or_(new.variant != old.variant, new.mixed_at.is_not(None))
    both = func.unnest(postgresql.array([new.exposed_at, old.exposed_at]))
    each = both.table_valued("exposed_at").render_derived(name="each")
    return (
        select(new.experiment_id, new.project_id, each.c.exposed_at)
        .select_from(firsts.outerjoin(known, same).join(each, true()))
        .where(or_(old.actor_key.is_(None), _is_earlier(new, old), mixed))
        .where(each.c.exposed_at < func.now() - RECENT)
    )


def _is_earlier(new: Any, old: Any) -> ColumnElement[bool]:
    return tuple_(new.exposed_at, new.variant) < tuple_(old.exposed_at, old.variant)


def _firsts() -> Select[Any]:
    """The first of each actor in the pass, and when they were first seen in another variant."""
    each = _each().subquery("each")
    c = each.c

    def of_first(name: str, kind: Any) -> Any:
        in_order = postgresql.aggregate_order_by(c[name], c.exposed_at, c.variant)
        return func.array_agg(in_order, type_=postgresql.ARRAY(kind))[1].label(name)

    return select(
        c.experiment_id,
        c.actor_key,
        c.project_id,
        c.first_variant.label("variant"),
        of_first("phase", SmallInteger),
        of_first("cell_id", c.cell_id.type),
        func.min(c.exposed_at).label("exposed_at"),
        func.min(c.exposed_at).filter(c.variant != c.first_variant).label("mixed_at"),
    ).group_by(c.experiment_id, c.actor_key, c.project_id, c.first_variant)


def _each() -> Select[Any]:
    """Every exposure of the pass in a phase of its experiment, to a variant that it gives."""
    r, e, p = rolling.c, experiments.c, experiment_phases.c
    first = func.first_value(r.variant).over(
        partition_by=(e.id, r.actor_key), order_by=(r.occurred_at, r.variant)
    )
    return (
        select(
            e.id.label("experiment_id"),
            r.actor_key,
            r.project_id,
            p.number.label("phase"),
            r.variant,
            r.occurred_at.label("exposed_at"),
            r.cell_id,
            first.label("first_variant"),
        )
        .join_from(rolling, kinds, kinds.c.id == r.kind_id)
        .join(
            experiments,
            and_(e.project_id == r.project_id, e.key == kinds.c.subject, e.kind == "experiment"),
        )
        .join(
            experiment_phases,
            and_(
                p.experiment_id == e.id,
                p.started_at <= r.occurred_at,
                or_(p.ended_at.is_(None), r.occurred_at < p.ended_at),
                func.jsonb_path_exists(
                    p.variants, GIVEN, func.jsonb_build_object("key", r.variant)
                ),
            ),
        )
        .where(_is_one())
    )


def _is_one() -> Any:
    return and_(rolling.c.variant.is_not(None), rolling.c.actor_key != NOBODY)
