"""What the people of the demo ask for, several of them nearly the same thing, and their votes."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from db.demo.feedback.comments import Crowd
from db.demo.feedback.topics import asked

VOTES_A_PERSON = 0.8
SHARES_SKEW = 0.7  # exponent of Zipf's law over the requests


@dataclass(frozen=True, slots=True)
class Wish:
    """A request: its state, and on which day of the range it was asked, as a share."""

    title: str
    details: str
    asked: float
    state: str = "open"
    effort: float | None = None  # person-weeks
    confidence: float | None = None

    @property
    def is_released(self) -> bool:
        """Whether the public sees it: what somebody has estimated was read by a moderator, too."""
        return self.effort is not None

    def columns(self) -> dict[str, object]:
        """What of it is stored as it is."""
        names = ("title", "details", "state", "effort", "confidence")
        return {name: getattr(self, name) for name in names}


WISHES = (
    Wish("Dark mode for the editor", "White pages are hard to look at in the evening.",
         0.05, "planned", 3, 0.8),
    Wish("Faster export of large reports", "Above 20,000 rows it takes minutes.",
         0.45, "open", 4, 0.9),
    Wish("Send comments to a Slack channel", "Nobody reads the mails.", 0.10, "started", 2, 0.8),
    Wish("Simpler permissions for guests", "Three levels would do.", 0.12, "open", 5, 0.7),
    Wish("Offline mode", "For trains and planes.", 0.08, "open", 13, 0.5),
    Wish("A dark theme", "Same as in my other tools.", 0.22),
    Wish("Never lose changes when two people sync", "Show both versions instead.",
         0.15, "open", 8, 0.6),
    Wish("Import spreadsheets with a mapping of columns", "", 0.18, "open", 3, 0.8),
    Wish("Share saved views with the team", "One link for everybody.", 0.02, "shipped", 2, 0.9),
    Wish("Slack integration for comments", "", 0.31),
    Wish("Editor in dark mode, please", "", 0.48),
    Wish("Fewer notification mails", "One summary a day is enough.", 0.27, "planned", 1, 0.9),
    Wish("Work offline on the phone", "", 0.36),
    Wish("Export large reports faster", "It was quick last year.", 0.62),
    Wish("Yearly invoice instead of monthly", "", 0.20, "declined", 1, 0.9),
    Wish("More keyboard shortcuts", "Above all for filters.", 0.40, "open", 2, 0.7),
    Wish("Search inside comments", "", 0.52, "open", 3, 0.6),
    Wish("Import from Excel with column mapping", "", 0.57),
    Wish("A quieter Android app", "It shows too many badges.", 0.66),
    Wish("Show the history of a dashboard", "", 0.70, "open", 5, 0.5),
)  # fmt: skip


def votes(crowd: Crowd, visits: pa.Table) -> pa.Table:
    """Who wants what and says so at which visit; whoever asked is the first.

    One row a request and person, by time: wish (index into WISHES), actor_key and voted_at.
    """
    rng = np.random.default_rng([crowd.shape.seed, 9])
    first = _first_days(crowd)
    people = int(asked(crowd.people).sum())
    place = np.sort(rng.integers(0, max(len(visits), 1), int(people * VOTES_A_PERSON)))
    visits = visits.sort_by("occurred_at").take(place if len(visits) else place[:0])
    at = visits["occurred_at"]
    day = (np.asarray(at.cast(pa.int64())) / 1e6 - crowd.shape.instant(0).timestamp()) / 86_400
    wish = _wanted(rng, first, day)
    actor = visits["actor_key"].to_numpy()
    _, kept = np.unique(np.stack([wish, actor]), axis=1, return_index=True)
    kept = np.sort(kept[wish[kept] >= 0])
    table = pa.table({"wish": pa.array(wish), "actor_key": actor, "voted_at": at})
    return table.take(kept)


def _first_days(crowd: Crowd) -> NDArray[np.float64]:
    return np.array([wish.asked for wish in WISHES]) * crowd.shape.days


def _wanted(
    rng: np.random.Generator, first: NDArray[np.float64], day: NDArray[np.float64]
) -> NDArray[np.int64]:
    """One of the requests that were there already, for each vote; -1 where there was none."""
    weight = np.arange(1, len(first) + 1, dtype=np.float64) ** -SHARES_SKEW
    order = np.argsort(first)
    reach = np.append(0.0, np.cumsum(weight[order]))
    there = np.searchsorted(first[order], day, side="right")
    drawn = rng.random(len(day)) * reach[there]
    found = order[np.searchsorted(reach[1:-1], drawn, side="right")]
    return np.where(there > 0, found, -1).astype(np.int64)
