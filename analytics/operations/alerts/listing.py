"""The alerts that there are: rules as they stand, episodes, and what became of each."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, select

from analytics.measures.cutting import read
from analytics.operations.signals.catalogue import signals_of
from analytics.scope import (
    Viewer,
    visible_alert_episodes,
    visible_alert_history,
    visible_alert_rules,
)
from db.alert_rules import Rule, rule_of

MOST = 200  # episodes
LATELY = timedelta(days=30)
RULES = {
    "rule_id": "int64",
    "project_id": "int64",
    "name": "str",
    "metric": "str",
    "severity": "str",
    "state": "str",
    "value": "float64",
    "evaluated_until": "datetime64[us]",
    "episodes": "int64",
    "is_usual": "bool",
}
EPISODES = {
    "episode_id": "int64",
    "rule_id": "int64",
    "project_id": "int64",
    "name": "str",
    "metric": "str",
    "kind": "str",
    "severity": "str",
    "state": "str",
    "started_at": "datetime64[us]",
    "resolved_at": "datetime64[us]",
    "snoozed_until": "datetime64[us]",
    "value": "float64",
    "worst": "float64",
    "incident_id": "Int64",
}
HISTORY = {"at": "datetime64[us]", "act": "str", "who": "str", "note": "str"}


def rules(conn: Connection, viewer: Viewer, project_id: int, now: datetime) -> pd.DataFrame:
    """The rules of a project and of Looplens on metrics that the viewer may ask for, by name.

    Columns: rule_id, project_id (int64; 0 is Looplens itself), name, metric, severity (str), state
    (str: paused, firing, acknowledged, snoozed, quiet, or cannot judge where the last window said
    nothing), value (float64: its figure, in the metric's unit), evaluated_until (datetime64[us],
    UTC), episodes (int64, of the last 30 days), is_usual (bool: came with Looplens).
    """
    return read(conn, rules_sql(viewer, project_id, now)).astype(RULES)


def rules_sql(viewer: Viewer, project_id: int, now: datetime) -> Select[Any]:
    """The rows of `rules`."""
    rule = visible_alert_rules(viewer, project_id).c
    e = visible_alert_episodes(viewer, project_id).c
    month = now - LATELY
    counted = select(func.count()).where(e.rule_id == rule.id, e.started_at >= month)
    firing = select(_state(e, now)).where(e.rule_id == rule.id, e.resolved_at.is_(None)).limit(1)
    blind = and_(rule.evaluated_until > rule.created_at, rule.seen.is_(None))
    calm = case((blind, "cannot judge"), else_="quiet")
    state = case((rule.is_paused, "paused"), else_=func.coalesce(firing.scalar_subquery(), calm))
    return (
        select(
            rule.id.label("rule_id"),
            rule.project_id,
            rule.name,
            rule.metric,
            rule.severity,
            state.label("state"),
            rule.seen.label("value"),
            func.timezone("UTC", rule.evaluated_until).label("evaluated_until"),
            counted.scalar_subquery().label("episodes"),
            (rule.default_key != "").label("is_usual"),
        )
        .where(_may_ask(rule, viewer))
        .order_by(rule.name, rule.id)
    )


def rule_with(conn: Connection, viewer: Viewer, project_id: int, rule_id: int) -> Rule | None:
    """A rule as it is kept; None where the viewer may not see one of this number."""
    rule = visible_alert_rules(viewer, project_id)
    ours = select(rule).where(rule.c.id == rule_id, _may_ask(rule.c, viewer))
    row = conn.execute(ours).one_or_none()
    return None if row is None else rule_of(row)


def episodes(
    conn: Connection, viewer: Viewer, project_id: int, now: datetime, open_only: bool = False
) -> pd.DataFrame:
    """When rules fired, those that still do first, and then the latest.

    Columns: episode_id, rule_id, project_id (int64), name, metric, kind, severity (str), state
    (str: firing, acknowledged, snoozed, resolved), started_at, resolved_at, snoozed_until
    (datetime64[us], UTC; NaT without), value, worst (float64: the level that it began at, and came
    to), incident_id (Int64).
    """
    return read(conn, episodes_sql(viewer, project_id, now, open_only)).astype(EPISODES)


def episodes_sql(
    viewer: Viewer, project_id: int, now: datetime, open_only: bool = False
) -> Select[Any]:
    """The rows of `episodes`."""
    rule = visible_alert_rules(viewer, project_id).c
    e = visible_alert_episodes(viewer, project_id).c
    times = (
        func.timezone("UTC", e[name]).label(name)
        for name in ("started_at", "resolved_at", "snoozed_until")
    )
    query = (
        select(
            e.id.label("episode_id"),
            e.rule_id,
            e.project_id,
            rule.name,
            rule.metric,
            rule.kind,
            e.severity,
            _state(e, now).label("state"),
            *times,
            e.value,
            e.worst,
            e.incident_id,
        )
        .where(rule.id == e.rule_id, _may_ask(rule, viewer))
        .order_by(e.resolved_at.is_(None).desc(), e.started_at.desc(), e.id.desc())
        .limit(MOST)
    )
    return query.where(e.resolved_at.is_(None)) if open_only else query


def history(conn: Connection, viewer: Viewer, project_id: int, episode_id: int) -> pd.DataFrame:
    """What became of an episode, the first first; nothing for who may not ask for its metric.

    Columns: at (datetime64[us], UTC), act (str: fired, notified, acknowledged, snoozed, escalated,
    resolved or commented), who (str: an address, "" for the worker), note (str, as written).
    """
    return read(conn, history_sql(viewer, project_id, episode_id)).astype(HISTORY)


def history_sql(viewer: Viewer, project_id: int, episode_id: int) -> Select[Any]:
    """The rows of `history`."""
    h = visible_alert_history(viewer, project_id).c
    at = func.timezone("UTC", h.at).label("at")
    who = func.coalesce(h.email, literal("")).label("who")
    e, rule = (door(viewer, project_id).c for door in (visible_alert_episodes, visible_alert_rules))
    told = select(at, h.act, who, h.note).where(h.episode_id == episode_id)
    told = told.where(e.id == h.episode_id, rule.id == e.rule_id, _may_ask(rule, viewer))
    return told.order_by(h.at, h.id)


def _state(e: Any, now: datetime) -> ColumnElement[str]:
    return case(
        (e.resolved_at.is_not(None), "resolved"),
        (e.snoozed_until > now, "snoozed"),
        (e.acknowledged_at.is_not(None), "acknowledged"),
        else_="firing",
    )


def _may_ask(rule: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Whether a rule is about what the viewer's role may ask."""
    allowed: ColumnElement[bool] = rule.metric.in_([each.key for each in signals_of(viewer)])
    return allowed
