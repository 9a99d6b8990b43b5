"""Security in words: what was refused, what was taken along, and whether that is unusual."""

import pandas as pd

from analytics.operations.security.metrics import ATTEMPTS, SECURITY_METRICS
from db.audit_chain import Verdict
from ui import words
from ui.tiles import Figure

NOTHING_REFUSED = (
    "Nothing was refused in this range: no failed sign-in, no unknown key or token, no wrong "
    "scope, no bad signature, and nobody went over a limit."
)
NOTHING_TAKEN = "Nothing was exported in this range."
LOG = (
    "Every administrative act, and access to data beyond the ordinary. Rows are chained by hashes: "
    "one that is edited, removed or moved shows. To open the log is an act, too."
)
NO_ACTS = "No act in this range is like that."
PLACES = {
    "dashboard": "Dashboard",
    "api": "API",
    "command": "Command line",
    "worker": "Worker",
}


def tiles(kinds: pd.DataFrame) -> dict[str, Figure]:
    """Each kind of what was refused, beside the time before."""
    return {
        row["label"]: Figure(
            words.amount(row["n"], "events"),
            SECURITY_METRICS[row["kind"]].definition,
            f"{row['before']:,} before",
        )
        for row in kinds[kinds["kind"].isin(ATTEMPTS)].to_dict("records")
    }


def attempts_finding(kinds: pd.DataFrame) -> str:
    """How much was refused, and mostly what: "120 refused, mostly unknown keys, up 40%"."""
    refused = kinds[kinds["kind"].isin(ATTEMPTS)]
    total, before = refused["n"].sum(), refused["before"].sum()
    if not total:
        return "Nothing was refused"
    most = refused.sort_values("n").iloc[-1]
    mostly = "mostly " if most["n"] < total else ""
    told = f"{total:,} refused: {mostly}{most['label'][0].lower()}{most['label'][1:]}"
    return f"{told}; {before:,} in the time before" if before else told


def exports_finding(exports: pd.DataFrame) -> str:
    """How much was taken along, and the day that stands out."""
    unusual = exports[exports["unusual"]]
    if unusual.empty:
        return f"{exports['rows'].sum():,} rows exported, on no day unusually many"
    worst = unusual.sort_values("z").iloc[-1]
    more = len(unusual) - 1
    others = f", and {words.counted(more, 'more day')} like it" if more else ""
    return (
        f"Unusual: {worst['rows']:,} rows exported on {worst['day']:%-d %b}, "
        f"usually {worst['usual']:,.0f}{others}"
    )


def exports_note(kinds: pd.DataFrame) -> str:
    """How many exports there were."""
    exports = kinds[kinds["kind"] == "exports"]["n"].sum()
    return f"{words.counted(int(exports), 'export')} in the range."


def log_finding(acts: pd.DataFrame) -> str:
    """How many acts there are."""
    found = 0 if acts.empty else int(acts["found"].iloc[0])
    return words.counted(found, "act") if found else "No acts"


def verified(verdict: Verdict) -> str:
    """What looking through the chain found."""
    if not verdict.faults:
        return f"{words.counted(verdict.rows, 'row')}, none was touched. Note the mark elsewhere:"
    first = verdict.faults[0]
    more = len(verdict.faults) - 1
    others = f" and {words.counted(more, 'more fault')}" if more else ""
    return f"The log was touched: at {first.id:,}, {first.what}{others}."
