"""Where funnels lose people at what comments are about."""

from collections.abc import Iterator, Sequence
from itertools import islice

import pandas as pd
from sqlalchemy import Connection

from analytics.filters import BadFilters, Filters
from analytics.product.funnels.asking import conversion
from analytics.product.funnels.definition import BadFunnel, Funnel, Step
from analytics.scope import Viewer, within
from analytics.views import views_of
from db.errors import TooWide

PAGE = "funnels"  # whose saved views are funnels
MOST_FUNNELS = 20  # that are counted for one page
DROP_OFFS = {"subject": "str", "funnel": "str", "drop_off": "float64"}


def drop_offs(
    conn: Connection, viewer: Viewer, filters: Filters, subjects: Sequence[str]
) -> pd.DataFrame:
    """One row a subject that a step of a saved funnel asks for by name.

    Columns: subject (str), funnel (str: the saved view's name), drop_off (float64): the larger of
    the losses beside its step, on the way to it and from it to the next, each the share of those
    who came to the step before and came no further, though their window is over. Of several steps
    and funnels the largest loss counts. Funnels are the views that the viewer may open, up to
    MOST_FUNNELS of them; one that asks for more than can be read at once tells nothing.
    """
    viewer, wanted = within(viewer, "feedback"), set(subjects) - {""}
    concerned = (
        (name, funnel)
        for name, funnel in _funnels(conn, viewer, filters.project_id)
        if wanted & {subject for step in funnel.steps for subject in subjects_of(step)}
    )
    rows = [
        (subject, name, loss)
        for name, funnel in islice(concerned, MOST_FUNNELS)
        for subject, loss in _losses(conn, viewer, filters, funnel)
        if subject in wanted
    ]
    found = pd.DataFrame(rows, columns=list(DROP_OFFS)).astype(DROP_OFFS)
    found = found.sort_values(["subject", "drop_off"], ascending=[True, False], kind="stable")
    return found.drop_duplicates("subject", ignore_index=True)


def subjects_of(step: Step) -> Iterator[str]:
    """The subjects that a step asks for by name."""
    for condition in step.conditions:
        if not condition.of and condition.operator == "eq":
            yield condition.value


def _funnels(conn: Connection, viewer: Viewer, project_id: int) -> Iterator[tuple[str, Funnel]]:
    """The saved funnels that can be read, with their names."""
    for view in views_of(conn, viewer, project_id, PAGE):
        try:
            yield view.name, Funnel.from_text(view.query)
        except BadFunnel:
            continue


def _losses(
    conn: Connection, viewer: Viewer, filters: Filters, funnel: Funnel
) -> Iterator[tuple[str, float]]:
    """The larger loss beside each step; nothing of a funnel that can't be answered."""
    try:
        steps = conversion(conn, viewer, filters, funnel).steps
    except (TooWide, BadFilters):
        return
    if steps.empty:
        return
    loss = steps["lost"] / steps["actors"].where(steps["actors"] > 0)
    loss.iloc[-1] = float("nan")  # after the last step nobody is lost
    beside = pd.concat([loss, loss.shift(1)], axis=1).max(axis=1)
    for step, share in zip(funnel.steps, beside, strict=True):
        if share == share:
            yield from ((subject, float(share)) for subject in subjects_of(step))
