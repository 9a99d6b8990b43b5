"""Experiments and flags as they are kept: drafted, running, stopped, and who changed what."""
