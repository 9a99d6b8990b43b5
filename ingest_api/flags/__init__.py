"""Flags and experiments as clients ask for them: who is given what, and that they were."""
