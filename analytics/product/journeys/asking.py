"""What a journey asks: from where, which way, how many steps, and how much is told apart."""

from dataclasses import dataclass

from analytics.filters import BadFilters

DIRECTIONS = ("after", "before")
LEVELS = ("subject", "name")
FEWEST, MOST = 2, 8  # steps
MOST_TOLD = 12  # nodes of a step that are told apart

OTHER = "(other)"  # the rest of a step's nodes
LEFT = "(left)"  # the session had ended by this step
BEGAN = "(began)"  # going back, the session had not begun at this step


@dataclass(frozen=True, slots=True)
class Journey:
    """What happened after (or before) the first time that something was done in a session.

    It starts at events of this `name`, and `subject` unless that is None; without a name at the
    session's first event (its last one, going back). `level` tells events apart by name and
    subject or by name alone. `steps` counts the columns, that of the start among them; in each the
    `top` nodes with the most sessions are told apart. Raises BadFilters.
    """

    name: str = ""
    subject: str | None = None
    direction: str = "after"
    level: str = "subject"
    steps: int = 4
    top: int = 6

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS or self.level not in LEVELS:
            raise BadFilters("A journey goes after or before, by subject or by name.")
        if not FEWEST <= self.steps <= MOST or not 1 <= self.top <= MOST_TOLD:
            raise BadFilters(
                f"A journey has {FEWEST} to {MOST} steps, with 1 to {MOST_TOLD} events in each."
            )
        if self.subject is not None and (not self.name or self.level == "name"):
            raise BadFilters("A subject is one of an event, told apart by subject.")

    @property
    def way(self) -> int:
        """1 to go on from the start, -1 to go back from it."""
        return 1 if self.direction == "after" else -1

    @property
    def end(self) -> str:
        """The node of sessions that are over, or that had not begun."""
        return LEFT if self.direction == "after" else BEGAN

    @property
    def start(self) -> str:
        """The node of the event that the journey starts at; empty without one."""
        return node_of(self.name, self.subject or "") if self.name else ""


def node_of(name: str, subject: str) -> str:
    """What a node is called: the event's name, with its subject where it has one."""
    return f"{name}: {subject}" if subject else name
