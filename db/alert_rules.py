"""Alert rules: when to tell somebody of what a metric does. What is stored makes sense."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from db.alerts import Act, resolve
from db.audit import note
from db.errors import BadAlertRule, UnknownAlertRule
from db.lines import fault, one_line
from db.tables import ALERT_KINDS, SEVERITIES, alert_episodes, alert_rules, alert_states

Asked = Mapping[str, str | int | float]
LONGEST_NAME = 100
LONGEST_ASKED = 200
LONGEST_WINDOW = 129_600  # minutes: ninety days
LONGEST_WAIT = 10_080  # minutes: a week
MOST_EVENTS = 1_000_000_000
LARGEST = 1e15
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
SIGNED = ("change", "anomaly")  # what falls is told by a value below 0


@dataclass(frozen=True, slots=True)
class Rule:
    """What a metric does, in which window, for how long, and whom it concerns how much.

    `metric` is the key of a signal, `asked` what it is narrowed to. By `kind`, `value` is
    - threshold: the figure of the window itself, in the unit of the metric;
    - change: the relative change against the same window a week before (longer windows: as many
      whole weeks as they fit into); -0.3 is 30 % less;
    - anomaly: how unusual it is, as a robust z; -4 is far less than usual;
    - no_data: not looked at; the rule fires when nothing came;
    - burn: how many times too fast the error budget is used up.
    With `above` the rule fires at `value` and more, else at `value` and less. It is well again
    beyond `recovery` (None: as soon as it is not bad), after `clear_minutes` of that. It fires when
    it was bad for `delay_minutes`. Windows of fewer than `minimum` events say nothing. It is looked
    at `every_minutes`, on `days` (1 is Monday) between `from_hour` and `to_hour` of the project.
    """

    name: str
    metric: str
    kind: str
    value: float = 0.0
    above: bool = True
    window_minutes: int = 60
    asked: Asked = field(default_factory=dict, hash=False)  # a dict has none
    recovery: float | None = None
    delay_minutes: int = 0
    clear_minutes: int = 0
    minimum: int = 0
    every_minutes: int = 1
    days: tuple[int, ...] = EVERY_DAY
    from_hour: int = 0
    to_hour: int = 24
    severity: str = "warning"
    escalate_minutes: int | None = None

    @property
    def promise_minutes(self) -> int:
        """How long after it begins what is planted in every event is told of, at the latest."""
        return self.window_minutes + self.delay_minutes + self.every_minutes


LIMITS = {
    "window_minutes": (1, LONGEST_WINDOW),
    "delay_minutes": (0, LONGEST_WAIT),
    "clear_minutes": (0, LONGEST_WAIT),
    "minimum": (0, MOST_EVENTS),
    "every_minutes": (1, 1_440),
    "from_hour": (0, 23),
    "to_hour": (1, 24),
}


def add_rule(
    conn: Connection,
    project_id: int,
    rule: Rule,
    now: datetime,
    person_id: int | None = None,
    default_key: str = "",
) -> int:
    """Keep a rule and return its id; what happened before now does not count.

    Raises BadAlertRule, also where the name is taken.
    """
    kept = checked(rule)
    _check_name_is_free(conn, project_id, kept.name)
    place = {"project_id": project_id, "person_id": person_id, "default_key": default_key}
    new = insert(alert_rules).values(_columns(kept) | place).returning(alert_rules.c.id)
    rule_id = int(conn.execute(new).scalar_one())
    conn.execute(insert(alert_states).values(rule_id=rule_id, evaluated_until=now))
    note(conn, "alert_rule.create", kept.name, _project(project_id), metric=kept.metric)
    return rule_id


def change_rule(conn: Connection, project_id: int, rule_id: int, rule: Rule, now: datetime) -> None:
    """Let a rule be another from now on; raises BadAlertRule and UnknownAlertRule."""
    kept = checked(rule)
    held = _held(conn, project_id, rule_id)
    if held.name != kept.name:
        _check_name_is_free(conn, project_id, kept.name)
    conn.execute(update(alert_rules).where(alert_rules.c.id == rule_id).values(_columns(kept)))
    afresh = {"evaluated_until": now, "bad_since": None, "good_since": None, "value": None}
    conn.execute(update(alert_states).where(alert_states.c.rule_id == rule_id).values(afresh))
    note(conn, "alert_rule.change", kept.name, _project(project_id), metric=kept.metric)


def pause_rule(
    conn: Connection, project_id: int, rule_id: int, is_paused: bool, now: datetime
) -> None:
    """Look at it no more, or again; what happens meanwhile is never told. UnknownAlertRule.

    What fires is resolved: nobody would see that it is well again.
    """
    held = _held(conn, project_id, rule_id)
    if is_paused:
        _resolve(conn, project_id, rule_id, now)
    ours = update(alert_rules).where(alert_rules.c.id == rule_id)
    conn.execute(ours.values(is_paused=is_paused))
    state = update(alert_states).where(alert_states.c.rule_id == rule_id)
    conn.execute(state.values(evaluated_until=now, bad_since=None, good_since=None))
    act = "alert_rule.pause" if is_paused else "alert_rule.resume"
    note(conn, act, held.name, _project(project_id))


def _resolve(conn: Connection, project_id: int, rule_id: int, now: datetime) -> None:
    e = alert_episodes.c
    firing = select(e.id).where(e.rule_id == rule_id, e.resolved_at.is_(None))
    for episode in conn.execute(firing).scalars().all():
        resolve(conn, Act(project_id, episode, now, note="Its rule was paused."))


def remove_rule(conn: Connection, project_id: int, rule_id: int) -> None:
    """Forget a rule with all that it said; raises UnknownAlertRule.

    One that came with Looplens can only be paused (BadAlertRule): it would come again.
    """
    held = _held(conn, project_id, rule_id)
    if held.default_key:
        raise BadAlertRule("rule: one of the usual rules can be paused, but not removed.")
    conn.execute(delete(alert_rules).where(alert_rules.c.id == rule_id))
    note(conn, "alert_rule.remove", held.name, _project(project_id))


def _project(project_id: int) -> int | None:
    """The project that the log names; None where it is Looplens itself."""
    return project_id or None


def rule_of(row: Row[*tuple[Any, ...]]) -> Rule:
    """The rule that a row of alert_rules holds."""
    names = Rule.__slots__
    values = {name: getattr(row, name) for name in names}
    return Rule(**values | {"days": tuple(row.days), "value": row.value or 0.0})


def checked(rule: Rule) -> Rule:
    """The rule with its name on one line; raises BadAlertRule with the field that is wrong."""
    tidy = replace(rule, name=one_line(rule.name), days=tuple(sorted(set(rule.days))))
    for name, longest in (("name", LONGEST_NAME), ("metric", LONGEST_NAME)):
        if wrong := fault(getattr(tidy, name), longest):
            raise BadAlertRule(f"{name}: {wrong}")
    for name, known in (("kind", ALERT_KINDS), ("severity", SEVERITIES)):
        if getattr(tidy, name) not in known:
            raise BadAlertRule(f"{name}: it is one of {', '.join(known)}.")
    for name, (least, most) in LIMITS.items():
        _check_between(name, getattr(tidy, name), least, most)
    if tidy.escalate_minutes is not None:
        _check_between("escalate_minutes", tidy.escalate_minutes, 1, LONGEST_WAIT)
    _check_schedule(tidy)
    _check_asked(tidy.asked)
    return _in_sense(tidy)


def _in_sense(rule: Rule) -> Rule:
    """The rule with values that its kind can have; raises BadAlertRule."""
    if rule.kind == "no_data":
        return replace(rule, value=0.0, above=False, recovery=None)
    for name, number in (("value", rule.value), ("recovery", rule.recovery)):
        if number is not None and not (math.isfinite(number) and abs(number) <= LARGEST):
            raise BadAlertRule(f"{name}: it is a number.")
    if rule.kind in SIGNED and (rule.value == 0 or (rule.value > 0) != rule.above):
        raise BadAlertRule("value: it is above 0 for what rises, and below for what falls.")
    if rule.kind == "burn" and (rule.value <= 0 or not rule.above):
        raise BadAlertRule("value: an error budget burns faster than 0 times.")
    beyond = rule.recovery is not None and (rule.recovery > rule.value) == rule.above
    if beyond and rule.recovery != rule.value:
        raise BadAlertRule("recovery: it lies on the good side of the value.")
    return rule


def _check_between(name: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise BadAlertRule(f"{name}: it lies between {least} and {most}.")


def _check_schedule(rule: Rule) -> None:
    if not rule.days or not set(rule.days) <= set(EVERY_DAY):
        raise BadAlertRule("days: they are some of 1 (Monday) to 7 (Sunday).")
    if rule.from_hour >= rule.to_hour:
        raise BadAlertRule("to_hour: it lies after from_hour.")


def _check_asked(asked: Asked) -> None:
    for name, value in asked.items():
        if isinstance(value, str) and (wrong := fault(value, LONGEST_ASKED)):
            raise BadAlertRule(f"{name}: {wrong}")


def _columns(rule: Rule) -> dict[str, Any]:
    return asdict(rule) | {"days": list(rule.days), "asked": dict(rule.asked)}


def _check_name_is_free(conn: Connection, project_id: int, name: str) -> None:
    same = select(alert_rules.c.id).where(
        alert_rules.c.project_id == project_id, alert_rules.c.name == name
    )
    if conn.execute(same).first():
        raise BadAlertRule("name: another rule has it.")


def _held(conn: Connection, project_id: int, rule_id: int) -> Row[*tuple[Any, ...]]:
    """The rule, locked against whoever else changes it; raises UnknownAlertRule."""
    ours = select(alert_rules).where(
        alert_rules.c.project_id == project_id, alert_rules.c.id == rule_id
    )
    held = conn.execute(ours.with_for_update(key_share=True)).one_or_none()
    if held is None:
        raise UnknownAlertRule()
    return held
