"""What may be built, ranked by what speaks for it: people, money, harm, confidence and effort."""

from analytics.feedback.roadmap.drop_offs import drop_offs
from analytics.feedback.roadmap.evidence import evidence, evidence_sql
from analytics.feedback.roadmap.linkable import linkable_themes
from analytics.feedback.roadmap.scoring import Weights, ranked
from analytics.feedback.roadmap.told import told, told_sql

__all__ = [
    "Weights",
    "drop_offs",
    "evidence",
    "evidence_sql",
    "linkable_themes",
    "ranked",
    "told",
    "told_sql",
]
