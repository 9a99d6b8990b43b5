"""Support as a help desk tells it, by the API or in a file."""
