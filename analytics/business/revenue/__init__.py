"""What customers pay: how it moves, what it costs to win, and where it is heading."""
