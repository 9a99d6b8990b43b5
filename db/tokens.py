"""Personal access tokens: what people call the API with in their own name."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from db.access import Person, person_in
from db.audit import note
from db.errors import BadToken, UnknownToken
from db.identity import new_token, token_hash
from db.lines import fault
from db.tables import TOKEN_SCOPES, access_tokens, people

LONGEST_NAME = 100
LASTS_DAYS = 90
LONGEST_DAYS = 365
MOST_TOKENS = 50  # of one person, that still work
HINT = 9  # characters of a token that are kept, to tell it from others


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token: not the token; times are aware."""

    id: int
    name: str
    hint: str
    scope: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token it is, and what it is good for: "read", or "manage", which may also read."""

    person: Person
    scope: str


t = access_tokens.c
COLUMNS = tuple(t[field.name] for field in fields(Token))


def create_token(
    conn: Connection, person_id: int, name: str, scope: str = "read", days: int = LASTS_DAYS
) -> str:
    """A new token, told this once: its hash and its first characters are kept; raises BadToken."""
    _check(name.strip(), scope, days)
    conn.execute(select(people.c.id).where(people.c.id == person_id).with_for_update())
    if len(list_tokens(conn, person_id)) >= MOST_TOKENS:
        raise BadToken(f"There are {MOST_TOKENS} tokens already; revoke one first.")
    token = new_token("llt")
    values = {"person_id": person_id, "name": name.strip(), "scope": scope}
    secret = {"hint": token[:HINT], "token_hash": token_hash(token)}
    expires = datetime.now(UTC) + timedelta(days=days)
    conn.execute(insert(access_tokens).values(values | secret | {"expires_at": expires}))
    note(conn, "token.create", token[:HINT], person=person_id, scope=scope, days=days)
    return token


def holder_of(conn: Connection, token: str) -> Holder | None:
    """Who holds this token; None when it is unknown, over or revoked, or the account closed."""
    row = conn.execute(HOLDER, {"hash": token_hash(token)}).one_or_none()
    return None if row is None else Holder(person_in(conn, row), row.scope)


def list_tokens(conn: Connection, person_id: int) -> list[Token]:
    """The tokens of a person that still work, the newest first."""
    theirs = select(*COLUMNS).where(t.person_id == person_id, _works())
    return [Token(*row) for row in conn.execute(theirs.order_by(t.created_at.desc(), t.id.desc()))]


def revoke_token(conn: Connection, person_id: int, token_id: int) -> None:
    """End one of this person's tokens at once; raises UnknownToken, also for somebody else's."""
    theirs = (t.id == token_id) & (t.person_id == person_id) & _works()
    ended = update(access_tokens).where(theirs).values(revoked_at=func.now())
    hint = conn.execute(ended.returning(t.hint)).scalar_one_or_none()
    if hint is None:
        raise UnknownToken()
    note(conn, "token.revoke", hint, person=person_id)


def _works() -> ColumnElement[bool]:
    return t.revoked_at.is_(None) & (t.expires_at > func.now())


def _check(name: str, scope: str, days: int) -> None:
    if wrong := fault(name, LONGEST_NAME):
        raise BadToken(f"name: {wrong}")
    if scope not in TOKEN_SCOPES:
        raise BadToken(f"scope: it is one of {', '.join(TOKEN_SCOPES)}.")
    if not 1 <= days <= LONGEST_DAYS:
        raise BadToken(f"days: they are from 1 to {LONGEST_DAYS}.")


HOLDER = (
    select(people.c.id, people.c.email, people.c.role, t.scope)
    .join(access_tokens, t.person_id == people.c.id)
    .where(t.token_hash == bindparam("hash"), _works(), people.c.closed_at.is_(None))
)
