"""How the data arrives: freshness and what became of what was sent."""
