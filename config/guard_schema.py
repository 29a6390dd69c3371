"""The schema of `guards` and `guarding` in signalbox.yaml."""

from typing import Literal

from config.agent_schema import AgentApprovalEntry
from config.catalog import GuardFacts, GuardRole, GuardSettings, GuardStage
from config.forms import Credential, Deadline, Entry, HeaderValue, HttpUrl, ModelName, Share, Size, Text

_GUARDING = GuardSettings()
_GUARD = GuardFacts("", "")


class GuardEntry(Entry):
    """guards.NAME"""

    kind: Text | None = None
    action: Literal["mask", "redact", "block", "flag", "ask"] | None = None
    mode: Literal["enforce", "shadow"] = "enforce"
    on_error: Literal["block", "allow"] = "block"
    stages: tuple[GuardStage, ...] | None = None
    budget: Deadline = _GUARD.budget
    types: tuple[Text, ...] = ()
    countries: tuple[Text, ...] = ()
    thresholds: dict[str, Share] = {}
    allow: tuple[Text, ...] = ()
    patterns: dict[str, Text] = {}
    words: tuple[Text, ...] = ()
    hosts: tuple[Text, ...] = ()
    roles: tuple[GuardRole, ...] = ()
    languages: tuple[Text, ...] = ()
    url: HttpUrl | None = None
    secret: Credential | None = None
    private: tuple[Text, ...] = ()
    headers: dict[str, HeaderValue] = {}
    model: ModelName | None = None
    question: Text | None = None
    max_bytes: Size | None = None
    canaries: tuple[Text, ...] = ()
    approval: AgentApprovalEntry | None = None
    topics: dict[str, tuple[Text, ...]] = {}
    only: tuple[Text, ...] = ()
    trusted: tuple[Text, ...] = ()


class GuardingEntry(Entry):
    """guarding"""

    refusal: Literal["error", "finish"] = _GUARDING.refusal
    placeholder_key: Credential | None = None
    scope: Literal["team", "key"] = _GUARDING.scope
