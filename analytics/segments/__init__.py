"""Segments: named sets of actors, by what they are, what they did and when they came."""
