"""The worker: what happens to the data between its arrival and its being read."""
