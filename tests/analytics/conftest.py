"""Property tests judge answers, not how busy the machine is."""

from hypothesis import settings

settings.register_profile("answers", deadline=None)
settings.load_profile("answers")
