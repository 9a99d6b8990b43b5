"""Alerts: whether a rule fires, what it would have done, and what there is to look after."""
