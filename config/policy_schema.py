"""The schema of `policies` in signalbox.yaml."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator

from config.escalating import EscalateEntry
from config.forms import Age, Count, Deadline, Entry, Text, listed

VERBS = ("permit", "forbid", "require_approval")

Effect = Literal["read", "idempotent", "keyed", "queryable", "transactional", "unsafe"]


Names = Annotated[tuple[Text, ...], BeforeValidator(listed)]


class HistoryEntry(Entry):
    """policies.NAME.rules[n].VERB.history"""

    tools: Names = ()
    same: Names = ()
    calls: Count = 1
    within: Age | None = None
    sum: Text | None = None
    over: Decimal | None = None
    scope: Literal["all", "team", "agent", "key", "user"] = "team"


class MatchEntry(Entry):
    """policies.NAME.rules[n].permit and forbid"""

    agents: Names = ()
    tools: Names = ()
    effects: tuple[Effect, ...] = ()
    teams: Names = ()
    when: str = ""
    history: HistoryEntry | None = None


class AskEntry(MatchEntry):
    """policies.NAME.rules[n].require_approval"""

    group: Text
    ttl: Deadline = 14_400.0
    escalate: EscalateEntry | None = None


class RuleEntry(Entry):
    """policies.NAME.rules[n]"""

    id: Text
    permit: MatchEntry | None = None
    forbid: MatchEntry | None = None
    require_approval: AskEntry | None = None


class PolicyEntry(Entry):
    """policies.NAME"""

    rules: tuple[RuleEntry, ...]
