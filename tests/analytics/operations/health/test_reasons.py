"""The sentence on the state of systems: the worst is said first, and all pages say the same."""

import pytest

from analytics.operations.health.reasons import verdict
from analytics.operations.health.system import SystemHealth


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (SystemHealth(), "Nothing is measured yet"),
        (SystemHealth(uptime=1.0), "No need to worry: all answers, and no alert fires"),
        (SystemHealth(uptime=0.5, down=("B",)), "Act now: B is down"),
        (SystemHealth(uptime=0.5, down=("A", "B")), "Act now: A and B are down"),
        (
            SystemHealth(uptime=0.5, down=tuple("ABCDE")),
            "Act now: A, B and 3 others are down",
        ),
        (SystemHealth(uptime=1.0, silent=("A",)), "Watch: nothing heard of A"),
        (
            SystemHealth(uptime=1.0, silent=("A",), burning=("Up",)),
            "Act now: \u201cUp\u201d burns its error budget and nothing heard of A",
        ),
        (SystemHealth(uptime=1.0, missed=("Up", "Fast")), "Watch: 2 objectives are missed"),
        (
            SystemHealth(uptime=1.0, missed=("Up",), paused=("B",), watching=1),
            "Watch: \u201cUp\u201d is missed and 1 of 2 probes is paused",
        ),
        (SystemHealth(uptime=1.0, paused=("A", "B")), "Watch: 2 probes are paused"),
        (SystemHealth(uptime=1.0, disk=0.89), "Watch: a disk is 89.0% full"),
        (SystemHealth(uptime=0.99895), "Watch: uptime at 99.895%"),
    ],
)
def test_the_worst_is_said_first(found, said):
    assert verdict(found) == said


def test_a_line_has_room_for_three_reasons():
    found = SystemHealth(
        uptime=1.0, down=("A",), open_incidents=1, firing=2, critical=1, missed=("Up",), disk=0.9
    )
    assert verdict(found) == "Act now: A is down, 1 incident open and 1 critical alert firing"
