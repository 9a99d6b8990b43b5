"""What people see in place of a traceback: a calm sentence."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from sqlalchemy.exc import DBAPIError

from db.errors import DatabaseUnreachable, LooplensError
from db.sentry import tell

log = logging.getLogger("looplens.dashboard")


@contextmanager
def calm() -> Iterator[None]:
    """Turn what is known to go wrong into a sentence, and end the run there."""
    try:
        yield
    except (LooplensError, DBAPIError) as error:
        log.warning("%s: %s", type(error).__name__, _told(error))
        known = isinstance(error, LooplensError) and not isinstance(error, DatabaseUnreachable)
        st.warning(str(error) if known else "The database does not answer just now.")
        st.button("Try again", icon=":material/refresh:")
        st.stop()


def _told(error: LooplensError | DBAPIError) -> str:
    """What an error says; of one of the database the kind and the statement, but no value."""
    if isinstance(error, LooplensError):
        return str(error)
    return f"{type(error.orig).__name__} in {error.statement}"


def show_unexpected(error: Exception) -> bool:
    """Log an error that nobody foresaw and show a sentence that names it in the log."""
    number = os.urandom(3).hex()
    log.error("Unexpected error %s", number, exc_info=error)
    tell(error)
    st.error(f"Something went wrong here. The server's log tells more under {number}.")
    return True
