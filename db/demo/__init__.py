"""Demo data: invented usage of an invented product, with known truths planted in it."""

from db.demo.load import check_size, fill

__all__ = ["check_size", "fill"]
