"""What experiments of a project can be measured by."""

from datetime import timedelta

from analytics.experiments.catalogue import Ready, ready_metrics, thresholds
from analytics.filters import Filters
from analytics.measures.packs import kinds_of
from analytics.views import views_of
from ui.experiments_metrics import Choices
from ui.frame import ask, fetch, fetch_all
from ui.steps import saved_funnels
from ui.terms import doings

FOUR_WEEKS = timedelta(weeks=4)


def ready_ones(filters: Filters) -> dict[str, Ready]:
    """The ready-made metrics by their keys, with the project's own thresholds and funnels."""
    lately = filters.of_anybody().over(filters.today - FOUR_WEEKS, filters.today)
    slow, views = fetch_all(ask(thresholds, lately), ask(views_of, filters.project_id, "funnels"))
    return ready_metrics(slow, saved_funnels(views))


def choices_of(filters: Filters) -> Choices:
    """The same, with what people do."""
    return Choices(ready_ones(filters), doings(fetch(kinds_of, filters.project_id)))
