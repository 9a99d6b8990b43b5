"""What an organisation might do next, each with the figures that say so."""

from collections.abc import Iterator

from analytics.community.organisation import EXACT_DAYS
from analytics.community.report.asking import Report
from analytics.one_page import shortened

STRONG, WEAK = 0.8, 0.5  # adoption
MUCH_UNASSIGNED = 0.1  # of all credits
FAVOURITE = 0.15  # of all runs
MUCH_LESS = -0.1  # runs, against the days before


def recommendations(report: Report) -> tuple[str, ...]:
    """One sentence each, the most pressing first; empty where nothing stands out."""
    checks = (_return, _seats, _change, _teams, _favourite)
    return tuple(said for check in checks for said in check(report))


def _return(report: Report) -> Iterator[str]:
    low, likely = report.estimate.low, report.estimate.likely
    if likely.roi is not None and likely.roi < 0:
        yield "What runs save is less than what they cost: review the plan or the assumptions."
    elif low.roi is not None and low.roi < 0:
        yield "Under the low assumptions the cost does not come back: measure the minutes saved."


def _seats(report: Report) -> Iterator[str]:
    usage = report.usage
    least = "" if usage.days == EXACT_DAYS else "at least "
    if usage.adoption >= STRONG:
        share = f"{least}{usage.adoption:.0%}"
        yield f"Adoption is strong ({share}): let active members show what works."
    elif usage.adoption < WEAK and not least:
        yield (
            f"{usage.idle:,} of {usage.organisation.seats:,} seats had no active member: train "
            "their people, or give seats back."
        )


def _change(report: Report) -> Iterator[str]:
    change = report.usage.change
    if change is not None and change <= MUCH_LESS:
        yield f"Runs fell by {-change:.0%} against the days before: ask what stopped being useful."


def _teams(report: Report) -> Iterator[str]:
    credits = {team.team: team.credits for team in report.usage.teams}
    whole = report.usage.totals.credits
    if whole and credits.get("", 0) >= MUCH_UNASSIGNED * whole:
        share = credits[""] / whole
        yield f"{share:.0%} of the credits belong to no team: assign their members to one."


def _favourite(report: Report) -> Iterator[str]:
    usage = report.usage
    named = (each for each in usage.packages if each.uid is not None)
    first = next(named, None)
    if first and usage.totals.n and first.runs >= FAVOURITE * usage.totals.n:
        share = first.runs / usage.totals.n
        yield f"{share:.0%} of the runs are of {shortened(first.name)}: make a version of your own."
