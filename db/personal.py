"""What is held of one person, for them to read and to take along."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, func, select

from db.tables import (
    actor,
    consents,
    customers,
    events,
    experiments,
    exposures,
    feedback,
    feedback_history,
    feedback_themes,
    invitations,
    notices,
    organisation_members,
    organisations,
    packages,
    payments,
    people,
    person_actors,
    requests,
    runs,
    segment_members,
    segments,
    subscription_changes,
    surveys,
    themes,
    tickets,
    votes,
)

Rows = list[dict[str, Any]]

OURS = ("project_id", "actor_key", "batch_id", "session_key", "first_use", "first_cell")
OF_COLLEAGUES = ("corrected_by", "assignee_id", "released_by", "effort", "confidence", "told_at")
INNER = ("words", "lexicon", "survey_id", "theme_id", "merged_into", "published")
OF_RUNS = ("package_id", "organisation_id")
OF_REVENUE = ("customer_key", "subscription_key", "invoice_key", "is_counted", "told_at", "mrr")
LEFT_OUT = frozenset(OURS + OF_COLLEAGUES + INNER + OF_RUNS + OF_REVENUE)


def held(
    conn: Connection, project_id: int, actor_key: int, most: int | None = None
) -> dict[str, Rows]:
    """Every row about an actor, by table and in the order of time; instants are aware.

    `most` bounds the rows of each table, which are all in memory: then they are the first ones.
    Left out are the pseudonym itself, what colleagues do with it, and the sums, which say nothing
    that the events and runs do not say.
    """
    found = {
        "sightings": _of(actor, project_id, actor_key, "first_seen"),
        "events": _of(events, project_id, actor_key, "occurred_at"),
        "runs": _runs(project_id, actor_key),
        "organisations": _organisations(project_id, actor_key),
        "accounts": _accounts(project_id, actor_key),
        "feedback": _feedback(project_id, actor_key),
        "invitations": _invitations(project_id, actor_key),
        "requests": _of(requests, project_id, actor_key, "asked_at"),
        "votes": _about_requests(votes, project_id, actor_key, votes.c.voted_at),
        "notices": _about_requests(
            notices, project_id, actor_key, notices.c.created_at, notices.c.seen_at
        ),
        "tickets": _of(tickets, project_id, actor_key, "opened_at"),
        "segments": _segments(project_id, actor_key),
        "exposures": _exposures(project_id, actor_key),
        "consents": _of(consents, project_id, actor_key, "recorded_at"),
        "customers": _of(customers, project_id, actor_key, "created_at"),
        "subscriptions": _paid(subscription_changes, project_id, actor_key),
        "payments": _paid(payments, project_id, actor_key),
    }
    rows = {name: _rows(conn, query.limit(most)) for name, query in found.items()}
    _add_histories(conn, rows["feedback"])
    return rows


def _of(table: Table, project_id: int, actor_key: int, order: str) -> Select[Any]:
    """The actor's rows of a table, with all columns that tell of them, in this order."""
    columns = [column for column in table.c if column.name not in LEFT_OUT]
    query = select(*columns).order_by(table.c[order], *table.primary_key)
    return _theirs(query, table, project_id, actor_key)


def _theirs(query: Select[Any], table: Table, project_id: int, actor_key: int) -> Select[Any]:
    return query.where(table.c.project_id == project_id, table.c.actor_key == actor_key)


def _paid(table: Table, project_id: int, actor_key: int) -> Select[Any]:
    """The rows about the customer that the actor is known to be."""
    columns = [column for column in table.c if column.name not in LEFT_OUT]
    same = (customers.c.project_id == table.c.project_id) & (
        customers.c.customer_key == table.c.customer_key
    )
    query = select(*columns).join_from(table, customers, same).order_by(table.c.occurred_at)
    return _theirs(query, customers, project_id, actor_key)


def _runs(project_id: int, actor_key: int) -> Select[Any]:
    """With the names of the package and of the organisation that each was for."""
    ran = _of(runs, project_id, actor_key, "occurred_at")
    named = ran.add_columns(packages.c.name.label("package"), _organisation())
    return named.outerjoin(packages, packages.c.id == runs.c.package_id).outerjoin(
        organisations, organisations.c.id == runs.c.organisation_id
    )


def _organisations(project_id: int, actor_key: int) -> Select[Any]:
    member = _of(organisation_members, project_id, actor_key, "joined_at")
    return member.add_columns(_organisation()).join(organisations)


def _organisation() -> ColumnElement[str]:
    return organisations.c.name.label("organisation")


def _accounts(project_id: int, actor_key: int) -> Select[Any]:
    """What they sign in with to see their own usage."""
    p = people.c
    account = select(p.email, p.role, p.created_at, p.closed_at).join(person_actors)
    return _theirs(account, person_actors, project_id, actor_key)


def _feedback(project_id: int, actor_key: int) -> Select[Any]:
    """With the name of its survey and of the themes that it was found to be about."""
    named = (
        select(func.array_agg(themes.c.name))
        .join(feedback_themes, feedback_themes.c.theme_id == themes.c.id)
        .where(feedback_themes.c.feedback_id == feedback.c.id)
    )
    said = _of(feedback, project_id, actor_key, "said_at")
    return said.add_columns(
        surveys.c.name.label("survey"), named.scalar_subquery().label("themes")
    ).outerjoin(surveys, surveys.c.id == feedback.c.survey_id)


def _invitations(project_id: int, actor_key: int) -> Select[Any]:
    shown = _of(invitations, project_id, actor_key, "shown_at")
    return shown.add_columns(surveys.c.name.label("survey")).join(surveys)


def _about_requests(
    table: Table, project_id: int, actor_key: int, *columns: Column[Any]
) -> Select[Any]:
    """Their rows with the request that each is about."""
    query = select(*columns, requests.c.id.label("request"), requests.c.title)
    joined = query.join_from(table, requests, requests.c.id == table.c.request_id)
    return _theirs(joined, table, project_id, actor_key).order_by(columns[0])


def _segments(project_id: int, actor_key: int) -> Select[Any]:
    query = select(segments.c.name).join_from(
        segment_members, segments, segments.c.id == segment_members.c.segment_id
    )
    return _theirs(query, segment_members, project_id, actor_key).order_by(segments.c.name)


def _exposures(project_id: int, actor_key: int) -> Select[Any]:
    x = exposures.c
    columns = (experiments.c.key.label("experiment"), x.variant, x.exposed_at, x.mixed_at)
    joined = select(*columns).join_from(exposures, experiments)
    return _theirs(joined, exposures, project_id, actor_key).order_by(x.exposed_at)


def _rows(conn: Connection, query: Select[Any]) -> Rows:
    """With names that are plain strings, as writers of JSON want them."""
    found = conn.execute(query)
    names = list(map(str, found.keys()))
    return [dict(zip(names, row, strict=True)) for row in found]


def _add_histories(conn: Connection, said: Rows) -> None:
    """Give each piece of feedback what was said before it, the oldest first."""
    h = feedback_history.c
    columns = (h.feedback_id, h.score, h.helpful, h.comment, h.said_at, h.replaced_at)
    before = select(*columns).where(h.feedback_id.in_([row["id"] for row in said]))
    by_id: dict[int, Rows] = {row["id"]: row.setdefault("history", []) for row in said}
    for former in _rows(conn, before.order_by(h.said_at, h.id)):
        by_id[former.pop("feedback_id")].append(former)
