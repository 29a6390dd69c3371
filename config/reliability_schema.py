"""The schema of `reliability` in signalbox.yaml."""

from config.catalog import Settings
from config.forms import Entry, Flag, Seconds, Share

_SETTINGS = Settings()


class ReliabilityEntry(Entry):
    """reliability"""

    breakers: Flag = _SETTINGS.breakers
    queue: Seconds = _SETTINGS.queue_seconds
    empty_fails: Flag = _SETTINGS.empty_fails
    hedge_budget: Share = _SETTINGS.hedge_budget
    retry_budget: Share = _SETTINGS.retry_budget
