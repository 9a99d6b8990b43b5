"""Probing: addresses are looked at on a schedule, beside all else that the worker does."""

from jobs.probing.prober import Prober

__all__ = ["Prober"]
