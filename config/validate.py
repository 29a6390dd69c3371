"""Validates a document's tree against the schema: errors are collected, the rest is typed."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from config.agent_schema import (
    AgentApprovalEntry,
    AgentCallEntry,
    AgentEntry,
    AgentLimitsEntry,
    AgentParametersEntry,
    AgentToolEntry,
    FactsEntry,
    MemoryEntry,
    ReconcileEntry,
    SoftLimitsEntry,
    TaskEntry,
    ToolEntry,
    ToolServerEntry,
    WindowEntry,
)
from config.cache_schema import CacheEntry, CachePolicyEntry, SemanticEntry
from config.errors import Unfit, any_of, did_you_mean, quoted
from config.guard_schema import GuardEntry, GuardingEntry
from config.limit_schema import AccountEntry, BudgetEntry, LimitsEntry
from config.node import Node
from config.policy_schema import VERBS, AskEntry, HistoryEntry, MatchEntry, PolicyEntry, RuleEntry
from config.reliability_schema import ReliabilityEntry
from config.report import Report, shown
from config.retention_schema import RetentionEntry, TeamRetentionEntry
from config.schema import (
    BatchesEntry,
    CapabilitiesEntry,
    DeadlinesEntry,
    Document,
    LedgerEntry,
    LogEntry,
    ModelEntry,
    OnEntry,
    PriceEntry,
    ServerEntry,
    StoresEntry,
    TargetEntry,
    TeamEntry,
    VendorEntry,
)
from config.workflow_schema import (
    AskModelEntry,
    BranchEntry,
    CallEntry,
    LoopEntry,
    NodeEntry,
    UndoEntry,
    WorkflowEntry,
)

# Each block by its path; `*` is any name or number.
BLOCKS: Mapping[tuple[str, ...], type[BaseModel]] = {
    (): Document,
    ("vendors", "*"): VendorEntry,
    ("vendors", "*", "deadlines"): DeadlinesEntry,
    ("models", "*"): ModelEntry,
    ("models", "*", "on"): OnEntry,
    ("models", "*", "targets", "*"): TargetEntry,
    ("teams", "*"): TeamEntry,
    ("tool_servers", "*"): ToolServerEntry,
    ("tool_servers", "*", "tools", "*"): ToolEntry,
    ("tool_servers", "*", "tools", "*", "reconcile"): ReconcileEntry,
    ("tool_servers", "*", "tools", "*", "task"): TaskEntry,
    ("workflows", "*"): WorkflowEntry,
    ("workflows", "*", "limits"): AgentLimitsEntry,
    ("workflows", "*", "compensate", "*"): UndoEntry,
    ("workflows", "*", "nodes", "*"): NodeEntry,
    ("workflows", "*", "nodes", "*", "llm"): AskModelEntry,
    ("workflows", "*", "nodes", "*", "when", "*"): BranchEntry,
    ("workflows", "*", "nodes", "*", "loop"): LoopEntry,
    ("workflows", "*", "nodes", "*", "approval"): AgentApprovalEntry,
    ("workflows", "*", "nodes", "*", "parallel", "*"): CallEntry,
    ("workflows", "*", "nodes", "*", "parallel", "*", "llm"): AskModelEntry,
    ("agents", "*"): AgentEntry,
    ("agents", "*", "tools", "*"): AgentToolEntry,
    ("agents", "*", "tools", "*", "approval"): AgentApprovalEntry,
    ("agents", "*", "agents", "*"): AgentCallEntry,
    ("agents", "*", "agents", "*", "approval"): AgentApprovalEntry,
    ("agents", "*", "handoffs", "*"): AgentCallEntry,
    ("agents", "*", "handoffs", "*", "approval"): AgentApprovalEntry,
    ("agents", "*", "limits"): AgentLimitsEntry,
    ("agents", "*", "limits", "soft"): SoftLimitsEntry,
    ("agents", "*", "memory"): MemoryEntry,
    ("agents", "*", "window"): WindowEntry,
    ("agents", "*", "parameters"): AgentParametersEntry,
    ("tool_servers", "*", "tools", "*", "facts"): FactsEntry,
    ("policies", "*"): PolicyEntry,
    ("policies", "*", "rules", "*"): RuleEntry,
    ("policies", "*", "rules", "*", "permit"): MatchEntry,
    ("policies", "*", "rules", "*", "forbid"): MatchEntry,
    ("policies", "*", "rules", "*", "require_approval"): AskEntry,
    **{("policies", "*", "rules", "*", verb, "history"): HistoryEntry for verb in VERBS},
    ("teams", "*", "cache"): CachePolicyEntry,
    ("cache",): CacheEntry,
    ("retention",): RetentionEntry,
    ("teams", "*", "retention"): TeamRetentionEntry,
    ("cache", "semantic"): SemanticEntry,
    ("teams", "*", "cache", "semantic"): SemanticEntry,
    ("organisations", "*"): AccountEntry,
    ("tags", "*"): AccountEntry,
    ("teams", "*", "users", "*"): AccountEntry,
    **{
        (*above, name, "*"): block
        for above in (("teams", "*"), ("organisations", "*"), ("tags", "*"), ("teams", "*", "users", "*"))
        for name, block in (("limits", LimitsEntry), ("budget", BudgetEntry))
    },
    ("prices", "*"): PriceEntry,
    ("capabilities", "*"): CapabilitiesEntry,
    ("server",): ServerEntry,
    ("batches",): BatchesEntry,
    ("stores",): StoresEntry,
    ("ledger",): LedgerEntry,
    ("ledger", "assumed_price"): PriceEntry,
    ("reliability",): ReliabilityEntry,
    ("log",): LogEntry,
    ("guards", "*"): GuardEntry,
    ("guards", "*", "approval"): AgentApprovalEntry,
    ("guarding",): GuardingEntry,
}

# Designed, but not implemented yet. Accepting them would promise protection that does not exist.
LATER = frozenset(
    ["approvals", "caching", "mcp"] + ["memory", "prompts", "routing", "runs", "tools", "vectors"]
)

_TYPES = {
    "bool_type": "true or false",
    "dict_type": "a mapping of names to values",
    "model_type": "a mapping of settings",
    "model_attributes_type": "a mapping of settings",
    "tuple_type": "a list, such as [a, b]",
    "list_type": "a list, such as [a, b]",
}

_Steps = tuple[str | int, ...]


def validate(root: Node, report: Report) -> Document:
    """The typed document. Invalid values are reported and removed from `root`, to check the rest too."""
    while True:
        try:
            return Document.model_validate(root.to_plain())
        except ValidationError as error:
            doomed = {id(_judge(details, root, report)) for details in error.errors(include_url=False)}
            if id(root) in doomed:
                return Document()
            _cut(root, doomed)


def _judge(details: Mapping[str, Any], root: Node, report: Report) -> Node:
    """Reports one of pydantic's errors; returns the existing node to remove."""
    steps = details["loc"]
    node = _nearest(root, steps)
    match details["type"]:
        case "extra_forbidden":
            _unknown_key(node, steps, report)
        case "missing":
            block = _block(steps[:-1])
            report.gap(node, f"no {quoted(str(steps[-1]))}", any_of(block.model_fields if block else []))
        case "value_error" if isinstance(unfit := details["ctx"]["error"], Unfit):
            report.wrong(node, shown(node), unfit.allowed, unfit.hint)
        case "literal_error":
            words = str(details["ctx"]["expected"]).replace("'", "")
            report.wrong(
                node, shown(node), words, did_you_mean(node.text, words.replace(" or ", ", ").split(", "))
            )
        case kind:
            report.wrong(node, shown(node), _TYPES.get(kind, details["msg"]))
    return node


