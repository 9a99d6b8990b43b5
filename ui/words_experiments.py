"""Experiments in words: the list, what is measured, how sure that is, and who changed what."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analytics.experiments.statistics import Estimate, Reading, Split, Verdict
from db.experiments.history import Change
from db.experiments.kept import Experiment
from ui import words
from ui.words_measures import share_of
from ui.words_verdicts import effect, quoted

LIST = (
    "Each experiment with what may be concluded from it now. The first exposure decides the "
    "variant; outcomes count when a person's window is over."
)
NONE_YET = (
    "No experiment yet. An experiment gives people one of several variants by chance, so that what "
    "differs afterwards is due to the variant and not to who got it."
)
LIFT = (
    "The change against the control, relative to it, with its 95% interval. Until the planned "
    "size is reached the intervals are anytime-valid (asymptotic confidence sequences, Waudby-"
    "Smith and others 2024): they hold however often you look. At the planned size they are those "
    "of the fixed-horizon test. The last column of a row's text says what that means."
)
NUMBERS = (
    "P-values are shown at the planned size alone, adjusted for the number of variants (Holm) and, "
    "beside the primary metric, of metrics (Benjamini-Hochberg)."
)
CHANCES = (
    "A Bayesian reading with a flat prior: how likely the variant is better than the control, and "
    "what is lost on average if it is shipped and is not."
)
COURSE = (
    "The primary metric with everybody who was counted up to that day, in the sequential 95% "
    "band: it may be looked at every day. A verdict before the planned size asks for a fifth of "
    "the usual level, so that looking early and the test at the planned size err together in 5%."
)
EXPOSED = (
    "People by the day of their first exposure, added up, against the number that was planned "
    "before the start."
)
COUNTED = (
    "People whose outcome window of the primary metric is over, against the planned number. The "
    "others are maturing: they are counted when their window ends."
)
MIXED = "People who were seen in two variants: they are in no comparison."
SPLIT = (
    "Chi-squared test of the people in each variant against the planned weights. p < 0.001 means "
    "that something loses people of one variant: then all other numbers mislead."
)
NOTHING_COUNTED = "Nobody is counted yet: the first outcome windows are still open."
EARLIER_PHASE = "This is phase {number}, which has ended; weights or share were others then."
WAITING = (
    "Nobody was exposed yet. Ask for the variant where it is shown, with the id of the person; the "
    "first answer is kept as their exposure. Results appear here as soon as people are counted."
)
NOBODY_YET = "Nobody was exposed yet."
COURSE_NOTE = "Band: 95%, at every moment. Days before enough people were counted are left out."
SEGMENTS = (
    "Exploratory: the primary metric by a dimension at the first exposure. A part stands out only "
    "where it differs from the rest after adjusting for the number of parts (Benjamini-Hochberg)."
)
HISTORY = "Everything that was changed here, by whom and when."
DEFINITION = "What was written down before the start; metrics and plan can't change while it runs."
TOO_FEW = "too little is known"
LEAST_P = 0.001
ROLES = {"primary": "Primary", "secondary": "Secondary", "guardrail": "Guardrail"}
DELETIONS = "The numbers are gone; what it was and who deleted it stays on record."
ACTIONS = {
    "created": "Made",
    "changed": "Changed",
    "phase": "Began a new phase",
    "started": "Started",
    "stopped": "Stopped",
    "killed": "Switched off",
    "revived": "Switched on again",
    "decided": "Decided",
    "imported": "Imported again",
    "deleted": "Deleted",
}


def finding(experiments: Sequence[Experiment], verdicts: Mapping[str, Verdict]) -> str:
    """What the list says: "3 experiments run, 2 of them can be decided"."""
    running = [each for each in experiments if each.state == "running"]
    if not running:
        return "No experiment runs"
    told = ("split", "guardrail", "better", "worse", "level")
    ready = sum(each.key in verdicts and verdicts[each.key].kind in told for each in running)
    runs = "One experiment runs" if len(running) == 1 else f"{len(running)} experiments run"
    if not ready:
        return f"{runs}, none needs a decision"
    needs = "needs a decision" if ready == 1 else "need a decision"
    who = "it" if len(running) == 1 else "all" if ready == len(running) else str(ready)
    return f"{runs}, {who} {needs}"


def period(experiment: Experiment) -> str:
    """From when until when it ran: "Since 3 Mar 2026", "3 Mar 2026 to 1 Apr 2026"."""
    begin, end = (words_day(at) for at in (experiment.started_at, experiment.stopped_at))
    if experiment.kind == "import":
        return f"Imported on {words_day(experiment.created_at)}"
    if not begin:
        return f"Draft of {words_day(experiment.created_at)}"
    return f"{begin} to {end}" if end else f"Since {begin}"


def words_day(at: Any) -> str:
    """A day with its year, "" for none."""
    return f"{at.day} {at:%b %Y}" if at else ""


def lift_title(reading: Reading) -> str:
    """The primary metric's estimates as the title of the chart."""
    primary = [each for each in reading.estimates if each.metric.role == "primary"]
    if not primary:
        return "Nothing to compare yet"
    told = ", ".join(f"{quoted(each.variant)} {effect(each)}" for each in primary)
    return f"{primary[0].metric.label}: {told}"


