"""Answers are tried with other random cases in each run."""

from hypothesis import settings

from tests.thorough import cases

settings.register_profile("answers", deadline=None, max_examples=cases(100))
settings.load_profile("answers")
