"""The schema of `escalate`, and its compiler: which group is asked if nobody answered in time."""

from config.forms import Deadline, Entry, Text
from config.toolbox import Escalation


class EscalateEntry(Entry):
    """agents.NAME.tools[n].approval.escalate, and that of policies"""

    group: Text
    ttl: Deadline = 14_400.0


def escalation(entry: EscalateEntry | None) -> Escalation | None:
    """The compiled form of `escalate`."""
    return None if entry is None else Escalation(entry.group, entry.ttl)
