"""The audit log: who did what, in the transaction that does it, chained so that tampering shows.

An act that others answer for calls `note`; it is written as its transaction commits. Who acts is
known from the context: the dashboard, the API's tokens and the worker say it with `acting` or
`act_as`; else it is a command's.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from db.audit_waiting import Noted, waiting_of
from db.masking import cleaned

LONGEST_TEXT = 200
LONGEST_LIST = 50

Detail = str | float | bool | date | UUID | None
Details = Detail | list[str] | list[int] | tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Acting:
    """Where an act is done (AUDIT_PLACES), and by whom; nobody where a key or a command does it."""

    place: str = "command"
    person_id: int | None = None


COMMAND = Acting()
_acting: ContextVar[Acting] = ContextVar("acting", default=COMMAND)
_whole: ContextVar[bool] = ContextVar("whole", default=False)


def who_acts() -> Acting:
    """Where what is done now is done, and by whom."""
    return _acting.get()


@contextmanager
def acting(place: str, person_id: int | None = None) -> Iterator[None]:
    """Within this block, what is done is done there, by this person."""
    before = _acting.set(Acting(place, person_id))
    try:
        yield
    finally:
        _acting.reset(before)


def act_as(place: str, person_id: int | None = None) -> None:
    """From here on, in this thread or task, what is done is done there, by this person."""
    _acting.set(Acting(place, person_id))


@contextmanager
def as_one_act(
    conn: Connection, act: str, about: str = "", project_id: int | None = None, **details: Details
) -> Iterator[None]:
    """Within this block nothing is noted by itself: it is one act, noted at the end of the block.

    For what makes thousands of things at once, such as a demo.
    """
    before = _whole.set(True)
    try:
        yield
    finally:
        _whole.reset(before)
    note(conn, act, about, project_id, **details)


def note(
    conn: Connection, act: str, about: str = "", project_id: int | None = None, **details: Details
) -> None:
    """Add an act to the log as its transaction commits; what is taken back was no act.

    `act` is "noun.verb", `about` names what it was done to. Never give it what tells of a user of
    the product, or a secret: the log is not erased. Numbers that are not whole are kept as text.
    """
    if _whole.get():
        return
    who = _acting.get()
    known = Noted(who.person_id, who.place, act, project_id, _short(about), _plain(details))
    waiting_of(conn).add(known)


def _plain(details: dict[str, Details]) -> dict[str, Any]:
    """As they come back from the database: what JSON writes in several ways is text."""
    written = json.dumps({name: _kept(value) for name, value in details.items()}, default=str)
    kept: dict[str, Any] = json.loads(written, parse_float=str, parse_constant=str)
    return kept


def _kept(value: Details) -> Any:
    if isinstance(value, str):
        return _short(value)
    if isinstance(value, list | tuple):
        return [_kept(each) for each in value[:LONGEST_LIST]]
    return value


def _short(text: str) -> str:
    return cleaned(text)[:LONGEST_TEXT]
