"""What a funnel is: steps, their order, a window and exclusions; it round-trips through an address.

An address holds `steps=page_view~sign_up!subject:eq:form~upgrade!.plan:eq:pro`: steps are parted
by `~`, a step's conditions begin with `!`, and a property's name has a dot before it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Self, get_args
from urllib.parse import parse_qs, unquote, urlencode

from db.errors import LooplensError

Order = Literal["ordered", "strict", "any"]
Operator = Literal["eq", "ne", "has", "gt", "lt", "set"]
ORDERS: tuple[Order, ...] = get_args(Order)
OPERATORS: tuple[Operator, ...] = get_args(Operator)
MOST_STEPS, MOST_EXCLUSIONS, MOST_CONDITIONS = 8, 4, 4
LONGEST_TEXT = 200  # characters of a name or a value
WINDOWS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=90)
USUAL_WINDOW = timedelta(days=14)
NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"  # what "greater" and "less" take for a number
BETWEEN_STEPS, BEFORE_CONDITION, WITHIN_CONDITION = "~", "!", ":"
SUBJECT, PROPERTY = "subject", "."  # what a condition is about: the subject, or .name
RESERVED = re.compile("[%~!:]")


class BadFunnel(LooplensError):
    """This is not the definition of a funnel."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a property of an event must be, or with `of` empty its subject.

    Values are compared as text, in its case; `gt` and `lt` compare numbers, and nothing else is
    greater or less. What is empty is not set; `ne` holds for it too.
    """

    of: str
    operator: Operator
    value: str = ""

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise BadFunnel(f"A condition is one of {', '.join(OPERATORS)}.")
        if self.operator in ("gt", "lt") and not re.fullmatch(NUMBER, self.value):
            raise BadFunnel(f"Greater and less need a number, not '{self.value}'.")
        _check_texts(self.of, self.value)

    def holds(self, text: str) -> bool:
        """Whether a subject, or a property as text, is what is asked for."""
        match self.operator:
            case "eq":
                return text == self.value
            case "ne":
                return text != self.value
            case "has":
                return self.value in text
            case "set":
                return text != ""
        if not re.fullmatch(NUMBER, text):
            return False
        number, limit = float(text), float(self.value)
        return number > limit if self.operator == "gt" else number < limit

    @property
    def text(self) -> str:
        """The condition as an address holds it."""
        of = PROPERTY + _quoted(self.of) if self.of else SUBJECT
        parts = [of, self.operator, *([_quoted(self.value)] if self.operator != "set" else [])]
        return WITHIN_CONDITION.join(parts)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The condition that an address holds; raises BadFunnel."""
        of, operator, value = (*text.split(WITHIN_CONDITION), "", "")[:3]
        if of != SUBJECT and not of.startswith(PROPERTY):
            raise BadFunnel(f"'{text}' is not a condition.")
        name = unquote(of.removeprefix(PROPERTY)) if of != SUBJECT else ""
        return cls(name, operator, unquote(value))  # type: ignore[arg-type]  # it is checked


