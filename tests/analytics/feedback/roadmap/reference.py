"""A small random world of comments, themes, requests, votes and plans, and its evidence in plain
Python: loops over lists, no SQL and no pandas.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import fmean

from sqlalchemy import insert

from db import tables
from db.access import project_secret
from db.identity import actor_key

DAY = date(2026, 3, 2)
PRICES = {"free": 0, "pro": 900, "team": 2_500}
SUBJECTS = ("", "export", "share", "import")
LABELS = ("positive", "neutral", "negative", "not_scored")


@dataclass
class Comment:
    """One comment: who ("" for nobody known), on which day, its label as made and as corrected."""

    who: str
    day: int
    label: str
    compound: float | None
    corrected: str | None
    subject: str
    themes: list[int]


@dataclass
class World:
    """All of it; ids are those of the database once it is stored."""

    comments: list[Comment]
    themes: list[dict] = field(default_factory=list)
    requests: list[dict] = field(default_factory=list)
    votes: list[tuple[int, str]] = field(default_factory=list)
    events: list[tuple[str, int, str, str, bool]] = field(default_factory=list)


def world(seed: int) -> World:
    """Twelve people on three plans, who do things, say things and want things over ten days."""
    dice = random.Random(seed)
    people = [f"u{number}" for number in range(12)]
    themes = [
        {"kind": kind, "merged": merged, "effort": dice.choice([None, 2.0]), "confidence": None}
        for kind, merged in (("pain", None), ("pain", None), ("pain", 0), ("praise", None))
    ]
    requests = [
        {"state": state, "merged": merged, "theme": theme, "effort": effort}
        for state, merged, theme, effort in (
            ("open", None, 0, None),
            ("planned", None, 2, 3.0),
            ("started", None, None, None),
            ("shipped", None, 1, None),
            ("open", 0, None, None),
        )
    ]
    comments = [_comment(dice, people) for _ in range(60)]
    votes = sorted({(dice.randrange(3), dice.choice(people)) for _ in range(20)})
    events = [
        (
            dice.choice(people[:9]),
            dice.randrange(10),
            dice.choice(SUBJECTS[1:]),
            dice.choice([*PRICES, "", "unpriced"]),
            dice.random() > 0.3,
        )
        for _ in range(60)
    ]
    return World(comments, themes, requests, votes, events)


def _comment(dice: random.Random, people: list[str]) -> Comment:
    label = dice.choice(LABELS)
    compound = None if label == "not_scored" else round(dice.uniform(-1, 1), 3)
    return Comment(
        who=dice.choice([*people, ""]),
        day=dice.randrange(10),
        label=label,
        compound=compound,
        corrected=dice.choice([None, None, *LABELS[:3]]),
        subject=dice.choice(SUBJECTS),
        themes=dice.sample(range(4), dice.choice([0, 1, 1, 2])),
    )


def store(conn, project, made: World, add_events) -> World:
    """Write the world down; its themes and requests get their ids."""
    secret = project_secret(conn, project.id)
    ours = {"project_id": project.id}
    for number, theme in enumerate(made.themes):
        values = ours | {"kind": theme["kind"], "name": f"theme {number}", "terms": {}}
        values |= {"found_at": _at(0), "effort": theme["effort"]}
        if theme["merged"] is not None:
            values["merged_into"] = made.themes[theme["merged"]]["id"]
        theme["id"] = _add(conn, tables.themes, values)
    for number, request in enumerate(made.requests):
        linked = request["theme"]
        values = ours | {
            "actor_key": 1,
            "external_id": str(number),
            "title": f"request {number}",
            "state": request["state"],
            "asked_at": _at(0),
            "effort": request["effort"],
            "theme_id": None if linked is None else made.themes[linked]["id"],
        }
        if request["merged"] is not None:
            values["merged_into"] = made.requests[request["merged"]]["id"]
        request["id"] = _add(conn, tables.requests, values)
    for number, who in made.votes:
        cast = {"request_id": made.requests[number]["id"], "actor_key": actor_key(secret, who)}
        conn.execute(insert(tables.votes).values(ours | cast | {"voted_at": _at(0)}))
    for comment in made.comments:
        _store_comment(conn, ours, secret, comment, made)
    for plan, cents in PRICES.items():
        price = {"plan": plan, "monthly_cents": cents, "currency": "EUR"}
        conn.execute(insert(tables.plan_prices).values(ours | price))
    add_events(
        project,
        *(
            f"{who} use {_at(day).isoformat()} subject={subject} plan={plan} ok={int(ok)}"
            for who, day, subject, plan, ok in made.events
        ),
    )
    return made


def _store_comment(conn, ours, secret, comment, made) -> None:
    values = ours | {
        "actor_key": actor_key(secret, comment.who) if comment.who else 0,
        "kind": "text",
        "said_at": _at(comment.day),
        "comment": "words",
        "subject": comment.subject,
        "sentiment": comment.label,
        "compound": comment.compound,
        "corrected": comment.corrected,
        "lexicon": "1",
    }
    said = _add(conn, tables.feedback, values)
    for number in comment.themes:
        pair = {"feedback_id": said, "theme_id": made.themes[number]["id"], "weight": 1.0}
        conn.execute(insert(tables.feedback_themes).values(pair))


def _add(conn, table, values) -> int:
    return conn.execute(insert(table).values(values).returning(table.c.id)).scalar_one()


def _at(day: int) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC) + timedelta(days=day)


def evidence(made: World, first: int, last: int) -> list[dict]:
    """The rows for the comments and events of the days [first, last)."""
    rows = [
        _row(made, "request", number, request["theme"], first, last)
        | {"state": request["state"], "effort": request["effort"]}
        for number, request in enumerate(made.requests)
        if request["merged"] is None and request["state"] in ("open", "planned", "started")
    ]
    return rows + [
        _row(made, "theme", number, number, first, last)
        | {"state": "open", "effort": theme["effort"]}
        for number, theme in enumerate(made.themes)
        if theme["merged"] is None and theme["kind"] == "pain"
    ]


def _row(made: World, kind: str, number: int, theme, first: int, last: int) -> dict:
    root = None if theme is None else _root(made, theme)
    comments = [
        comment
        for comment in made.comments
        if first <= comment.day < last and root in {_root(made, one) for one in comment.themes}
    ]
    votes = [who for of, who in made.votes if kind == "request" and of == number]
    known = set(votes) | {comment.who for comment in comments if comment.who}
    moods = [mood for comment in comments if (mood := _mood(comment)) is not None]
    negative = [(comment.corrected or comment.label) == "negative" for comment in comments]
    subject = _subject(comments)
    return {
        "kind": kind,
        "item": (made.requests if kind == "request" else made.themes)[number]["id"],
        "people": len(known) + sum(not comment.who for comment in comments),
        "mrr_cents": sum(_cents(made, who) for who in known),
        "votes": len(votes),
        "comments": len(comments),
        "scored": len(moods),
        "mood": fmean(moods) if moods else None,
        "negative": sum(negative) / len(moods) if moods else None,
        "subject": subject,
        "error_rate": _error_rate(made, subject, first, last),
    }


def _root(made: World, theme: int) -> int:
    merged = made.themes[theme]["merged"]
    return theme if merged is None else merged


def _mood(comment: Comment) -> float | None:
    if (comment.corrected or comment.label) == "not_scored":
        return None
    if comment.corrected and comment.corrected != comment.label:
        return {"positive": 1.0, "neutral": 0.0, "negative": -1.0}[comment.corrected]
    return comment.compound


def _subject(comments: list[Comment]) -> str:
    counts = {name: sum(c.subject == name for c in comments) for name in SUBJECTS[1:]}
    most = max(counts.values())
    return min(name for name, count in counts.items() if count == most) if most >= 5 else ""


def _cents(made: World, who: str) -> int:
    days = [day for actor, day, _, _, _ in made.events if actor == who]
    plans = [plan for a, day, _, plan, _ in made.events if a == who and day == max(days)]
    return max((PRICES.get(plan, 0) for plan in plans), default=0)


def _error_rate(made: World, subject: str, first: int, last: int) -> float | None:
    theirs = [ok for _, day, of, _, ok in made.events if of == subject and first <= day < last]
    return theirs.count(False) / len(theirs) if theirs else None
