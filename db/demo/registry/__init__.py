"""A second demo project: a registry of packages with authors, organisations, runs and downloads."""

from db.demo.registry.keeping import REGISTRY, fill_registry

__all__ = ["REGISTRY", "fill_registry"]
