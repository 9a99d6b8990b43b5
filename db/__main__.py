"""`python -m db`: the command line. It puts the parts together, and so may import all of them."""

import json
import signal
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sqlalchemy import URL, Connection

from db import access, running
from db.audit import note
from db.commands_accounts import close_account, link, list_tokens, revoke_token, token
from db.commands_audit import audit
from db.commands_experiments import importer
from db.commands_flags import flag, flags, kill
from db.commands_health import probe, slo
from db.commands_organisations import list_members, list_organisations, member, organisation
from db.commands_packages import author, list_packages, package, release
from db.commands_person import UserId, export, key_of, told
from db.commands_product import complete
from db.commands_project import access_link, invite, key, project, projects, revoke
from db.commands_revenue import business_settings, stripe_hook
from db.commands_roadmap import plan_price
from db.commands_sending import target
from db.commands_surveys import end, survey, surveys
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.engine import make_engine
from db.unfinished import UNFINISHED, finish, take_back

if TYPE_CHECKING:
    from ingest_api.importing.trials import Trial

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Projects, keys, people and data of Looplens.",
)
for command in (project, projects, key, revoke, invite):
    app.command()(command)
for command in (complete, export, plan_price, target, survey, surveys):
    app.command()(command)
for command in (business_settings, stripe_hook):
    app.command()(command)
for command in (probe, slo):
    app.command()(command)
for command in (flag, flags, kill, audit):
    app.command()(command)
for command in (package, release, author, organisation, member, token, link):
    app.command()(command)
app.command("end-survey")(end)
app.command("packages")(list_packages)
app.command("organisations")(list_organisations)
app.command("members")(list_members)
app.command("tokens")(list_tokens)
app.command("revoke-token")(revoke_token)
app.command("close-account")(close_account)


@app.command("import")
@told_plainly
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, JSONL or Parquet; .gz too.")],
    project: Annotated[str, typer.Option(help="The project that the events go to.")],
    mapping: Annotated[
        str, typer.Option("--map", help="field=column,... such as name=event,actor=user_id")
    ] = "",
    dry_run: Annotated[bool, typer.Option(help="Show the first events; store nothing.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Where rejected lines go.")] = None,
    consent: Annotated[
        str,
        typer.Option(
            help="What the file's people granted: purposes such as usage,features, or all; "
            "none leaves it to what is on record. Recorded refusals always win."
        ),
    ] = "all",
    of: Annotated[
        str,
        typer.Option(
            help="What its rows are: events; runs or downloads of packages; customers, "
            "subscriptions, payments, refunds or spend; tickets."
        ),
    ] = "events",
    as_json: AsJson = False,
) -> None:
    """Import a file of events, or of runs of packages; repeating it adds nothing."""
    from ingest_api import importing

    with running.database() as url:
        if dry_run:
            shown = importing.preview_file(url, file, project, mapping, of)
            answer(shown, "\n".join(json.dumps(event, default=str) for event in shown), as_json)
            return
        result = None
        try:
            with running.progress("Importing") as advance:
                result = importing.import_file(
                    url, file, project, mapping, rejects, advance, consent, of
                )
        finally:  # also what was stored before something went wrong
            _roll_up(url)
            rows = result.rows if result else "not all"
            in_database(partial(_note_import, name=project, of=of, rows=rows))
    answer(asdict(result), result.told(), as_json)


def _note_import(conn: Connection, *, name: str, of: str, rows: int | str) -> None:
    note(conn, "import.run", of, access.find_project(conn, name).id, rows=rows)


def _import_trial(conn: Connection, project_id: int, key: str, file: Path, **terms: Any) -> "Trial":
    from ingest_api.importing.trials import import_trial, terms_of

    return import_trial(conn, project_id, key, file, terms_of(**terms))


app.command("import-experiment")(importer(_import_trial))


