"""What a retention question reads: who started when, and who was seen when."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from analytics.filters import EARLIEST, MAX_DAYS, Filters
from analytics.measures.packs import Keys, load_keys
from analytics.product.attendance import who
from analytics.product.newcomers import load_firsts_ever
from analytics.product.retention.terms import Doing, Terms
from analytics.scope import Viewer

LONGEST = timedelta(days=MAX_DAYS["day"])


def load_starts(conn: Connection, viewer: Viewer, filters: Filters, terms: Terms) -> Keys:
    """Who starts on which day of the range: everybody, or those for whom it is the first ever.

    First ever is of all days and whatever the dimensions; filters keep those whose first has them.
    """
    asked = terms.start.among(filters)
    if terms.recurring:
        return load_done(conn, viewer, filters, terms.start)
    if not asked.event:
        return load_firsts_ever(conn, viewer, filters)
    return _first_ever(conn, viewer, asked)


def load_done(conn: Connection, viewer: Viewer, filters: Filters, doing: Doing) -> Keys:
    """Who did this on which day of the range."""
    asked = doing.among(filters)
    return load_keys(conn, viewer, asked, "actor_event" if asked.event else "actor")


def before(filters: Filters) -> Filters:
    """All days before the range, as far back as one question reaches, whatever the dimensions."""
    first = max(EARLIEST, filters.start - LONGEST)
    return replace(filters.anywhere(), start=first, end=filters.start, grain="day")


def _first_ever(conn: Connection, viewer: Viewer, asked: Filters) -> Keys:
    keys = load_keys(conn, viewer, asked, "actor_event")
    earlier = load_keys(conn, viewer, before(asked), "actor_event")
    if not asked.dimensions:
        return only_first(keys, earlier, keys)
    anywhere = load_keys(conn, viewer, asked.anywhere(), "actor_event")
    return only_first(keys, earlier, anywhere)


def only_first(keys: Keys, earlier: Keys, anywhere: Keys) -> Keys:
    """Those entries of `keys` that are of their actor's first day ever.

    `earlier` is what lies before the range, `anywhere` what lies in it, whatever the dimensions.
    """
    actors, actor = np.unique(keys.key, return_inverse=True)
    old = np.zeros(len(actors) + 1, np.bool_)
    old[who(actors, earlier.key)] = True  # who is not among them falls on the last place
    first = np.full(len(actors) + 1, np.iinfo(np.int32).max, np.int32)
    np.minimum.at(first, who(actors, anywhere.key), anywhere.day)
    return _kept(keys, ~old[actor] & (keys.day == first[actor]))


def _kept(keys: Keys, which: NDArray[np.bool_]) -> Keys:
    kind = keys.kind[which] if len(keys.kind) else keys.kind
    return Keys(keys.day[which], keys.key[which], keys.cell[which], kind)
