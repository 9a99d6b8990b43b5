"""Shares as a test writes them."""

from datetime import date

from analytics.community.suppression import Share

DAY = date(2026, 3, 2)
ALONE = 0  # for no organisation


def share(who, day=DAY, **given):
    """One run by somebody."""
    texts = ("package", "version", "model", "team", "error_type", "platform", "country")
    values = dict.fromkeys((*texts, "installer", "audience"), "")
    sums = ("failures", "timed", "metered", "tokens", "credits", "score_sum", "good")
    values |= dict.fromkeys(sums, 0) | {"n": 1, "duration_sum": 0.0, "organisation_id": ALONE}
    return Share(**values | {"day": day, "actor_key": who} | given)


def people(cut):
    """How many people are in each cell, by its keys."""
    return {keys: len({each.actor_key for each in shares}) for keys, shares in cut.items()}


def of(version, *who, **given):
    return [share(each, version=version, **given) for each in who]
