"""The message about alerts that fire: what is seen, since when, and where to look after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from analytics.feedback.digest.text import as_html, plain
from db.outbox import Attachment, Letter

MOST_NAMED = 20
MOST_ERRORS = 5  # of an alert


@dataclass(frozen=True, slots=True)
class NamedError:
    """An error that an alert is about: its title, as it was sent, and where all about it is."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """An alert in a message: the name of its rule, what was seen, when, and which errors it was."""

    name: str
    severity: str
    sentence: str
    started_at: datetime
    resolved_at: datetime | None
    errors: tuple[NamedError, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Whose alerts they are, by which clock, and where to look after them."""

    project: str
    zone: str
    address: str


def letter_of(
    told: Sequence[Told], place: Place, picture: Attachment | None, is_escalation: bool = False
) -> Letter:
    """One message about all of these, the gravest first.

    Its title holds nothing that people wrote: services without titles make markup of it.
    """
    tz = ZoneInfo(place.zone)
    lines = [_line(each, tz) for each in told[:MOST_NAMED]]
    if len(told) > MOST_NAMED:
        lines.append(f"- and {len(told) - MOST_NAMED} more\n")
    nobody = "Nobody has acknowledged this yet.\n\n" if is_escalation else ""
    whose = f"**{plain(place.project)}**, times of {place.zone}\n\n"
    link = f"\n[See and acknowledge]({place.address})\n"
    markdown = nobody + whose + "".join(lines) + link
    return Letter(_title(told, is_escalation), markdown, as_html(markdown), picture)


def _title(told: Sequence[Told], is_escalation: bool) -> str:
    first = told[0]
    if len(told) == 1:
        title = f"{first.severity.capitalize()}: {first.sentence}"
    else:
        critical = sum(each.severity == "critical" for each in told)
        title = f"{len(told)} alerts" + (f", {critical} critical" if critical else "")
    return f"Still firing: {title}" if is_escalation else title


def _line(told: Told, tz: ZoneInfo) -> str:
    since = f"since {told.started_at.astimezone(tz):%-d %B, %H:%M}"
    if told.resolved_at:
        since += f", well again at {told.resolved_at.astimezone(tz):%H:%M}"
    said = f"- **{told.severity.capitalize()}: {plain(told.name)}**: {told.sentence}, {since}\n"
    return said + _errors(told.errors)


def _errors(errors: Sequence[NamedError]) -> str:
    """A line an error; its title is text, and the link beside it is ours."""
    shown = errors[:MOST_ERRORS]
    lines = [f"  - {plain(each.title)}: [see it]({each.address})\n" for each in shown]
    if len(errors) > MOST_ERRORS:
        lines.append(f"  - and {len(errors) - MOST_ERRORS:,} more\n")
    return "".join(lines)
