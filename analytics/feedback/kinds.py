"""Praise, pain or request: what a comment is, by its words, its sentiment and its score.

1. Who asks for something makes a request, by the phrases below.
2. Else a label that a person gave decides: negative is pain, positive is praise.
3. Else the compound score of the words and half a point for an unhappy or a happy score are
   added up: clear words outweigh the score, a score outweighs vague words. From 0.05 on it is
   praise, from -0.05 down pain, and in between neither.
"""

import re

SCALES = {"nps": (6, 9), "csat": (2, 4), "rating": (2, 4), "ces": (3, 5)}  # unhappy to, happy from
SCORE_WEIGHT = 0.5
CLEAR = 0.05  # VADER's bound of positive and negative
LABELS = {"positive": "praise", "negative": "pain"}

_MAKE = (
    "(?:add|allow|support|let|make|provide|include|give|enable|offer|bring|consider|implement"
    "|build|introduce|integrate|create|show|import|send|post|have|get|see)"
)
_GOOD = "(?:great|nice|useful|helpful|good|lovely|awesome|cool|handy|amazing|perfect|wonderful)"
_TROUBLE = "(?:bug|problem|issue|error|outage)"
ASKING = re.compile(
    "|".join(
        (
            rf"\b(?:please|pls|kindly)\s+{_MAKE}\b",
            rf"\b(?:could|can|would|will)\s+(?:you|we|i)\s+(?:please\s+)?{_MAKE}\b",
            rf"\b(?:would|could)\s+be\s+(?:(?:so|very|really|super|more)\s+)?{_GOOD}\b",
            r"\b(?:i|we)(?:['\u2019]d|\s+would)\s+(?:really\s+)?(?:love|like|appreciate|use|want)\b",
            r"\b(?:i|we)\s+(?:really\s+)?(?:need|want)\s+(?!to\b|help\b)",
            r"\b(?:i|we)\s+wish\b|\bwish\s+list\b|\ba\s+wish\b",
            rf"\b(?:is|are)\s+there\s+(?:an?|any)\s+(?!{_TROUBLE})",
            r"\bany\s+plans?\b|\bdo\s+you\s+plan\b|\bplanned\b|\broad\s?map\b|\bbacklog\b",
            r"\bfeature\s+request\b|\bone\s+request\b|\bsuggest(?:ion|ions)?\b|\bsmall\s+idea\b",
            r",\s*please\b(?!\s+(?:fix|look|stop|help|check))",
        )
    ),
    re.IGNORECASE,
)


def kind_of(
    comment: str,
    corrected: str | None = None,
    compound: float | None = None,
    scale: str = "text",
    score: int | None = None,
    helpful: bool | None = None,
) -> str | None:
    """praise, pain, request, or None for a comment that is none of them.

    `corrected` is a person's label, `scale` the kind of the feedback that `score` belongs to.
    """
    if ASKING.search(comment):
        return "request"
    if corrected is not None:
        return LABELS.get(corrected)
    leaning = (compound or 0.0) + SCORE_WEIGHT * happiness(scale, score, helpful)
    if abs(leaning) < CLEAR:
        return None
    return "praise" if leaning > 0 else "pain"


def happiness(scale: str, score: int | None, helpful: bool | None) -> int:
    """-1 of an unhappy answer, 1 of a happy one, else 0; without a score, whether it helped."""
    if score is not None and scale in SCALES:
        unhappy, happy = SCALES[scale]
        return int(score >= happy) - int(score <= unhappy)
    return 0 if helpful is None else 1 if helpful else -1
