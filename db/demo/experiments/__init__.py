"""What the team of the demo tries out on its people, with known truths planted in it."""

from db.demo.experiments.exposing import lived
from db.demo.experiments.keeping import keep as keep_experiments

__all__ = ["keep_experiments", "lived"]
