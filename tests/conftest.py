"""How properties are drawn, and what every process of the suite does before its first test."""

import gc
import os

from hypothesis import settings

settings.register_profile("quick", deadline=None, max_examples=25)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_finish() -> None:
    """Twelve thousand tests are a large heap that stays: the collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