def lift_note(reading: Reading) -> str:
    """Which intervals are drawn; those at the planned size with the day and people of the test."""
    for each in reading.estimates:
        if each.read_on and each.read_people:
            people = f"{words_day(each.read_on)} with {each.read_people:,} people"
            return f"95% intervals at the planned size: the test was read on {people}."
    return "95% intervals that hold however often you look."


def course_title(rows: pd.DataFrame) -> str:
    """Since when zero is outside the band of any variant: "Away from zero since 22 Oct 2026"."""
    if rows.empty:
        return "How the change goes on"
    away = (rows["low"] > 0) | (rows["high"] < 0)
    days = away.groupby(rows["day"]).any()
    inside = days.index[~days]
    since = days.index[days.index > inside.max()] if len(inside) else days.index
    return f"Away from zero since {words_day(since[0])}" if len(since) else "Not away from zero yet"


def means(estimate: Estimate) -> str:
    """What an interval says, so that colour is not needed to read it."""
    if estimate.gap:
        return TOO_FEW
    if estimate.metric.role == "guardrail":
        if estimate.broken:
            return "broken"
        return "holds" if estimate.held else "no harm is shown yet"
    return estimate.direction or "no difference is shown"


def split_title(split: Split) -> str:
    """The test of the split as a title: "The split is as planned (p = 0.41)"."""
    if split.p is None:
        return "Too few people to test the split" if split.n else "Nobody was exposed yet"
    p = p_value(split.p) or ""
    sign = "" if p.startswith("<") else "= "
    return f"The split is {'wrong' if split.wrong else 'as planned'} (p {sign}{p})"


def split_in_short(split: Split) -> str:
    """The same in a word or two, for a tile."""
    if split.p is None:
        return "too few yet"
    return "wrong" if split.wrong else "as planned"


def p_value(p: float | None) -> str | None:
    """A p-value as it is written: "0.034", "< 0.001"; None for none."""
    if p is None or p != p:
        return None
    return f"{p:.3f}" if p >= LEAST_P else f"< {LEAST_P}"


def exposed_title(people: int, planned: int | None) -> str:
    """How many were exposed against the plan."""
    if not planned:
        return f"{people:,} people exposed"
    return f"{people:,} people exposed, {planned:,} were planned"


def parts_title(parts: pd.DataFrame, label: str) -> str:
    """How many parts differ from the rest: "No platform differs from the rest"."""
    differing = parts.loc[parts["different"].fillna(False).astype(bool), "value"]
    if differing.empty:
        return f"{label}: no part differs from the rest"
    return f"{label}: {', '.join(dict.fromkeys(differing))} differ from the rest"


def part_rows(parts: pd.DataFrame) -> pd.DataFrame:
    """The parts with what may be said of each, in the column `says`."""
    differs = parts["different"].fillna(False).astype(bool)
    says = pd.Series("like the rest", parts.index, dtype="object").mask(differs, "differs")
    return parts.assign(says=says.mask(parts["lift"].isna(), TOO_FEW))


def changed(change: Change) -> str:
    """What somebody did: "Changed. Name: Checkout → Short checkout"."""
    before, after = (change.details.get(side, {}) for side in ("before", "after"))
    fields = [
        f"{words_of(name)}: {_told(name, before[name])} \u2192 {_told(name, after[name])}"
        for name in before
        if name in after
    ]
    action = ACTIONS.get(change.action, words_of(change.action))
    return f"{action}. {'; '.join(fields)}" if fields else action


def deleted(change: Change) -> str:
    """What is no more: its key and its name."""
    return f"{change.key}: {change.details['before']['name']}"


def deletions_title(deletions: Sequence[Change]) -> str:
    """How many were deleted."""
    n = len(deletions)
    return "1 draft or import was deleted" if n == 1 else f"{n:,} drafts and imports were deleted"


def words_of(name: str) -> str:
    """A name of the code as words: "share_to" is "Share to"."""
    return name.replace("_", " ").capitalize()


def _told(name: str, value: Any) -> str:
    """A value of the log as people read it; what was nothing is a dash."""
    if value in ("", None, [], {}):
        return words.NOTHING
    if name == "variants":
        return ", ".join(f"{each['key']} {share_of(each['weight'])}" for each in value)
    if name.startswith("share"):
        return share_of(value)
    return value if isinstance(value, str) else json.dumps(value)
