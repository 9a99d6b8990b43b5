"""What people decide about an error on the Errors page."""

from datetime import UTC, datetime

import streamlit as st
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.operations.errors.detail import error_group
from analytics.operations.errors.listing import error_groups
from analytics.operations.errors.standing import error_standing
from analytics.scope import Viewer
from db.error_groups import ignore, reopen, resolve
from ui.changes import Work, change
from ui.failure_list import SEARCHED
from ui.frame import Ask, ask, clock
from ui.words_failures import LISTS

RELEASE = "cured_in"


def resolve_it(filters: Filters, fingerprint: int) -> None:
    """Say that it is cured, in the release that the field names or wherever it runs."""
    release = st.session_state.get(RELEASE, "")

    def work(conn: Connection, viewer: Viewer) -> None:
        now = datetime.now(UTC)
        resolve(conn, filters.project_id, fingerprint, viewer.person_id, now, release)

    _decide(filters, fingerprint, work)


def ignore_it(filters: Filters, fingerprint: int) -> None:
    """Keep it off the list."""

    def work(conn: Connection, viewer: Viewer) -> None:
        ignore(conn, filters.project_id, fingerprint, viewer.person_id)

    _decide(filters, fingerprint, work)


def reopen_it(filters: Filters, fingerprint: int) -> None:
    """Have it looked at again."""

    def work(conn: Connection, viewer: Viewer) -> None:
        reopen(conn, filters.project_id, fingerprint, viewer.person_id)

    _decide(filters, fingerprint, work)


def _decide(filters: Filters, fingerprint: int, work: Work) -> None:
    change(filters.project_id, work, *_stale(filters, fingerprint), field="operations")


def _stale(filters: Filters, fingerprint: int) -> list[Ask]:
    texts = {"", str(st.session_state.get(SEARCHED, "")).strip()}
    lists = [ask(error_groups, filters, state, text) for state in LISTS for text in texts]
    standing = ask(error_standing, filters.project_id, clock(60))
    return [*lists, standing, ask(error_group, filters, fingerprint)]
