"""What is planted in the registry, so that its pages can be compared with it."""

from db.demo.registry.acme import ACTIVE, RUNS
from db.demo.registry.catalogue import CLAUDE, GPT, HALF_LIFE, NEW, NEW_SINCE, OLD, REVIEWER, STARS
from db.demo.registry.crowd import ACME

Truth = dict[str, object]


def registry_truths() -> list[Truth]:
    """One dict a truth: name, what, where_ (JSON object), size and unit."""
    reviewer = {"package": REVIEWER}
    adopted = 1 - 2 ** (-NEW_SINCE / HALF_LIFE)
    return [
        _truth(
            "best_model", "A package works better on one model than on another by this much",
            reviewer | {"model": CLAUDE.name, "against": GPT.name},
            CLAUDE.success - GPT.success, "share of runs",
        ),
        _truth(
            "better_version", "A version is rated higher than the one before by this much",
            reviewer | {"version": NEW, "against": OLD}, _mean(NEW) - _mean(OLD), "stars",
        ),
        _truth(
            "half_life", "In this time half of those who are left take the new version up",
            reviewer | {"version": NEW}, HALF_LIFE, "days",
        ),
        _truth(
            "adoption", "So many have taken the new version up",
            reviewer | {"version": NEW}, adopted, "share of people",
        ),
        _truth(
            "organisation_runs", "Runs of an organisation in the last 30 whole days",
            {"organisation": ACME.name}, sum(RUNS.values()), "runs",
        ),
        _truth(
            "active_seats", "Of its seats so many are used in these days",
            {"organisation": ACME.name}, ACTIVE / ACME.seats, "share of seats",
        ),
    ]  # fmt: skip


def _truth(name: str, what: str, where: dict[str, str], size: float, unit: str) -> Truth:
    return {"name": name, "what": what, "where_": where, "size": round(size, 6), "unit": unit}


def _mean(version: str) -> float:
    return sum(stars * share for stars, share in enumerate(STARS[version], start=1))
