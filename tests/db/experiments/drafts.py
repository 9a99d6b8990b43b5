"""Drafts that tests begin with: a metric is what experiments have to have, whatever it is."""

from datetime import UTC, datetime

from db.experiments.checking import Draft
from db.experiments.kept import Variant

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HALVES = (Variant("control", 5_000), Variant("b", 5_000))
PRIMARY = '[{"id":1,"role":"primary"}]'
BUTTON = Draft("experiment", "button", "The button", HALVES, "control", metrics=PRIMARY)
SWITCH = Draft("flag", "switch", "A switch", (Variant("off", 0), Variant("on", 10_000)), "off")
