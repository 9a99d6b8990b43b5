"""Security: what may be an attack, what leaves the house, and who did what."""
