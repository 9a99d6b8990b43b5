"""The score of what may be built: RICE, with every factor between 0 and 1 and a weight of its own.

RICE is reach x impact x confidence / effort (S. McBride, "RICE: Simple prioritization for product
managers", Intercom, 2016). Here

    score = 100 x reach^a x severity^b x confidence^c x (1 / effort)^d

with weights as exponents: 1 is RICE itself, 0 leaves a factor out, 2 makes it count twice.

- reach = (1 - m) x people / most people + m x MRR / most MRR; people alone without prices.
- severity = (0.25 + 2.75 s) / 3: RICE's impact from minimal (0.25) to massive (3), as a share of
  the largest. s is the mean of what is known of negative mood, (1 - mood) / 2, the share of
  negative comments, the error rate and the drop-off, each as a share of the largest in the list.
  Where nothing is known, RICE's medium impact of 1 is assumed.
- confidence: as entered, else n / (n + 10) with n votes and comments, the credibility of n
  observations (H. Buehlmann, "Experience rating and credibility", ASTIN Bulletin, 1967).
- effort: person-weeks as entered, else the 4 of a person-month are assumed; as a multiple of the
  least effort in the list.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.measures.cutting import Values

MINIMAL, MEDIUM, MASSIVE = 0.25, 1.0, 3.0
CREDIBLE = 10  # observations that make a confidence of one half
ASSUMED_EFFORT = 4.0  # person-weeks
HARMS = ("gloom", "negative", "error_rate", "drop_off")
OF_LARGEST = "_of_largest"  # what ends the name of a harm's share of the largest


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each factor counts: exponents from 0, and `money` (0 to 1), MRR's part of reach."""

    reach: float = 1.0
    money: float = 0.5
    severity: float = 1.0
    confidence: float = 1.0
    effort: float = 1.0


def ranked(evidence: pd.DataFrame, drop_offs: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """The rows of `evidence` with their score, the highest first; equal ones in their order.

    `drop_offs` has subject (str) and drop_off (float64, 0 to 1). Added columns: drop_off, reach,
    severity, confidence_used, effort_used (person-weeks), ease (least effort / effort), score, and
    of each of HARMS its share of the largest, such as negative_of_largest (all float64, NaN where
    it is not known), severity_assumed, confidence_assumed and effort_assumed (bool).
    """
    rows = evidence.merge(drop_offs[["subject", "drop_off"]], on="subject", how="left")
    harms = _harms(rows)
    harm = harms.mean(axis=1)
    seen = rows["votes"] + rows["comments"]
    effort = rows["effort"].fillna(ASSUMED_EFFORT)
    rows = rows.assign(
        reach=_reach(rows, weights.money),
        severity=((MINIMAL + (MASSIVE - MINIMAL) * harm) / MASSIVE).fillna(MEDIUM / MASSIVE),
        severity_assumed=harm.isna(),
        confidence_used=rows["confidence"].fillna(seen / (seen + CREDIBLE)),
        confidence_assumed=rows["confidence"].isna(),
        effort_used=effort,
        effort_assumed=rows["effort"].isna(),
        ease=effort.min() / effort,
    ).join(harms.add_suffix(OF_LARGEST))
    rows["score"] = _score(rows, weights)
    return rows.sort_values("score", ascending=False, kind="stable", ignore_index=True)


def _score(rows: pd.DataFrame, weights: Weights) -> Values:
    """100 x the weighted product of the factors."""
    factors = {
        "reach": weights.reach,
        "severity": weights.severity,
        "confidence_used": weights.confidence,
        "ease": weights.effort,
    }
    powers = [rows[name].to_numpy("float64") ** weight for name, weight in factors.items()]
    score: Values = 100 * np.prod(powers, axis=0)
    return score


def _reach(rows: pd.DataFrame, money: float) -> "pd.Series[float]":
    people, mrr = _of_largest(rows["people"]), _of_largest(rows["mrr_cents"])
    if not rows["mrr_cents"].max() > 0:
        return people.fillna(0.0)
    return ((1 - money) * people + money * mrr).fillna(0.0)


def _harms(rows: pd.DataFrame) -> pd.DataFrame:
    """The harms of each row, each as a share of the largest; NaN where it is not known."""
    return rows.assign(gloom=(1 - rows["mood"]) / 2)[list(HARMS)].apply(_of_largest)


def _of_largest(column: "pd.Series[float]") -> "pd.Series[float]":
    """The values as shares of the largest; where that is 0, they are all 0."""
    largest = column.max()
    return column / largest if largest > 0 else column * 0.0
