"""Random logs in the database."""

import pytest

from tests.analytics.product.packing import store
from tests.conftest import undone


@pytest.fixture(scope="module")
def stored(request, module_conn):
    """The random log of a seed and a zone, stored once for all that a module asks of it."""
    with undone(module_conn):
        yield store(module_conn, *request.param)
