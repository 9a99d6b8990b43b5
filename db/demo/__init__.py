"""Demo data: invented usage of an invented product, with known truths planted in it."""

from db.demo.load import fill

__all__ = ["fill"]
