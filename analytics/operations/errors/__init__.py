"""Failures by their cause: which there are, whom they met, since when and in which releases."""
