"""How the demo product's systems did: requests, probes, an incident, and what its users asked."""

from db.demo.systems.keeping import keep_systems

__all__ = ["keep_systems"]