@app.command()
@told_plainly
def demo(
    events: Annotated[int, typer.Option(help="About how many events.")] = 200_000,
    days: Annotated[int, typer.Option(help="Over how many days, up to now.")] = 90,
    project: Annotated[
        str, typer.Option(help="The project that is made for them; by default demo, demo-2, ...")
    ] = "",
    seed: Annotated[int, typer.Option(help="The same seed gives the same events.")] = 7,
    feedback: Annotated[
        int | None, typer.Option(help="About how many comments; by default one to 60 events.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fill a project with invented, realistic events whose truths are written down."""
    with running.database() as url:
        name, made = make_demo(url, project, events, days, seed, feedback)
    answer({"project": name, "events": made}, f"{made:,} events in '{name}'.", as_json)


def make_demo(
    url: URL, name: str, events: int, days: int = 90, seed: int = 7, feedback: int | None = None
) -> tuple[str, int]:
    """Make a demo project with its personas, fill it and count it; its name and its events."""
    from db.demo import check_size, fill
    from jobs.alerting.usual import replay
    from jobs.experiments import count as count_experiments
    from jobs.revenue import count_customers

    check_size(events, days, feedback)
    engine = make_engine(url)
    try:
        with engine.begin() as conn:
            made = access.create_demo(conn, name or _free_name(conn))
        with running.progress("Making demo data") as advance:
            filled = fill(
                engine, made, events, days=days, seed=seed, progress=advance, comments=feedback
            )
        _roll_up(url)
        count_experiments(engine)
        with engine.begin() as conn:
            count_customers(conn, made.id)
            replay(conn, made, datetime.now(UTC))
        return made.name, filled
    finally:
        engine.dispose()


@app.command("demo-registry")
@told_plainly
def demo_registry(as_json: AsJson = False) -> None:
    """Make a second demo project: a registry of packages with authors and organisations."""
    with running.database() as url:
        done = make_registry(url)
    told = f"{done:,} runs and downloads in 'registry'."
    answer({"project": "registry", "runs": done}, told, as_json)


def make_registry(url: URL) -> int:
    """Make the registry of the demo, count it and publish it; returns its runs and downloads."""
    from db.demo.registry import fill_registry
    from jobs.publishing import publish_due

    engine = make_engine(url)
    try:
        with running.progress("Making a registry") as advance, engine.begin() as conn:
            done = fill_registry(conn, progress=advance)
        _roll_up(url)
        with running.progress("Publishing") as advance:
            publish_due(engine, progress=advance)
        return done
    finally:
        engine.dispose()


def _free_name(conn: Connection) -> str:
    """demo, or the first of demo-2, demo-3, ... that no project has."""
    taken = {each.name for each in access.list_projects(conn)}
    names = ("demo" if number == 1 else f"demo-{number}" for number in count(1))
    return next(name for name in names if name not in taken)


def _roll_up(url: URL) -> None:
    """Add what was loaded to the rollups now, and let the planner know the tables."""
    from jobs.catching_up import catch_up
    from jobs.upkeep import analyze

    engine = make_engine(url)
    try:
        with running.progress("Rolling up") as advance:
            catch_up(engine, advance)
        analyze(engine)
    finally:
        engine.dispose()


@app.command()
@told_plainly
def erase(name: Name, user: UserId, as_json: AsJson = False) -> None:
    """Erase a person for good, at once, and print the receipt."""
    from jobs.erasing import erase_person, note_erasure

    def work(conn: Connection) -> dict[str, int]:
        project_id, actor_key = key_of(conn, name, user)
        gone = erase_person(conn, project_id, actor_key)
        note_erasure(conn, project_id, gone)
        return gone

    receipt = in_database(work)
    answer(receipt, told(receipt), as_json)


@app.command()
@told_plainly
def rebuild(name: Name) -> None:
    """Make a project's rollups anew from the raw events that are still kept."""
    from jobs.rollups import rebuild as rebuild_rollups

    def make(conn: Connection) -> None:
        project_id = access.find_project(conn, name).id
        rebuild_rollups(conn, project_id)
        note(conn, "rollups.rebuild", project_id=project_id)

    in_database(make)
    typer.echo(f"Rebuilt the rollups of '{name}'.")


@app.command()
@told_plainly
def migrate() -> None:
    """Bring the database to the newest schema."""
    with running.database():
        pass
    typer.echo("The database has the newest schema.")


@app.command()
@told_plainly
def run(
    with_demo: Annotated[
        bool, typer.Option("--demo/--no-demo", help="Fill an empty database with demo data.")
    ] = True,
) -> None:
    """Start everything: database, API, worker and dashboard. Ctrl-C stops it all."""
    ports = running.Ports.from_environment()
    running.check_ports(ports)
    with running.database() as url:
        token = _first_steps(url, with_demo)
        code = running.serve(ports, {"LOOPLENS_DEMO": str(int(with_demo))}, greeting(ports, token))
    raise typer.Exit(code)


def _first_steps(url: URL, with_demo: bool) -> str:
    """Demo data for an empty database, and an access link's token for an administrator."""
    engine = make_engine(url)
    try:
        with engine.begin() as conn:
            take_back(conn)
            empty = not access.list_projects(conn)
        if empty and with_demo:
            make_demo(url, UNFINISHED, 200_000)
            make_registry(url)
            with engine.begin() as conn:
                finish(conn, "demo")
        with engine.begin() as conn:
            return access.invite(conn, "admin@localhost", "admin")
    finally:
        engine.dispose()


def greeting(ports: running.Ports, token: str) -> str:
    """What is said once everything answers."""
    return (
        "\n"
        f"  Looplens is ready.\n\n"
        f"  Dashboard     {ports.dashboard_url}\n"
        f"  API           {ports.api_url}  (documentation at {ports.api_url}/docs)\n"
        f"  Admin access  {access_link(token)}  (works once)\n\n"
        f"  Ctrl-C stops everything and keeps the data.\n\n"
    )


def main() -> None:
    """Run a command; SIGTERM and a closed terminal end it in order, as Ctrl-C does."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _: sys.exit(128 + number))
    app()


if __name__ == "__main__":
    main()
