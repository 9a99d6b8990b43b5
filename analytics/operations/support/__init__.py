"""Support: how many ask for help, how soon they get it, and how content they are with it."""
