"""Store the experiments and flags of the demo, in place of what an earlier fill stored."""

import json
from datetime import timedelta

from sqlalchemy import Connection, delete, select

from db.access import PERSONAS, Project
from db.demo.experiments.trials import (
    DECIDED,
    LEVEL,
    PLATFORMS,
    POWER,
    STARTS_AT,
    Trial,
    begun,
    lasting,
)
from db.demo.shape import Shape
from db.experiments.checking import Draft
from db.experiments.drafting import create_experiment
from db.experiments.kept import Variant
from db.experiments.running import decide_experiment, start_experiment, stop_experiment
from db.tables import BUCKETS, experiments, people

DRAFTED = timedelta(days=2)  # before the start
PLANNED_DAYS = 35
DECISION = "More than expected; what guests may do can be narrowed afterwards."
ON_CLIENTS = [{"kind": "dimension", "dimension": "platform", "values": list(PLATFORMS)}]
ON_TEAMS = [{"kind": "dimension", "dimension": "plan", "values": ["team"]}]
OFF_AND_ON = (Variant("off", 0, False), Variant("on", BUCKETS, True))
FLAGS = {  # by how many days ago they were switched on
    20: Draft("flag", "dark-mode", "Dark mode", OFF_AND_ON, "off", share=BUCKETS // 4),
    55: Draft(
        "flag", "bulk-export", "Export of many reports", OFF_AND_ON, "off",
        targeting=json.dumps(ON_TEAMS),
    ),
}  # fmt: skip


def keep(conn: Connection, project: Project, shape: Shape) -> None:
    """Store those that have begun by now; the product manager of the demo leads them."""
    conn.execute(delete(experiments).where(experiments.c.project_id == project.id))
    persona = select(people.c.id).where(people.c.email == PERSONAS["product"])
    maker = conn.execute(persona).scalar_one_or_none()
    for trial in begun(shape):
        _run(conn, project, shape, trial, maker)
    for ago, flag in FLAGS.items():
        on = shape.instant(shape.days - 1 - ago, STARTS_AT)
        create_experiment(conn, project.id, flag, maker, on)
        start_experiment(conn, project.id, flag.key, maker, on)


def draft(trial: Trial) -> Draft:
    """The experiment as somebody would have drafted it."""
    plan = {"units": trial.units, "days": PLANNED_DAYS, "effect": trial.effect}
    return Draft(
        kind="experiment",
        key=trial.key,
        name=trial.name,
        variants=tuple(Variant(key, BUCKETS // 2) for key in trial.variants),
        control=trial.variants[0],
        hypothesis=trial.hypothesis,
        targeting=json.dumps(ON_CLIENTS),
        metrics=json.dumps(metrics(trial)),
        plan=plan | {"power": POWER, "level": LEVEL},
    )


def metrics(trial: Trial) -> list[dict[str, object]]:
    """What it is measured by, as analytics.experiments.definition reads it."""
    measured: list[dict[str, object]] = [
        {
            "role": "primary",
            "label": trial.label,
            "measure": {"of": "did", "event": trial.goal},
            "unit": "share",
        },
        {
            "role": "secondary",
            "label": "Events per person",
            "measure": {"of": "events"},
            "unit": "events per person",
            "cap": 200.0,
        },
    ]
    if clock := trial.clock:
        measured.append(
            {
                "role": "guardrail",
                "label": clock.label,
                "measure": {"of": "duration", "event": clock.name},
                "over": {"of": "timed", "event": clock.name},
                "unit": "ms",
                "better": "down",
                "margin": clock.margin,
            }
        )
    return [{"id": number} | metric for number, metric in enumerate(measured, start=1)]


def _run(conn: Connection, project: Project, shape: Shape, trial: Trial, maker: int | None) -> None:
    begin, end = lasting(shape, trial)
    create_experiment(conn, project.id, draft(trial), maker, begin - DRAFTED)
    start_experiment(conn, project.id, trial.key, maker, begin)
    if trial.stopped:
        stop_experiment(conn, project.id, trial.key, maker, end)
    if trial == DECIDED:
        shipped = trial.variants[1]
        after = end + timedelta(days=1)
        decide_experiment(conn, project.id, trial.key, "shipped", shipped, DECISION, maker, after)
