"""Commands about experiments: those that were run elsewhere are imported from a file."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from db import access
from db.console import AsJson, answer, in_database, told_plainly

Several = list[str] | None


def importer(take: Callable[..., Any]) -> Callable[..., None]:
    """The command that reads an experiment by `take(conn, project_id, key, file, **terms)`."""

    @told_plainly
    def import_experiment(
        file: Annotated[
            Path, typer.Argument(help="CSV, JSONL or Parquet, one row a unit; .gz too.")
        ],
        project: Annotated[str, typer.Option(help="The project that it goes to.")],
        key: Annotated[str, typer.Option(help="What it is called; repeating replaces it.")],
        unit: Annotated[str, typer.Option(help="The column that tells units apart.")],
        variant: Annotated[str, typer.Option(help="The column of the variant.")],
        control: Annotated[
            str, typer.Option(help="The variant that the others are compared with.")
        ],
        outcome: Annotated[
            Several, typer.Option(help="A column to compare; the first is the primary metric.")
        ] = None,
        ratio: Annotated[Several, typer.Option(help="A ratio of sums: clicks/views.")] = None,
        covariate: Annotated[
            Several, typer.Option(help="The same before the exposure: revenue=revenue_before.")
        ] = None,
        cap: Annotated[Several, typer.Option(help="Count no more than this: revenue=500.")] = None,
        down: Annotated[Several, typer.Option(help="An outcome of which less is better.")] = None,
        weight: Annotated[
            Several, typer.Option(help="The planned split: control=90. Equal parts without it.")
        ] = None,
        exposed_at: Annotated[str, typer.Option(help="The column of the exposure's time.")] = "",
        outcome_at: Annotated[str, typer.Option(help="The column of the outcome's time.")] = "",
        as_json: AsJson = False,
    ) -> None:
        """Import an experiment that was run elsewhere; sums are kept of it, and no unit."""
        terms = {
            "unit": unit,
            "variant": variant,
            "control": control,
            "outcomes": outcome or (),
            "ratios": ratio or (),
            "covariates": covariate or (),
            "caps": cap or (),
            "down": down or (),
            "weights": weight or (),
            "exposed_at": exposed_at,
            "outcome_at": outcome_at,
        }

        def work(conn: Connection) -> Any:
            project_id = access.find_project(conn, project).id
            return take(conn, project_id, key, file, **terms)

        found = in_database(work)
        answer(asdict(found), found.told(), as_json)

    return import_experiment
