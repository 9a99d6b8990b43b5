"""The command that reads the audit log, and tells whether anybody touched it."""

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import Connection, select

from db.audit import note
from db.audit_chain import COLUMNS, Entry, Verdict, verify
from db.console import AsJson, answer, in_database, told_plainly
from db.tables import audit_log

MOST_ACTS = 10_000


@told_plainly
def audit(
    check: Annotated[
        bool, typer.Option("--verify", help="Tell whether a row was edited, moved or removed.")
    ] = False,
    mark: Annotated[
        str, typer.Option(help="The end of the log as --verify told it once: is it still there?")
    ] = "",
    latest: Annotated[
        int, typer.Option(min=1, max=MOST_ACTS, help="How many of the latest acts to list.")
    ] = 50,
    as_json: AsJson = False,
) -> None:
    """List the latest administrative acts, or verify the chain of the log."""
    if check or mark:
        verdict = in_database(lambda conn: verify(conn, mark))
        answer(asdict(verdict), _judged(verdict), as_json)
        if verdict.faults:
            raise typer.Exit(1)
        return
    acts = in_database(lambda conn: _read(conn, latest))
    answer([asdict(each) for each in acts], "\n".join(map(_told, acts)) or "No acts yet.", as_json)


def _read(conn: Connection, latest: int) -> list[Entry]:
    """The latest acts, the oldest of them first; to read them is one, too."""
    query = select(*COLUMNS).order_by(audit_log.c.id.desc()).limit(latest)
    found = [Entry(*row) for row in conn.execute(query)]
    note(conn, "audit.read", rows=len(found))
    return found[::-1]


def _told(entry: Entry) -> str:
    who = "nobody known" if entry.person_id is None else f"person {entry.person_id}"
    about = f" {entry.about}" if entry.about else ""
    return f"{entry.id}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.place}  {who}  {entry.act}{about}"


def _judged(verdict: Verdict) -> str:
    if not verdict.faults:
        return f"{verdict.rows:,} rows, none was touched. Mark: {verdict.mark}"
    lines = [f"{fault.id}: {fault.what}" for fault in verdict.faults]
    return "\n".join([*lines, f"{verdict.rows:,} rows do not make an unbroken chain."])
