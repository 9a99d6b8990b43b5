"""Commands about revenue: what its figures assume, and where Stripe sends its events."""

import sys
from dataclasses import asdict, replace
from getpass import getpass
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from db import access, running
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.errors import BadSetting


@told_plainly
def business_settings(
    name: Name,
    currency: Annotated[
        str | None,
        typer.Option(help="The one that is shown first, such as EUR; '' for that of most."),
    ] = None,
    gross_margin: Annotated[
        float | None, typer.Option(help="What is left of revenue after serving it: 0.8 for 80 %.")
    ] = None,
    visit_event: Annotated[
        str | None, typer.Option(help="The event that the way to the first payment begins with.")
    ] = None,
    signup_event: Annotated[str | None, typer.Option(help="The event of signing up.")] = None,
    retained_days: Annotated[
        int | None, typer.Option(help="Days after the first payment that a customer is retained.")
    ] = None,
    summary_pace: Annotated[
        str | None, typer.Option(help="never, daily, weekly or monthly.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what the business figures of a project assume; without options, show it."""
    from db.business_settings import (
        BusinessSettings,
        business_settings_of,
        set_business_settings,
    )

    given = {
        "currency": currency,
        "gross_margin": gross_margin,
        "visit_event": visit_event,
        "signup_event": signup_event,
        "retained_days": retained_days,
        "summary_pace": summary_pace,
    }
    changed: dict[str, Any] = {each: value for each, value in given.items() if value is not None}

    def work(conn: Connection) -> BusinessSettings:
        project_id = access.find_project(conn, name).id
        settings = replace(business_settings_of(conn, project_id), **changed)
        if changed:
            set_business_settings(conn, project_id, settings)
        return settings

    settings = asdict(in_database(work))
    lines = [f"{each}: {value if value != '' else '-'}" for each, value in settings.items()]
    answer(settings, "\n".join(lines), as_json)


@told_plainly
def stripe_hook(
    name: Name,
    secret: Annotated[
        bool, typer.Option("--secret", help="Read the signing secret from standard input.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take no more events.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the address that Stripe is to send events to, and keep the secret that it shows.

    Add the address as an endpoint in Stripe first; it then shows the secret. Until that is kept,
    nothing is taken there.
    """
    from db.stripe_hooks import make_hook, remove_hook, set_secret

    if secret and remove:
        raise BadSetting("A hook that is removed needs no secret.")
    given = _secret() if secret else ""

    def work(conn: Connection) -> str:
        project_id = access.find_project(conn, name).id
        if remove:
            return "removed" if remove_hook(conn, project_id) else "none"
        hook_id = set_secret(conn, project_id, given) if secret else make_hook(conn, project_id)
        return f"{running.Ports.from_environment().api_url}/api/v1/revenue/stripe/{hook_id}"

    done = in_database(work)
    told = {"removed": "Nothing of Stripe is taken any more.", "none": "There was no hook."}
    answer({"project": name, "hook": done}, told.get(done, done), as_json)


def _secret() -> str:
    """A secret that is neither shown nor kept in a shell's history; raises BadSetting."""
    given = getpass("Signing secret: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not given.strip():
        raise BadSetting("The secret is read from standard input, which was empty.")
    return given.strip()
