"""The digest as Markdown, and Markdown as HTML; what people wrote is never more than text."""

import re
from collections.abc import Callable
from datetime import timedelta

from markdown_it import MarkdownIt

from analytics.feedback.digest.figures import Digest, Risen
from analytics.feedback.digest.quotes import Quotes
from analytics.feedback.digest.volumes import Volume
from analytics.feedback.scores import Score

Plain = Callable[[str], str]  # makes text that users wrote safe for Markdown

MARKUP = re.compile(r"([\\`*_\[\]])")
LINKED = re.compile(r"://|@|\bwww(?=\.)", re.IGNORECASE)  # by services, without any markup
UNSEEN = "\u200b"  # a space without width, behind which nothing is seen as part of a link
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
VOLUMES = {  # what one is called, and what several are
    "comments": ("comment", "comments"),
    "people": ("person who said something", "people who said something"),
    "ratings": ("rating", "ratings"),
    "answers": ("answer to a survey", "answers to surveys"),
    "requests": ("request", "requests"),
    "votes": ("vote", "votes"),
}
MARKDOWN = MarkdownIt("commonmark", {"html": False})


def plain(text: str) -> str:
    """Text in one line, as any kind of Markdown shows it: no link, image or tag comes of it.

    Neither does a mention of people: addresses and what begins with @ are broken unseen.
    """
    broken = LINKED.sub(rf"\g<0>{UNSEEN}", " ".join(text.split()))
    return MARKUP.sub(r"\\\1", broken.translate(ENTITIES))


def title_of(digest: Digest, project: str) -> str:
    """What a message with the digest is called."""
    sunday = digest.week + timedelta(days=6)
    return f"Feedback on {project}, {digest.week:%-d %B} to {sunday:%-d %B %Y}"


def markdown_of(digest: Digest, plain: Plain = plain) -> str:
    """The figures in words, without quotes."""
    volumes = [_volume(getattr(digest.volumes, name), what) for name, what in VOLUMES.items()]
    parts = [
        _section("What came", volumes),
        _section("Scores", [_score(score) for score in digest.scores]),
        _section("Themes that rose", [_risen(theme, plain) for theme in digest.risen]),
    ]
    return "\n".join(part for part in parts if part)


def quotes_of(quotes: Quotes, plain: Plain = plain) -> str:
    """The quotes as Markdown; empty without any."""
    parts = [
        _section(title, [f"“{plain(text)}”" for text in texts])
        for title, texts in (("Least happy", quotes.worst), ("Happiest", quotes.best))
    ]
    return "\n".join(part for part in parts if part)


def as_html(markdown: str) -> str:
    """Markdown as HTML; tags that stand in it are shown as text."""
    html: str = MARKDOWN.render(markdown)
    return html


def _section(title: str, lines: list[str]) -> str:
    return f"### {title}\n\n" + "".join(f"- {line}\n" for line in lines) if lines else ""


def _volume(volume: Volume, what: tuple[str, str]) -> str:
    return f"**{volume.now:,}** {what[volume.now != 1]} ({volume.before:,} the week before)"


def _score(score: Score) -> str:
    """The value with its interval, n and movement."""
    unit, value = score.measure.metric.unit, score.value or 0.0
    said = f"**{score.measure.metric.label} {_number(value, unit)}**"
    if score.margin is not None:
        said += f" ± {_margin(score.margin, unit)}"
    said += f" from {score.n:,} {'answer' if score.n == 1 else 'answers'}"
    return said if score.change is None else f"{said}, {_movement(score.change, score.moved, unit)}"


def _movement(change: float, moved: bool, unit: str) -> str:
    """Against the week before; shares in points."""
    by = f"{abs(change):.1f}" if unit == "of 7" else f"{abs(100 * change):.0f} points"
    by = f"{abs(change):.0f} points" if unit == "points" else by
    if float(by.split()[0]) == 0:
        return "as the week before"
    return f"{'up' if change > 0 else 'down'} {by}{'' if moved else ', within chance'}"


def _number(value: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * value:.0f}%"
    return f"{value:.1f}" if unit == "of 7" else f"{value:.0f}"


def _margin(margin: float, unit: str) -> str:
    """Half of an interval; of a share in points, as 5% could be taken for a part of it."""
    return f"{100 * margin:.0f} points" if unit == "share" else _number(margin, unit)


def _risen(theme: Risen, plain: Plain) -> str:
    return (
        f"**{plain(theme.name)}** ({theme.kind}): {theme.now:,} comments, "
        f"{theme.before:,} the week before"
    )
