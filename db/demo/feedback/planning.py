"""Store the requests of the demo with their votes, what is believed, and what plans cost."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.dialects import postgresql

from db.access import Project
from db.demo.copying import copy_rows
from db.demo.experiments.trials import DECIDED, begun, lasting
from db.demo.feedback import wishes
from db.demo.feedback.comments import Crowd
from db.demo.feedback.wishes import WISHES
from db.demo.kinds import PRICES
from db.demo.shape import BAD_PLATFORM, Shape
from db.tables import CLOSED_REQUESTS, annotations, hypotheses, plan_prices, requests, votes

CURRENCY = "USD"
BELIEVED: dict[int, dict[str, object]] = {  # by the request that it is about
    1: {
        "statement": "When large reports export in seconds, people do more in a day",
        "metric": "events_per_actor",
        "expected": 0.05,
        "guardrails": ["error_rate"],
    },
    3: {
        "statement": "Simpler permissions bring more colleagues in",
        "metric": "new_actors",
        "expected": 0.10,
        "guardrails": ["error_rate", "events_per_actor"],
    },
}
FIX: dict[str, object] = {
    "statement": f"The release that repairs the app on {BAD_PLATFORM} makes failures rarer",
    "metric": "error_rate",
    "expected": -0.2,
    "guardrails": ["actors", "events"],
    "state": "shipped",
}
TRIED: dict[str, object] = {
    "statement": "Invitations without a choice of permissions bring more colleagues in",
    "metric": "actors",
    "event": DECIDED.goal,
    "expected": DECIDED.effect,
    "experiment": DECIDED.key,
    "state": "confirmed",
}


def keep(
    conn: Connection, project: Project, crowd: Crowd, visits: pa.Table, maker: int | None
) -> None:
    """Store all of it; people vote at their visits, and `maker` holds the beliefs."""
    votes_cast = wishes.votes(crowd, visits)
    ids = _keep_wishes(conn, project, crowd.shape, votes_cast)
    _keep_prices(conn, project)
    _keep_hypotheses(conn, project, crowd.shape, ids, maker)


def _keep_wishes(
    conn: Connection, project: Project, shape: Shape, cast: pa.Table
) -> dict[int, int]:
    """The ids of the requests, by their place in WISHES; without those that nobody asked for."""
    ids: dict[int, int] = {}
    for number, wish in enumerate(WISHES):
        theirs = cast.filter(pc.equal(cast["wish"], number))
        if len(theirs) == 0:
            continue
        first = theirs.slice(0, 1).to_pylist()[0]
        values = wish.columns() | {
            "project_id": project.id,
            "actor_key": first["actor_key"],
            "external_id": f"demo-{number}",
            "asked_at": first["voted_at"],
            "shipped_at": shape.now if wish.state == "shipped" else None,
            "closed_at": shape.now if wish.state in CLOSED_REQUESTS else None,
            "released_at": first["voted_at"] if wish.is_released else None,
        }
        made = insert(requests).values(values).returning(requests.c.id)
        ids[number] = conn.execute(made).scalar_one()
        ours = {"project_id": project.id, "request_id": ids[number]}
        copy_rows(conn, votes, ours, theirs.drop_columns(["wish"]))
    return ids


def _keep_prices(conn: Connection, project: Project) -> None:
    prices = {"free": 0.0} | PRICES
    rows = [
        {
            "project_id": project.id,
            "plan": plan,
            "monthly_cents": round(100 * price),
            "currency": CURRENCY,
        }
        for plan, price in prices.items()
    ]
    conn.execute(postgresql.insert(plan_prices).values(rows).on_conflict_do_nothing())


def _keep_hypotheses(
    conn: Connection, project: Project, shape: Shape, wanted: dict[int, int], maker: int | None
) -> None:
    """One that was shipped with a release, one that an experiment decided, two that are open."""
    conn.execute(delete(hypotheses).where(hypotheses.c.project_id == project.id))
    ours = {"project_id": project.id, "person_id": maker}
    if (release := _repair(conn, project, shape)) is not None:
        shipped = {"annotation_id": release.id, "shipped_at": release.at}
        conn.execute(insert(hypotheses).values(ours | FIX | shipped))
    if DECIDED in begun(shape):
        decided = {"shipped_at": lasting(shape, DECIDED)[1], "request_id": wanted.get(3)}
        conn.execute(insert(hypotheses).values(ours | TRIED | decided))
    for place, believed in BELIEVED.items():
        row = ours | believed | {"request_id": wanted.get(place)}
        conn.execute(insert(hypotheses).values(row))


def _repair(conn: Connection, project: Project, shape: Shape) -> Row[int, datetime] | None:
    """The annotation of the release after the bad one, where there was one by now."""
    after = shape.versions[shape.bad_version + 1 :][:1]
    found = select(annotations.c.id, annotations.c.at).where(
        annotations.c.project_id == project.id,
        annotations.c.kind == "release",
        annotations.c.title.in_([f"Version {version}" for version in after]),
    )
    return conn.execute(found).one_or_none()
