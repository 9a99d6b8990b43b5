"""Findings of adoption, versions and commands in words; nothing here knows Streamlit."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from analytics.filters import Filters
from analytics.product.adoption import Adoption
from analytics.product.commands import MOST as MOST_RUNS
from analytics.product.commands import Runs
from ui.words import amount, plain

ADOPTION = "The share of everybody active in the range that used it at least once, on any day."
TABLE = (
    "One row a subject. Everything counts uses in the range that the filters keep; first uses are "
    "first ever. A start counts as completed when the next event of the pair, by the same person "
    "on the same subject and in the range, is its end; `python -m db complete PROJECT START DONE` "
    "says which event ends which."
)
NO_SUBJECTS = (
    "Nothing here has a subject yet. Send the feature, command or template as the `subject` of an "
    "event, such as `feature_use` with the subject `search`."
)
NO_COMMANDS = (
    "No commands in this range. A CLI sends `command_run` with the command as its subject, and "
    "`output_format`, `flags` and `prompt_length` as properties, or posts to `/v1/track`."
)
NO_IDS = "Without ids, people can't be followed from one version to the next."
VERSIONS = (
    "Of the people active in a period, the share whose last version in it this was. Everybody "
    "counts once: the newest version of their last day counts."
)
OLD = (
    "The newest version is the one that was seen last to appear; all that appeared before are old. "
    "Everybody counts with the last version they used in the range."
)
VERSION_ERRORS = (
    "The error rate of each version on each platform, against all other versions there. It is "
    "called a regression from 1.5 times as often on, when chance can't explain it (z of 5 or more)."
)
COMMANDS = "The runs of each command in the range."
ERRORS = "Of the failed runs, how many failed with which error type."
PARTS = {
    "formats": "Of all runs, those that write their result so: `output_format` or `output`.",
    "flags": "Of all runs, those with the flag; a run may have several, so they need not add up.",
}
PROMPTS = "Runs with a prompt by its length in characters (`prompt_length`)."
OFTEN = 1.5  # times as often that a title speaks of
ENOUGH = 30  # users, starts or runs from which on a title speaks of a subject


def adoption_finding(found: Adoption) -> str:
    """The leader, and a subject of fewer people who use it more: see DEFINITIONS of adoption."""
    rows = found.rows
    if rows.empty:
        return "Adoption"
    first = rows.iloc[0]
    if pd.isna(first["adoption"]):
        share = first["uses"] / rows["uses"].sum()
        return f"{_quoted(first['subject'])} has {share:.0%} of the uses"
    told = f"{_quoted(first['subject'])} is used by {first['adoption']:.0%} of users"
    return told + _but(first, rows.iloc[1:])


def _but(first: "pd.Series[Any]", rest: pd.DataFrame) -> str:
    """The subject that the fewer use more often than the leader; without one, the last."""
    if rest.empty:
        return ""
    keen = _most(_enough(rest, "users"), "uses_per_user")
    times = keen["uses_per_user"] / first["uses_per_user"]
    if times >= OFTEN:
        named = f"{_quoted(keen['subject'])} by {keen['adoption']:.0%}"
        return f"; {named}, and {times:.1f} times as often"
    last = rest.iloc[-1]
    return f", {_quoted(last['subject'])} by {last['adoption']:.0%}"


def table_finding(found: Adoption) -> str:
    """What people come back to most, and what they complete least where that is measured."""
    rows = found.rows
    if rows["completion"].notna().any():
        least = _least(_enough(rows, "starts"), "completion")
        return f"{_quoted(least['subject'])} is completed least: {least['completion']:.0%}"
    if rows["repeat"].notna().any():
        most = _most(_enough(rows, "users"), "repeat")
        share = f"{most['repeat']:.0%} of its users"
        return f"{share} come back to {_quoted(most['subject'])}"
    return "Each subject"


def listed(found: Adoption, most: int | None = None) -> str:
    """What a list of up to `most` leaves out: "The 50 with the most users of 312."""
    rows = len(found.rows.head(most)) if most else len(found.rows)
    by = "uses" if found.rows["users"].isna().all() else "users"
    return f"The {rows} with the most {by} of {found.subjects:,}." if rows < found.subjects else ""


def versions_finding(users: pd.DataFrame) -> str:
    """How many are still on an old version: "62% of users are not on 3.6.0 yet"."""
    if users.empty:
        return "Versions"
    old = users.loc[users["old"], "share"].sum()
    newest = users[~users["old"] & users["first_seen"].notna()]
    if newest.empty:
        return f"{old:.0%} of users are on an old version"
    since = newest["first_seen"].iloc[0]
    name = plain(newest["version"].iloc[0])
    return f"{old:.0%} of users are not on {name} yet, which came on {since.day} {since:%b}"


def shares_finding(users: pd.DataFrame) -> str:
    """Which version most people use."""
    known = users[users["first_seen"].notna()]
    if known.empty:
        return "No versions are sent"
    most = _most(known, "users")
    return f"{plain(most['version'])} is used by most: {most['share']:.0%} of users"


def regression_finding(errors: pd.DataFrame) -> str:
    """The worst regression: "3.3.0 on android fails 4.1 times as often as other versions"."""
    regressed = errors[errors["regressed"]]
    if regressed.empty:
        return "No version fails more than others on its platform"
    worst = regressed.iloc[0]
    name = f"{plain(worst['version'])} on {plain(worst['platform'])}"
    rate = amount(worst["error_rate"], "share")
    return f"{name} fails {worst['times']:.1f} times as often as other versions: {rate}"


def commands_finding(found: Adoption) -> str:
    """The command that is run most, and the one that fails most."""
    rows = found.rows
    most, worst = _most(rows, "uses"), _most(_enough(rows, "uses"), "error_rate")
    share = most["uses"] / rows["uses"].sum()
    told = f"{_quoted(most['subject'])} makes {share:.0%} of the runs"
    if not worst["error_rate"]:
        return told
    return f"{told}; {_quoted(worst['subject'])} fails most often: {worst['error_rate']:.1%}"


def part_finding(rows: pd.DataFrame, share: str, otherwise: str) -> str:
    """The first value of a list with its share: "Timeout: 49% of the failures"."""
    if rows.empty:
        return otherwise
    first = _most(rows, "share")
    return f"{plain(first['value'])}: {first['share']:.0%} of {share}"


def prompts_finding(runs: Runs) -> str:
    """How long a prompt usually is."""
    if runs.prompt is None:
        return "No prompt lengths are sent"
    return f"Half of the prompts have no more than {runs.prompt:,.0f} characters"


def read_from(runs: Runs, filters: Filters) -> str:
    """Which raw events a list is made of."""
    if runs.since is None:
        return ""
    if runs.runs < MOST_RUNS:
        return f"All {runs.runs:,} runs, read from raw events."
    return f"The latest {runs.runs:,} runs, since {_when(runs.since, filters)}: raw events."


def _when(moment: datetime, filters: Filters) -> str:
    local = moment.astimezone(ZoneInfo(filters.zone))
    return f"{local.day} {local:%b, %H:%M}"


def _enough(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows with enough behind them for a title; all of them where none has."""
    enough = rows[rows[column].fillna(0) >= ENOUGH]
    return rows if enough.empty else enough


def _most(rows: pd.DataFrame, column: str) -> "pd.Series[Any]":
    return rows.sort_values(column, ascending=False).iloc[0]


def _least(rows: pd.DataFrame, column: str) -> "pd.Series[Any]":
    return rows.sort_values(column).iloc[0]


def _quoted(subject: str) -> str:
    return f"\u201c{plain(subject)}\u201d" if subject else "no subject"
