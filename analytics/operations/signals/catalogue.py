"""All signals that there are, by the key of their metric."""

from analytics.operations.signals.ai import AI
from analytics.operations.signals.business import (
    BUSINESS,
    CANCELLATIONS,
    CONVERSION,
    FAILED_PAYMENTS,
)
from analytics.operations.signals.errors import ERRORS
from analytics.operations.signals.feedback import FEEDBACK
from analytics.operations.signals.monthly import MONTHLY
from analytics.operations.signals.people import PEOPLE
from analytics.operations.signals.probes import FAILING_PROBES, PROBES_DOWN, STANDING
from analytics.operations.signals.revenue import REVENUE
from analytics.operations.signals.security import REFUSED_ATTEMPTS, SECURITY
from analytics.operations.signals.signal import Signal
from analytics.operations.signals.support import SUPPORT
from analytics.operations.signals.systems import FAILED_PROBES, SERVED, SYSTEMS
from analytics.operations.signals.usage import USAGE
from analytics.scope import Viewer
from db.errors import UnknownMetric

ALL_SIGNALS = (
    *USAGE,
    *PEOPLE,
    *FEEDBACK,
    *SYSTEMS,
    *STANDING,
    *ERRORS,
    *BUSINESS,
    *REVENUE,
    *MONTHLY,
    *AI,
    *SUPPORT,
    *SECURITY,
)
OWN_METRICS = (
    SERVED,
    FAILED_PROBES,
    FAILING_PROBES,
    PROBES_DOWN,
    CONVERSION,
    FAILED_PAYMENTS,
    CANCELLATIONS,
    REFUSED_ATTEMPTS,
)  # that no page shows
SIGNALS = {signal.key: signal for signal in ALL_SIGNALS}


def find_signal(key: str) -> Signal:
    """The signal of this metric; raises UnknownMetric."""
    if key not in SIGNALS:
        raise UnknownMetric(f"No alert can look at '{key}'; it can at {', '.join(SIGNALS)}.")
    return SIGNALS[key]


def signals_of(viewer: Viewer) -> list[Signal]:
    """Those whose questions the viewer's role may ask."""
    return [signal for signal in ALL_SIGNALS if viewer.may(signal.field)]
