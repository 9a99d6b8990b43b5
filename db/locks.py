"""Advisory locks that several parts of the house take."""

ERASING_LOCK = 7_003  # shared by what writes about people, alone for what forgets one
INVITING_LOCK = 7_004  # with the hash of an actor: one invitation of a person at a time
