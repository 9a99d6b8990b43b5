"""Hypotheses: what is believed, by how much it should change what, and what must not suffer."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select, update

from db.audit import note
from db.errors import BadHypothesis, UnknownHypothesis
from db.lines import fault, one_line
from db.tables import HYPOTHESIS_STATES, annotations, hypotheses, requests, themes

LONGEST_STATEMENT = 500
LONGEST_NAME = 200
MOST_GUARDRAILS = 5
CONCLUSIONS = {
    "shipped": "confirmed",
    "rolled_back": "refuted",
    "inconclusive": "inconclusive",
}
LARGEST = 10.0  # eleven times as much
LINKS: dict[str, Table] = {
    "request_id": requests,
    "theme_id": themes,
    "annotation_id": annotations,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody believes.

    `metric` and `guardrails` are keys of the catalogue, which the caller knows. `expected` is the
    relative change of the metric: 0.1 is a tenth more. `event` and `subject` say of which events
    it is ("" and None: of all). `annotation_id` is a release, `experiment` a name.
    """

    statement: str
    metric: str
    expected: float
    event: str = ""
    subject: str | None = None
    guardrails: tuple[str, ...] = ()
    request_id: int | None = None
    theme_id: int | None = None
    annotation_id: int | None = None
    experiment: str = ""


def propose(conn: Connection, project_id: int, draft: Draft, person_id: int | None = None) -> int:
    """Keep a hypothesis and return its id; raises BadHypothesis with the field that is wrong."""
    kept = checked(draft)
    for name, table in LINKS.items():
        _check_link(conn, project_id, table, name, getattr(kept, name))
    values: dict[str, Any] = asdict(kept) | {"guardrails": list(kept.guardrails)}
    new = insert(hypotheses).values(values | {"project_id": project_id, "person_id": person_id})
    made = int(conn.execute(new.returning(hypotheses.c.id)).scalar_one())
    note(conn, "hypothesis.propose", f"hypothesis {made}", project_id, metric=kept.metric)
    return made


def set_hypothesis_state(
    conn: Connection, project_id: int, hypothesis_id: int, state: str, now: datetime
) -> None:
    """Say how it stands; raises BadHypothesis and UnknownHypothesis.

    What is shipped is so since its release, where one is linked, else since now. What was
    concluded afterwards keeps that time; what is taken back to before has none.
    """
    if state not in HYPOTHESIS_STATES:
        raise BadHypothesis(f"state: it is one of {', '.join(HYPOTHESIS_STATES)}.")
    held = _held(conn, project_id, hypothesis_id)
    shipped = None
    if state not in ("proposed", "testing"):
        shipped = held.shipped_at or _released(conn, held.annotation_id) or now
    changed = update(hypotheses).where(hypotheses.c.id == held.id)
    conn.execute(changed.values(state=state, shipped_at=shipped))
    note(conn, "hypothesis.set_state", f"hypothesis {held.id}", project_id, state=state)


def conclude(
    conn: Connection, project_id: int, experiment: str, decision: str, now: datetime
) -> None:
    """Let what was decided of an experiment, by its key, stand for the hypotheses it was to test.

    What was shipped is confirmed, what was rolled back refuted, and was never shipped by that.
    Raises BadHypothesis for what is no decision.
    """
    if decision not in CONCLUSIONS:
        raise BadHypothesis(f"decision: it is one of {', '.join(CONCLUSIONS)}.")
    ours = (hypotheses.c.project_id == project_id) & (hypotheses.c.experiment == experiment)
    for held in conn.execute(select(hypotheses).where(ours).with_for_update()).all():
        shipped = held.shipped_at
        if decision == "shipped":
            shipped = shipped or _released(conn, held.annotation_id) or now
        concluded = update(hypotheses).where(hypotheses.c.id == held.id)
        conn.execute(concluded.values(state=CONCLUSIONS[decision], shipped_at=shipped))
        note(conn, "hypothesis.conclude", f"hypothesis {held.id}", project_id, decision=decision)


def link_release(
    conn: Connection, project_id: int, hypothesis_id: int, annotation_id: int | None
) -> None:
    """Say with which release it was shipped, or with None with none that is on record.

    What is shipped already is so since that release. Raises BadHypothesis, UnknownHypothesis.
    """
    _check_link(conn, project_id, annotations, "annotation_id", annotation_id)
    held = _held(conn, project_id, hypothesis_id)
    shipped = held.shipped_at and (_released(conn, annotation_id) or held.shipped_at)
    changed = update(hypotheses).where(hypotheses.c.id == held.id)
    conn.execute(changed.values(annotation_id=annotation_id, shipped_at=shipped))
    note(conn, "hypothesis.link", f"hypothesis {held.id}", project_id, annotation=annotation_id)


def checked(draft: Draft) -> Draft:
    """The draft with its texts on one line; raises BadHypothesis with the field that is wrong."""
    tidy = replace(
        draft, statement=one_line(draft.statement), experiment=one_line(draft.experiment)
    )
    _check_text("statement", tidy.statement, LONGEST_STATEMENT)
    _check_text("metric", tidy.metric, LONGEST_NAME)
    for name in ("event", "subject", "experiment"):
        if value := getattr(tidy, name):
            _check_text(name, value, LONGEST_NAME)
    if tidy.subject is not None and not tidy.event:
        raise BadHypothesis("subject: it is one of an event.")
    if not math.isfinite(tidy.expected) or tidy.expected == 0 or not -1 <= tidy.expected <= LARGEST:
        raise BadHypothesis(f"expected: it is a change from -100 % to +{LARGEST:.0%}, and not 0.")
    _check_guardrails(tidy.metric, tidy.guardrails)
    return tidy


def _check_guardrails(metric: str, guardrails: Sequence[str]) -> None:
    if len(guardrails) > MOST_GUARDRAILS or len(set(guardrails)) < len(guardrails):
        raise BadHypothesis(f"guardrails: they are up to {MOST_GUARDRAILS}, each named once.")
    if metric in guardrails:
        raise BadHypothesis("guardrails: what is to change can't be one of them.")


def _check_text(field: str, text: str, longest: int) -> None:
    if wrong := fault(text, longest):
        raise BadHypothesis(f"{field}: {wrong}")


def _check_link(
    conn: Connection, project_id: int, table: Table, field: str, linked: int | None
) -> None:
    if linked is None:
        return
    ours = select(table.c.id).where(table.c.project_id == project_id, table.c.id == linked)
    if conn.execute(ours).one_or_none() is None:
        raise BadHypothesis(f"{field}: the project has no such one.")


def _held(conn: Connection, project_id: int, hypothesis_id: int) -> Row[Any]:
    """The hypothesis, which nobody else changes until this transaction ends."""
    ours = (hypotheses.c.project_id == project_id) & (hypotheses.c.id == hypothesis_id)
    row = conn.execute(select(hypotheses).where(ours).with_for_update()).one_or_none()
    if row is None:
        raise UnknownHypothesis()
    return row


def _released(conn: Connection, annotation_id: int | None) -> datetime | None:
    at = select(annotations.c.at).where(annotations.c.id == annotation_id)
    return conn.execute(at).scalar_one_or_none()