def _nearest(root: Node, steps: _Steps) -> Node:
    """The deepest existing node on the path, because the error may be about something that is absent."""
    node = root
    for place, step in enumerate(steps):
        inner = node.get(step)
        if inner is not None:
            node = inner
        elif not isinstance(step, int) or place + 1 == len(steps):  # else index of an unlisted value
            break
    return node


def _block(steps: _Steps) -> type[BaseModel] | None:
    for shape, block in BLOCKS.items():
        if len(shape) == len(steps) and all(a in ("*", b) for a, b in zip(shape, steps, strict=True)):
            return block
    return None


def _unknown_key(node: Node, steps: _Steps, report: Report) -> None:
    key = str(steps[-1])
    block = _block(steps[:-1])
    known = list(block.model_fields) if block else []
    if key in LATER:
        report.wrong_key(
            node, f"{quoted(key)}, which is not in this version", any_of(known), "Take it out for now."
        )
    else:
        report.wrong_key(node, f"the unknown key {quoted(key)}", any_of(known), did_you_mean(key, known))


def _cut(node: Node, doomed: set[int]) -> None:
    if isinstance(node.value, dict):
        node.value = {key: child for key, child in node.value.items() if id(child) not in doomed}
        for child in node.value.values():
            _cut(child, doomed)
    elif isinstance(node.value, list):
        node.value = [child for child in node.value if id(child) not in doomed]
        for child in node.value:
            _cut(child, doomed)
