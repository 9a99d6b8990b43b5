"""The metrics that goals alone are on."""

from analytics.metrics import DAILY, Metric

OPT_IN = Metric(
    key="opt_in",
    label="Opt-in rate",
    unit="share",
    definition="Of the people who decided whether their usage is kept, the share that agreed.",
    formula="people who granted the purpose usage / people who granted or refused it",
    direction="up",
    sources=("counts",),
    counts=False,
    grains=("day",),
)
CORE_ADOPTION = Metric(
    key="core_adoption",
    label="Adoption of the main feature",
    unit="share",
    definition="Of the people active in the period, the share that used the feature with the most "
    "users of the last 28 days at least once.",
    formula="distinct actors of feature_use of that subject / distinct actors of all events",
    direction="up",
    sources=("actives",),
    counts=False,
    grains=DAILY,
)
MONTHLY_RETENTION = Metric(
    key="monthly_retention",
    label="Monthly retention",
    unit="share",
    definition="Of the people active in the month before, the share that was active in the month.",
    formula="returning actors / actors of the month before",
    direction="up",
    sources=("actives",),
    counts=False,
    grains=("month",),
)
GOAL_METRICS = (OPT_IN, CORE_ADOPTION, MONTHLY_RETENTION)
