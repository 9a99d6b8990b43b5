"""How commands are run: why they fail, with which flags and formats, and after how long a prompt.

Error types and properties are in no rollup, so this reads the latest raw runs, up to `MOST`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Numeric,
    Select,
    Subquery,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONPATH

from analytics.filters import Filters
from analytics.measures.cutting import or_not_set, read
from analytics.product.latest import events_at, latest_of, load_latest
from analytics.scope import Viewer, visible_events, within

COMMAND_RUN = "command_run"
MOST = 10_000  # runs; measured among ten million events: 150 ms
FORMATS = ("output_format", "output")  # properties that say how the result is written
LENGTHS = (0, 10, 25, 50, 100, 250, 500, 1_000, 2_500)  # characters, from which a prompt counts
PARTS = {"part": "str", "value": "str", "runs": "int64", "failures": "int64"}
USES = {"value": "str", "runs": "int64", "share": "float64", "error_rate": "float64"}
ERRORS = {"value": "str", "failures": "int64", "share": "float64"}
PROMPTS = {"value": "str", "runs": "int64", "share": "float64"}


@dataclass(frozen=True, slots=True)
class Runs:
    """What the latest runs tell: `runs` of them, the first of them `since`.

    `errors` has value (str: the error type), failures (int64), share (float64, of all failures).
    `formats` and `flags` have value (str), runs (int64), share (float64, of all runs; flags need
    not add up to 1) and error_rate (float64). `prompts` has value (str: a range of characters),
    runs (int64) and share (float64, of the runs with a prompt); `prompt` is the median length.
    """

    runs: int
    since: datetime | None
    errors: pd.DataFrame
    formats: pd.DataFrame
    flags: pd.DataFrame
    prompts: pd.DataFrame
    prompt: float | None


def command_runs(conn: Connection, viewer: Viewer, filters: Filters) -> Runs:
    """The errors, formats, flags and prompts of the latest runs that the filters keep."""
    viewer = within(viewer, "product")
    filters = replace(filters, event=COMMAND_RUN, subject=None)
    latest = load_latest(conn, viewer, filters, MOST)
    rows = read(conn, _parts(events_at(visible_events(viewer, filters), latest))).astype(PARTS)
    parts = {part: rows[rows["part"] == part] for part in ("run", "error", "format", "flag")}
    runs = int(parts["run"]["runs"].sum())
    lengths = rows[rows["part"] == "prompt"]
    return Runs(
        runs=runs,
        since=latest.since,
        errors=_errors(parts["error"]),
        formats=_uses(parts["format"], runs),
        flags=_uses(parts["flag"], runs),
        prompts=_prompts(lengths),
        prompt=_median(lengths),
    )


def command_runs_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """What `command_runs` is made of: part (run, error, format, flag or prompt), value, counts."""
    filters = replace(filters, event=COMMAND_RUN, subject=None)
    return _parts(latest_of(visible_events(within(viewer, "product"), filters), MOST))


def _parts(e: Subquery) -> Select[Any]:
    """One row a part and value: part, value, runs, failures."""
    p = e.c.properties
    written = func.coalesce(*(func.nullif(p.op("->>")(name), "") for name in FORMATS))
    prompt = case((_type(p, "prompt_length") == "number", p.op("->>")("prompt_length")))
    runs = select(
        e.c.event_id,
        e.c.ok,
        or_not_set(e.c.error_type).label("error"),
        written.label("format"),
        func.round(cast(prompt, Numeric)).cast(BigInteger).cast(Text).label("prompt"),
        _flags(p).label("flags"),
    ).cte("runs")
    flags = _by_flag(runs)
    counts = _counts(runs.c.ok)
    parts = union_all(
        select(literal("run").label("part"), literal("").label("value"), *counts).having(
            func.count() > 0
        ),
        _counted("error", runs.c.error, runs.c.ok).where(~runs.c.ok),
        _counted("format", runs.c.format, runs.c.ok),
        _counted("flag", flags.c.flag, flags.c.ok),
        _counted("prompt", runs.c.prompt, runs.c.ok),
    ).subquery("parts")
    return select(parts).order_by(parts.c.part, parts.c.runs.desc(), parts.c.value)


def _type(properties: ColumnElement[Any], name: str) -> ColumnElement[str]:
    return func.jsonb_typeof(properties.op("->")(name))


def _flags(properties: ColumnElement[Any]) -> ColumnElement[Any]:
    """SQL for the flags as a JSON list: of a list, of an object's keys, or of a text's words."""
    kind, flags = _type(properties, "flags"), properties.op("->")("flags")
    words = func.regexp_split_to_array(properties.op("->>")("flags"), r"\s+")
    return case(
        (kind == "array", flags),
        (kind == "object", func.jsonb_path_query_array(flags, cast("$.keyvalue().key", JSONPATH))),
        (kind == "string", func.to_jsonb(words)),
    )


def _by_flag(runs: CTE) -> Subquery:
    """Each flag of each run once."""
    flag = func.jsonb_array_elements_text(runs.c.flags).table_valued("flag", name="given")
    given = flag.render_derived().lateral()
    query = select(runs.c.event_id, runs.c.ok, given.c.flag).join(given, given.c.flag != "")
    return query.distinct().subquery("by_flag")


def _counts(ok: ColumnElement[bool]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return func.count().label("runs"), func.count().filter(~ok).label("failures")


def _counted(part: str, value: ColumnElement[Any], ok: ColumnElement[bool]) -> Select[Any]:
    """How many runs have each value of a part, without those that have none."""
    query = select(literal(part).label("part"), value.label("value"), *_counts(ok))
    return query.where(value.is_not(None)).group_by(value)


def _errors(rows: pd.DataFrame) -> pd.DataFrame:
    share = rows["failures"] / rows["failures"].sum()
    return rows.assign(share=share)[list(ERRORS)].astype(ERRORS).reset_index(drop=True)


def _uses(rows: pd.DataFrame, runs: int) -> pd.DataFrame:
    shares = {"share": rows["runs"] / max(runs, 1), "error_rate": rows["failures"] / rows["runs"]}
    return rows.assign(**shares)[list(USES)].astype(USES).reset_index(drop=True)


def _prompts(rows: pd.DataFrame) -> pd.DataFrame:
    """Runs by ranges of length, the shortest first, up to the longest that there is."""
    names = [f"{a:,} to {b - 1:,}" for a, b in pairwise(LENGTHS)]
    names.append(f"{LENGTHS[-1]:,} and more")
    place = np.searchsorted(LENGTHS, rows["value"].astype("int64"), side="right") - 1
    counts = np.bincount(np.maximum(place, 0), weights=rows["runs"])
    frame = {"value": names[: len(counts)], "runs": counts, "share": counts / max(counts.sum(), 1)}
    return pd.DataFrame(frame).astype(PROMPTS)


def _median(rows: pd.DataFrame) -> float | None:
    """The length that half of the prompts don't exceed, in characters."""
    if rows.empty:
        return None
    lengths = rows.assign(value=rows["value"].astype("int64")).sort_values("value")
    reached = lengths["runs"].cumsum()
    return float(lengths["value"][reached >= reached.iloc[-1] / 2].iloc[0])
