"""What badges and cards say of a package."""

from collections.abc import Callable
from typing import Literal, get_args

from analytics.community.packages import PackageStats

Metric = Literal["runs", "users", "success", "rating", "growth", "model", "downloads"]
METRICS: tuple[str, ...] = get_args(Metric)
DAYS = 30  # that badges and cards tell of
NOTHING = "not enough yet"
LONGEST = 40  # characters of a name


def figure(stats: PackageStats, metric: str) -> tuple[str, str]:
    """The label of a badge, and what it says in the words of its metric."""
    label, told = FIGURES[metric]
    return label, told(stats) or NOTHING


def lines(stats: PackageStats) -> list[str]:
    """What a card says, a line each: only what there is."""
    told = (_tested(stats), _rated(stats), _succeeded(stats), _best(stats), _grown(stats))
    return [line for line in told if line] or [NOTHING.capitalize() + "."]


def shortened(text: str, longest: int = LONGEST) -> str:
    """A text that fits, of characters that can be printed."""
    printable = "".join(letter for letter in text if letter.isprintable())
    return printable if len(printable) <= longest else printable[: longest - 1] + "…"


def _tested(stats: PackageStats) -> str:
    if not stats.totals.n:
        return f"Downloaded {stats.downloaded:,} times" if stats.downloaded else ""
    return f"Tested {stats.totals.n:,} times by {stats.people:,}+ people"


def _rated(stats: PackageStats) -> str:
    rating = stats.ratings.rating
    return "" if rating is None else f"Rated {rating:.1f} of 5, by {stats.ratings.n:,} ratings"


def _succeeded(stats: PackageStats) -> str:
    return "" if stats.totals.success is None else f"{stats.totals.success:.1%} success rate"


def _best(stats: PackageStats) -> str:
    best = stats.best_model
    return f"Best on {shortened(best.model)} ({best.success:.1%})" if best else ""


def _grown(stats: PackageStats) -> str:
    return f"{stats.growth.change:+.0%} runs this week" if stats.growth else ""


def _runs(stats: PackageStats) -> str:
    return f"{stats.totals.n:,} times" if stats.totals.n else ""


def _users(stats: PackageStats) -> str:
    return f"{stats.people:,}+" if stats.people else ""


def _success(stats: PackageStats) -> str:
    return "" if stats.totals.success is None else f"{stats.totals.success:.1%}"


def _rating(stats: PackageStats) -> str:
    rating = stats.ratings.rating
    return "" if rating is None else f"{rating:.1f}/5 ({stats.ratings.n:,})"


def _growth(stats: PackageStats) -> str:
    return f"{stats.growth.change:+.0%}" if stats.growth else ""


def _model(stats: PackageStats) -> str:
    return shortened(stats.best_model.model) if stats.best_model else ""


def _downloads(stats: PackageStats) -> str:
    return f"{stats.downloaded:,} in {DAYS} days" if stats.downloaded else ""


FIGURES: dict[str, tuple[str, Callable[[PackageStats], str]]] = {
    "runs": ("tested", _runs),
    "users": ("people", _users),
    "success": ("success rate", _success),
    "rating": ("rating", _rating),
    "growth": ("this week", _growth),
    "model": ("best on", _model),
    "downloads": ("downloads", _downloads),
}