@dataclass(frozen=True, slots=True)
class Step:
    """Events of a name, of which all conditions hold."""

    name: str
    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        if not self.name or len(self.conditions) > MOST_CONDITIONS:
            raise BadFunnel(f"A step is an event with up to {MOST_CONDITIONS} conditions.")
        _check_texts(self.name)

    @property
    def by_property(self) -> bool:
        """Whether it asks for properties, which only raw events have."""
        return any(condition.of for condition in self.conditions)

    def matches(self, name: str, subject: str) -> bool:
        """Whether events of this kind serve the step, as far as it asks for no properties."""
        asked = (condition for condition in self.conditions if not condition.of)
        return name == self.name and all(condition.holds(subject) for condition in asked)

    @property
    def text(self) -> str:
        """The step as an address holds it."""
        return BEFORE_CONDITION.join([_quoted(self.name), *(c.text for c in self.conditions)])

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The step that an address holds; raises BadFunnel."""
        name, *conditions = text.split(BEFORE_CONDITION)
        return cls(unquote(name), tuple(Condition.from_text(condition) for condition in conditions))


@dataclass(frozen=True, slots=True)
class Funnel:
    """Steps in an order, the longest time from the first to the last, and what must not happen."""

    steps: tuple[Step, ...]
    order: Order = "ordered"
    window: timedelta = USUAL_WINDOW
    exclusions: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= MOST_STEPS or len(self.exclusions) > MOST_EXCLUSIONS:
            raise BadFunnel(f"It has up to {MOST_STEPS} steps and {MOST_EXCLUSIONS} exclusions.")
        if self.order not in ORDERS:
            raise BadFunnel(f"The order is one of {', '.join(ORDERS)}, not '{self.order}'.")
        if not SHORTEST <= self.window <= LONGEST or self.window % SHORTEST:
            raise BadFunnel("The window is whole minutes, from one minute to 90 days.")
        if set(self.exclusions) & set(self.steps):
            raise BadFunnel("What is a step of the funnel can't be an exclusion of it.")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the events that it has to do with; none where that is all of them."""
        if self.order == "strict":
            return ()
        return tuple(sorted({step.name for step in (*self.steps, *self.exclusions)}))

    @property
    def by_property(self) -> bool:
        """Whether it asks for properties, which only raw events have."""
        return any(step.by_property for step in (*self.steps, *self.exclusions))

    @property
    def text(self) -> str:
        """All of it in one line, as a saved segment holds it."""
        return urlencode(self.to_query(), doseq=True)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The funnel that `text` holds, or a page's address; raises BadFunnel."""
        return cls.from_query(parse_qs(text))

    def to_query(self) -> dict[str, list[str]]:
        """What an address carries."""
        query: dict[str, list[str]] = {
            "steps": [steps_text(self.steps)],
            "order": [self.order],
            "window": [window_text(self.window)],
        }
        return query | ({"without": [steps_text(self.exclusions)]} if self.exclusions else {})

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]]) -> Self:
        """The funnel that an address carries; what is missing is the usual. Raises BadFunnel."""
        steps, order, window, without = (
            "".join(query.get(name, ())) for name in ("steps", "order", "window", "without")
        )
        return cls(
            steps_of(steps),
            order or "ordered",  # type: ignore[arg-type]  # it is checked
            window_of(window) if window else USUAL_WINDOW,
            steps_of(without),
        )


def steps_text(steps: Sequence[Step]) -> str:
    """The steps as an address holds them."""
    return BETWEEN_STEPS.join(step.text for step in steps)


def steps_of(text: str) -> tuple[Step, ...]:
    """The steps that an address holds; raises BadFunnel."""
    return tuple(Step.from_text(part) for part in text.split(BETWEEN_STEPS)) if text else ()


def window_text(window: timedelta) -> str:
    """A window in the largest unit that fits: "30m", "12h", "14d"."""
    unit = next(unit for unit in ("d", "h", "m") if not window % WINDOWS[unit])
    return f"{window // WINDOWS[unit]}{unit}"


def window_of(text: str) -> timedelta:
    """The window that an address holds; raises BadFunnel."""
    found = re.fullmatch("([0-9]{1,6})([mhd])", text)
    if found is None:
        raise BadFunnel(f"'{text}' is not a window; '30m', '12h' and '14d' are.")
    return int(found[1]) * WINDOWS[found[2]]


def _quoted(text: str) -> str:
    return RESERVED.sub(lambda found: f"%{ord(found[0]):02X}", text)


def _check_texts(*texts: str) -> None:
    for text in texts:
        if len(text) > LONGEST_TEXT or "\x00" in text:
            raise BadFunnel(f"Names and values have up to {LONGEST_TEXT} characters, no NUL.")
