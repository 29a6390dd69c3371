"""The schema of `workflows` in signalbox.yaml."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from config.agent_schema import AgentApprovalEntry, AgentLimitsEntry
from config.forms import Count, Entries, Entry, ModelName, Text, Tokens, listed

# What a node does: exactly one of these.
KINDS = ("llm", "tool", "agent", "switch", "when", "parallel", "approval", "handoff", "output")
CALLS = ("llm", "tool", "agent")


class AskModelEntry(Entry):
    """workflows.NAME.nodes.NODE.llm"""

    model: ModelName
    instructions: str = ""
    choices: tuple[Text, ...] = ()
    max_output_tokens: Tokens | None = None


class BranchEntry(Entry):
    """workflows.NAME.nodes.NODE.when[n]"""

    condition: Text = Field(alias="if")
    goto: Text


class LoopEntry(Entry):
    """workflows.NAME.nodes.NODE.loop"""

    until: Text
    max: Count


class CallEntry(Entry):
    """workflows.NAME.nodes.NODE.parallel.BRANCH, and the base of a node"""

    llm: AskModelEntry | None = None
    tool: Text | None = None
    args: dict[str, Any] = {}
    agent: Text | None = None
    input: Any = None
    unsafe: Literal["accepted"] | None = None


class NodeEntry(CallEntry):
    """workflows.NAME.nodes.NODE"""

    switch: Text | None = None
    cases: dict[str, Text] = {}
    when: Annotated[tuple[BranchEntry, ...], BeforeValidator(listed)] = ()
    default: Text | None = None
    parallel: Entries[CallEntry] = {}
    approval: AgentApprovalEntry | None = None
    show: dict[str, Any] = {}
    handoff: Text | None = None
    output: Any = None
    loop: LoopEntry | None = None
    next: Text | None = None
    on_error: Text | None = None


class UndoEntry(Entry):
    """workflows.NAME.compensate.NODE"""

    tool: Text
    args: dict[str, Any] = {}
    unsafe: Literal["accepted"] | None = None


class WorkflowEntry(Entry):
    """workflows.NAME"""

    description: str = ""
    start: Text
    nodes: Entries[NodeEntry]
    compensate: dict[str, UndoEntry] = {}
    limits: AgentLimitsEntry = AgentLimitsEntry()
