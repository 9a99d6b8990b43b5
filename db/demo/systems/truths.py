"""What is planted in how the demo product's systems did."""

from collections.abc import Iterator

from db.demo.shape import INCIDENT_FAILURE, INCIDENT_HOURS, INCIDENT_SUBJECT, Shape
from db.demo.systems import probing, requests, tickets

Truth = tuple[str, str, dict[str, object], float, str]  # name, what, where, size and unit


def system_truths(shape: Shape) -> Iterator[Truth]:
    """One entry a truth."""
    day = str(shape.date_of(shape.incident_day))
    during: dict[str, object] = {"day": day, "hours": [*INCIDENT_HOURS]}
    what = "While the incident lasts, this share of the requests fails on the servers"
    where = during | {"service": requests.SERVICE, "endpoint": INCIDENT_SUBJECT}
    yield "served_incident", what, where, INCIDENT_FAILURE, "share"
    what = "While the incident lasts, this share of the probes of the API finds it down"
    yield "probed_incident", what, during | {"probe": probing.API}, probing.BROKEN, "share"
    what = "Since the last release, this endpoint takes this many times as long"
    since = str(shape.date_of(int(shape.release_days[-1])))
    where = {"endpoint": requests.SLOWER, "from": since}
    yield "slower_endpoint", what, where, requests.SLOWER_BY, "ratio"
    what = "On the day of the incident there are this many times as many tickets"
    yield "ticket_spike", what, {"day": day}, tickets.DURING_INCIDENT, "ratio"
    what = "Half of the tickets get a first answer within this time"
    yield "first_response", what, {}, tickets.ANSWERED, "minutes"
