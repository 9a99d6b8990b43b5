"""Signals: which metrics alerts can look at, and how each is read as fine as it is kept."""
