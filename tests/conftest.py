"""How properties are drawn: without a clock that a busy machine would miss, fewer in the quick suite."""

import os

from hypothesis import settings

settings.register_profile("quick", deadline=None, max_examples=25)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
