"""Flags in words: whether one is on, and who gets what."""

from collections.abc import Mapping, Sequence

from analytics.experiments.definition import InDimension, InSegment
from db.experiments.kept import Experiment
from db.tables import BUCKETS
from ui import words
from ui.words_measures import audience, share_of, variants
from ui.words_verdicts import quoted

HELP = (
    "A flag gives people a value without measuring anything. Any OpenFeature client can ask for "
    "it; a change reaches clients within seconds."
)
TEACHING = (
    "No flag yet. A flag switches something on for some people without a new release, and off "
    "again when it goes wrong."
)
STATES = {
    "on": ("On", "green", "toggle_on"),
    "off": ("Off", "gray", "toggle_off"),
    "killed": ("Killed", "red", "power_settings_new"),
}


def state_of(flag: Experiment) -> str:
    """Whether it gives out anything but its control: on, off or killed."""
    if flag.killed:
        return "killed"
    return "on" if flag.state == "running" else "off"


def finding(flags: Sequence[Experiment]) -> str:
    """How many are on: "2 of 5 flags are on"."""
    on = sum(state_of(flag) == "on" for flag in flags)
    many = words.counted(len(flags), "flag")
    verb = "is" if 1 in (on, len(flags)) else "are"
    return f"{on} of {many} {verb} on" if flags else "No flag yet"


def sentence(
    flag: Experiment, conditions: Sequence[InDimension | InSegment], segments: Mapping[int, str]
) -> str:
    """Who gets what now: "25% of those where plan is team get “on”, all others “off”."."""
    if state_of(flag) != "on":
        return f"Everybody gets {quoted(flag.control)}."
    given = [each for each in flag.variants if each.weight]
    what = quoted(given[0].key)
    if len(given) > 1:
        what = variants(given, flag.control)
    if flag.share == BUCKETS and not conditions:
        return f"Everybody gets {what}."
    whom = audience(conditions, segments)
    part = "everybody" if whom == "everybody" else f"those where {whom}"
    share = "" if flag.share == BUCKETS else f"{share_of(flag.share)} of "
    told = f"{share}{part} get {what}, all others {quoted(flag.control)}."
    return told[0].upper() + told[1:]
