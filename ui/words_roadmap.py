"""The roadmap in words: why something stands where it does, and who was told."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from analytics.feedback.roadmap import Weights
from analytics.feedback.roadmap.scoring import HARMS, OF_LARGEST
from analytics.wording import SYMBOLS
from ui import words

Row = Mapping[Hashable, Any]  # of a ranking, as `to_dict("records")` gives it
RANKING = (
    "Every open request and every pain theme. "
    "Score = 100 \u00d7 reach \u00d7 severity \u00d7 confidence / effort (RICE, Intercom 2016), "
    "each factor between 0 and 1 and to the power of its weight. Comments, events and funnels are "
    "those of this range and these filters; votes stand until they are taken back."
)
FORMULA = (
    "100 \u00d7 reach \u00d7 severity \u00d7 confidence \u00d7 ease (least effort / effort). "
    "100 would be first in each; scores are for telling what comes before what, and by how much."
)
WHY = "Every input of the score. Weights are on the sliders, and in the address of this page."
NOTHING_YET = (
    "No request is open and no pain theme was found yet. Requests come by the API or the widget, "
    "themes from comments."
)
TOLD = (
    "When a request is shipped, whoever asked for it or voted is told once, in the product, and "
    "your targets get a message."
)
DUPLICATES = (
    "Open requests whose titles share most of their words. Merged, the one with fewer votes goes "
    "into the other; whoever wanted either is told of both."
)
MERGING = (
    "Where one of them is public, so is what they become if a moderator merges them; of others "
    "it is public only if it was before."
)
STATE = "Shipped tells everybody who wanted it, at once and only once."
NOBODY_TOLD = "Nothing was shipped yet. Who wanted it is told as soon as its state says so."


def ranking_finding(rows: pd.DataFrame) -> str:
    """What stands first, and by how much: "“Faster export” first with 62, then ..."."""
    if rows.empty:
        return "Nothing to rank yet"
    first = f"\u201c{rows['title'].iloc[0]}\u201d comes first with {rows['score'].iloc[0]:.1f}"
    if len(rows) == 1:
        return first
    return f"{first}, then \u201c{rows['title'].iloc[1]}\u201d with {rows['score'].iloc[1]:.1f}"


def why_title(row: Row, rows: pd.DataFrame) -> str:
    """What is explained: "Why “Faster export” scores 62.4: number 2 of 17"."""
    place = 1 + int((rows["score"] > row["score"]).sum())
    scores = f"Why \u201c{row['title']}\u201d scores {row['score']:.1f}"
    return f"{scores}: number {place} of {len(rows)}"


def published(row: Row) -> str:
    """What a release lets the public read of a request, beside the details that may follow."""
    if row["details"]:
        return "Of a released request the public reads the title and these details:"
    return "Of a released request the public reads the title; it has no details."


def why(row: Row, rows: pd.DataFrame, weights: Weights) -> list[str]:
    """The formula with the numbers of a row, and each factor with what it is made of."""
    return [
        f"**{row['score']:.1f}** = {formula(row, weights)}",
        f"**Reach {row['reach']:.2f}**: {_reach(row, rows, weights)}",
        f"**Severity {row['severity']:.2f}**: {_severity(row)}",
        f"**Confidence {row['confidence_used']:.2f}**: {_confidence(row)}",
        f"**Ease {row['ease']:.2f}**: {_effort(row, rows)}",
    ]


def formula(row: Row, weights: Weights) -> str:
    """The product of a row's factors: "100 x 0.83 x 0.61^2 x ..."; weights of 1 are not written."""
    factors = (
        (row["reach"], weights.reach),
        (row["severity"], weights.severity),
        (row["confidence_used"], weights.confidence),
        (row["ease"], weights.effort),
    )
    return "100 \u00d7 " + " \u00d7 ".join(_power(value, weight) for value, weight in factors)


def money(cents: float, currency: str) -> str:
    """An amount a month without cents: "$3,240", "3,240 CHF"; a dash for none."""
    if cents != cents:
        return words.NOTHING
    amount = f"{cents / 100:,.0f}"
    sign = SYMBOLS.get(currency)
    return f"{sign}{amount}" if sign else f"{amount} {currency}"


def told_finding(closed: pd.DataFrame) -> str:
    """How many were told of what was shipped: "3 requests shipped, 128 people told"."""
    shipped = closed[closed["state"] == "shipped"]
    if shipped.empty:
        return "Nothing was shipped yet"
    done = words.counted(len(shipped), "request")
    return f"{done} shipped, {words.counted(int(shipped['told'].sum()), 'person', 'people')} told"


def _power(value: float, weight: float) -> str:
    return f"{value:.2f}" if weight == 1 else f"{value:.2f}^{weight:g}"


def _reach(row: Row, rows: pd.DataFrame, weights: Weights) -> str:
    reached = words.counted(row["people"], "person", "people")
    people = f"{reached}, of {rows['people'].max():,} at most"
    if not rows["mrr_cents"].max() > 0:
        return f"{people}; no plan has a price, so that money does not count"
    currency = row["currency"]
    of = money(rows["mrr_cents"].max(), currency)
    paid = f"{money(row['mrr_cents'], currency)} a month, of {of} at most"
    return f"{people}; {paid}; money counts {weights.money:.0%} of it"


def _severity(row: Row) -> str:
    known = list(_harms(row))
    if not known:
        return "assumed to be medium (1 of 3), since no comment of the range is linked"
    mean = "(0.25 + 2.75 \u00d7 mean) / 3 of these, as shares of the largest"
    return f"{mean}: {'; '.join(known)}"


def _harms(row: Row) -> Iterator[str]:
    """What is known of each harm, with its share of the largest."""
    subject, scored = words.plain(row["subject"]), words.counted(row["scored"], "comment")
    texts = {
        "gloom": f"mood {row['mood']:+.2f}",
        "negative": f"{row['negative']:.0%} negative of {scored}",
        "error_rate": f"{row['error_rate']:.1%} of \u201c{subject}\u201d fail",
        "drop_off": f"{row['drop_off']:.0%} leave a saved funnel at \u201c{subject}\u201d",
    }
    for name in HARMS:
        share = row[name + OF_LARGEST]
        if share == share:
            yield f"{texts[name]} ({share:.2f})"


def _confidence(row: Row) -> str:
    seen = f"{words.counted(row['votes'], 'vote')} and {words.counted(row['comments'], 'comment')}"
    if row["confidence_assumed"]:
        return f"from {seen}, n / (n + 10)"
    return f"entered ({seen} would make {_credible(row):.2f})"


def _credible(row: Row) -> float:
    n = int(row["votes"] + row["comments"])
    return n / (n + 10)


def _effort(row: Row, rows: pd.DataFrame) -> str:
    source = "assumed" if row["effort_assumed"] else "entered"
    weeks = f"{row['effort_used']:g} person-weeks, {source}"
    return f"{weeks}; the least in the list is {rows['effort_used'].min():g}"


def duplicates_finding(pairs: pd.DataFrame) -> str:
    """How many pairs of requests may be the same: "2 pairs of requests may be the same"."""
    if pairs.empty:
        return "No two requests are nearly the same"
    return f"{words.counted(len(pairs), 'pair')} of requests may be the same"


def pair(row: Row) -> str:
    """Two requests that may be one, as text: the one with fewer votes goes into the other."""
    source, target = words.plain(row["source"]), words.plain(row["target"])
    votes = f"{words.counted(row['source_votes'], 'vote')} and {row['target_votes']:,}"
    return f"\u201c{source}\u201d into \u201c{target}\u201d ({votes}, {row['closeness']:.0%} alike)"
