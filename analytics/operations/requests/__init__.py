"""How requests and AI calls are served: how many, how fast, and how often they fail."""
