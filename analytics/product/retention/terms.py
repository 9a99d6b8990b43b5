"""What makes a cohort and what counts as being back."""

from dataclasses import dataclass, replace

from analytics.filters import Filters


@dataclass(frozen=True, slots=True)
class Doing:
    """Something done: any event, those of one name, or those of a name and subject."""

    event: str = ""
    subject: str | None = None

    def among(self, filters: Filters) -> Filters:
        """The same question about nothing but these events; about all of it for any event."""
        return replace(filters, event=self.event, subject=self.subject) if self.event else filters


ANYTHING = Doing()


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a retention question.

    `start` puts an actor into the cohort of its interval: only the first ever, or each where
    `recurring`. `back` counts in interval N itself, or with `or_later` in N or any that follows.
    """

    start: Doing = ANYTHING
    back: Doing = ANYTHING
    recurring: bool = False
    or_later: bool = False


FIRST_TIME = Terms()
