"""What became of the rows of a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

WHAT_TO_DO = {
    "no_consent": "their people refused, or --consent does not name the events' purpose",
    "too_old": "older than the project keeps events; a project with --retention none keeps all",
}


@dataclass(slots=True)
class Imported:
    """The rows of one import by what became of them; `people_granted` had no grant before.

    `noun` is what one of them is called once it is stored.
    """

    project: str
    noun: str = "event"
    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    people_granted: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    rejects: str | None = None

    def told(self) -> str:
        """The outcome in sentences, with what to do about rows that are missing."""
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        stored = _count(self.accepted, self.noun, f"{self.noun}s")
        yield f"Read {_count(self.rows, 'row', 'rows')}, stored {stored} in '{self.project}'."
        if self.duplicates:
            yield f"{self.duplicates:,} were stored before."
        if self.people_granted:
            people = _count(self.people_granted, "person", "people")
            yield f"Recorded the consent of {people}, as stated by this import."
        for reason, number in self.dropped.items():
            yield f"{number:,} left out as {_explained(reason)}."
        for reason, number in self.rejected.items():
            yield f"{number:,} rejected as {_explained(reason)}."
        if self.rejects:
            yield f"The rejected lines are listed in {self.rejects}."


def add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    """Add counts to counts."""
    for name, count in more.items():
        counts[name] = counts.get(name, 0) + count


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _explained(reason: str) -> str:
    return f"{reason} ({WHAT_TO_DO[reason]})" if reason in WHAT_TO_DO else reason
