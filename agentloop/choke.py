"""The single checkpoint for tool calls: no call is made without it, and none is allowed by default."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

import msgspec

from agentloop.agents import AGENT, CALLER, HANDOFF, WORD, AgentVersion, ToolVersion
from agentloop.children import definition_of
from agentloop.drawing import drawn
from agentloop.events import Limits, PolicyDecided, ToolCall, Warned
from agentloop.foreign import Unreadable, check_depth
from agentloop.policy import Asking, Escalation, Rule, Ruling, ruled
from agentloop.run import Run
from agentloop.steps import Step, StepState
from agentloop.values import UNLISTED
from config.expressions import Expression, read_expression

MAX_ARGUMENT_BYTES = 64 * 1024

# Checks arguments against a JSON Schema: what is wrong, or None.
Validate = Callable[[Mapping[str, Any], object], str | None]

_ENCODE = msgspec.json.Encoder().encode
_CANONICAL = msgspec.json.Encoder(order="sorted").encode
_STRICT = msgspec.json.Decoder(dict[str, Any])


def unchanged(_tool: ToolVersion) -> str | None:
    """The default of `Door.changed`, for use without tool servers: no tool has changed."""
    return None


class _Refused(Exception):
    """Not allowed: a code that the model may see, the message, and the rule."""

    def __init__(self, code: str, message: str, rule: str) -> None:
        super().__init__(message)
        self.code, self.message, self.rule = code, message, rule


SWITCH = "switch "  # prefix of the rule in a kill switch's verdict
QUARANTINE = "quarantine "  # prefix of the rule in the verdict on a tool that differs from its pin
OUTSIDE = (SWITCH, QUARANTINE)  # such verdicts depend on the world at that moment, not on the run


def refused_by_switch(call_id: str, shown: str) -> PolicyDecided:
    """The verdict on a call of a tool that a kill switch has stopped."""
    message = _message("unavailable", "The operator stopped this tool for now.")
    return PolicyDecided(call_id, "deny", (SWITCH + shown,), message)


_NO_RULES = Ruling("allow", ())
_LISTED = Ruling("allow", ("listed",))


@dataclass(frozen=True, slots=True)
class Case:
    """A call to be judged."""

    run: Run
    step: Step
    agent: AgentVersion


class Remembering(Protocol):
    """Judges calls whose rules count over many runs."""

    def needed(self, agent: AgentVersion) -> bool:
        """Whether the agent has such a rule."""

    async def judged(self, door: "Door", case: Case, now_ms: int) -> PolicyDecided:
        """The verdict, including what those rules counted."""


class Guards(Protocol):
    """Inspect a call's arguments, and say whether it needs a person's approval."""

    def standing(self, case: Case) -> bool:
        """Whether any guard applies to the call."""

    async def warned(self, case: Case) -> Warned | None:
        """What the guards require, or None."""


@dataclass(frozen=True, slots=True)
class Door:
    """The checkpoint. Pure, except for `validate`, which only computes, and the cache `conditions`.

    `changed` returns why a tool differs from its pin, if that is known; await what `looked` returns first.
    """

    validate: Validate
    changed: Callable[[ToolVersion], str | None] = unchanged
    conditions: dict[str, Expression] = field(default_factory=dict)
    past: Remembering | None = None
    looked: Callable[[ToolVersion], Awaitable[object] | None] | None = None
    counted: dict[str, float] = field(default_factory=dict)  # by rule, over many runs; for this call only
    guards: Guards | None = None
    warned: Warned | None = None  # the guards' requirement; for this call only

    def asking(self, case: Case) -> Asking | None:
        """The call as rules see it; None if no rule applies to it."""
        try:
            tool = _resolved(case.step, case.agent)
            return _asking(case.run, tool, _parsed(case.step), case.agent)
        except _Refused:
            return None

    def decide_tool(self, run: Run, step: Step, agent: AgentVersion, now_ms: int) -> PolicyDecided:
        """Whether this call may be made now. The stages follow the order of the contract."""
        try:
            tool = _resolved(step, agent)
            self._as_pinned(tool)
            arguments = _parsed(step)
            self._fits(tool, arguments)
            hashed = sha256(_CANONICAL(arguments)).hexdigest()
            _not_again(run, step, tool, hashed)
            ruling = _warned(self._ruled(run, tool, arguments, agent), self.warned)
            draws = _drawn(run, step, tool, agent)
        except _Refused as refused:
            message = _message(refused.code, refused.message)
            return PolicyDecided(
                *(step.call.call_id, "deny", (refused.rule,), message),
                counted=self.counted,
                warned=self.warned,
            )
        then = ruling.escalate
        groups = (ruling.group,) if then is None else (ruling.group, then.group)
        approved = step.approved_by and step.group in groups
        asks = ruling.verdict == "ask" and not approved
        return PolicyDecided(
            step.call.call_id,
            "ask" if asks else "allow",
            ruling.rules,
            effect=tool.effect,
            arguments_sha256=hashed,
            group=ruling.group,
            expires_ms=now_ms + int(ruling.ttl * 1000) if asks else 0,
            next_group=then.group if asks and then is not None else "",
            next_ms=int(then.ttl * 1000) if asks and then is not None else 0,
            counted=self.counted,
            draws=None if asks else draws,
            hands_over=tool.kind == HANDOFF and not asks,
            word=tool.kind == WORD and not asks,
            theirs=tool.kind == CALLER and not asks,
            warned=self.warned,
        )

    def _ruled(
        self, run: Run, tool: ToolVersion, arguments: Mapping[str, Any], agent: AgentVersion
    ) -> Ruling:
        """The combined ruling of the operator's rules and the agent's own."""
        ruling = _NO_RULES
        if agent.rules and not tool.inline:  # a workflow's own question to a model is not subject to rules
            for rule in agent.rules:
                if rule.when and rule.when not in self.conditions:
                    self._read(rule)
            asking = _asking(run, tool, arguments, agent)
            if self.counted:
                asking = msgspec.structs.replace(asking, counted=self.counted)
            ruling = ruled(agent.rules, asking, self.conditions)
        if ruling.verdict == "deny":
            raise _Refused("denied", ruling.hint, ruling.rules[0])
        if tool.approval is not None:
            ttl = min(tool.approval.ttl, ruling.ttl or tool.approval.ttl)
            rules = ("approval", *ruling.rules)
            return Ruling("ask", rules, tool.approval.group, ttl, escalate=tool.approval.escalate)
        return ruling if ruling.rules else _LISTED

    def _read(self, rule: Rule) -> None:
        try:
            self.conditions[rule.when] = read_expression(rule.when)
        except ValueError:  # the run was pinned when an older version accepted this condition
            message = "The operator's rules cannot be held against this call."
            raise _Refused("denied", message, rule.name) from None

    def _as_pinned(self, tool: ToolVersion) -> None:
        why = self.changed(tool)
        if why is not None:
            message = f"The tool {tool.spoken} is held back: {why}."
            raise _Refused("unavailable", message, QUARANTINE + tool.name)

    def _fits(self, tool: ToolVersion, arguments: object) -> None:
        wrong = self.validate(tool.parameters, arguments)
        if wrong is not None:
            raise _Refused("invalid_arguments", f"The arguments do not fit the tool: {wrong}.", "schema")


def _warned(ruling: Ruling, warned: Warned | None) -> Ruling:
    """The ruling combined with the guards'. If a rule also asks, its group is asked about both."""
    if warned is None:
        return ruling
    if not warned.group:
        message = "A guard could not look at this call, and without it none is made."
        raise _Refused("denied", message, warned.guards[0])
    rules = (*warned.guards, *ruling.rules)
    if ruling.verdict == "ask":
        return msgspec.structs.replace(ruling, rules=rules, ttl=min(ruling.ttl, warned.ttl))
    then = Escalation(warned.next_group, warned.next_ttl) if warned.next_group else None
    return Ruling("ask", rules, warned.group, warned.ttl, escalate=then)


def _message(code: str, message: str) -> str:
    """The error object that the model gets as the tool's output."""
    return _ENCODE({"error": {"code": code, "message": message}}).decode()


def _resolved(step: Step, agent: AgentVersion) -> ToolVersion:
    tool = agent.tool(step.call.tool)
    if tool is None:
        names = ", ".join(tool.spoken for tool in agent.tools) or "none"
        raise _Refused(
            "denied",
            f"There is no tool {step.call.tool[:100]!r} for this agent; there are: {names}.",
            UNLISTED,
        )
    return tool


def _drawn(run: Run, step: Step, tool: ToolVersion, agent: AgentVersion) -> Limits | None:
    """The limits of the child run that the call begins; None if it begins none."""
    if tool.kind == HANDOFF and any(each.hands_over for each in run.steps if each is not step):
        raise _Refused("limit", "Only one agent can go on with this conversation.", HANDOFF)
    if tool.kind != AGENT:
        return None
    behind = run.steps[run.steps.index(step) + 1 :]
    asked = [agent.tool(each.call.tool) for each in behind if each.state is StepState.PLANNED]
    others = sum(other is not None and other.kind == AGENT for other in asked)
    draws = drawn(run, definition_of(tool).limits, others)
    if isinstance(draws, str):
        raise _Refused("limit", f"Too little is left of this run's limit ({draws}) for another agent.", draws)
    return draws


def _asking(run: Run, tool: ToolVersion, arguments: Mapping[str, Any], agent: AgentVersion) -> Asking:
    facts: dict[str, Any] = {}
    for fact in run.facts:
        if fact.of == arguments.get(fact.key):
            facts |= fact.members
    used = run.used
    made: list[tuple[str, ToolCall]] = []
    if agent.looks_back:
        made = [(_name(call, agent), call) for call in run.made]
    counters = {
        "agent": run.agent,
        "turn": run.turn,
        "tool_calls": used.tool_calls,
        "tokens": used.tokens,
        "cost": used.cost / 1e9,
        "errors": used.errors,
    }
    return Asking(tool.name, tool.effect, arguments, facts, run.who, counters, made)


def _name(call: ToolCall, agent: AgentVersion) -> str:
    """The tool's name in the operator's spelling; a previous agent's calls keep the models' spelling."""
    tool = agent.tool(call.tool)
    return call.tool.replace("__", "/", 1) if tool is None else tool.name


def _parsed(step: Step) -> dict[str, Any]:
    """Strict parsing: an object of limited size, each member once."""
    text = step.call.arguments or "{}"
    if len(text.encode(errors="replace")) > MAX_ARGUMENT_BYTES:
        raise _Refused("invalid_arguments", f"The arguments are over {MAX_ARGUMENT_BYTES} bytes.", "size")
    try:
        arguments = _STRICT.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise _Refused("invalid_arguments", "The arguments are no JSON object.", "json") from None
    try:
        check_depth(text, arguments)
    except Unreadable as deep:
        raise _Refused("invalid_arguments", f"The arguments cannot be read: {deep}.", "json") from None
    # As many colons as members means no nested object and no duplicate.
    if text.count(":") != len(arguments) and (twice := _twice(text)) is not None:
        raise _Refused("invalid_arguments", f"The member {twice!r} is there twice.", "json")
    return arguments


def _not_again(run: Run, step: Step, tool: ToolVersion, hashed: str) -> None:
    """The loop detector: refuses the same call after too many repetitions."""
    if step.attempt or step.approved_by or run.place is not None:  # workflows bound their own repetitions
        return
    same = run.calls.count((step.call.tool, hashed))
    if same >= run.limits.same_call:
        raise _Refused(
            "limit", f"This tool was called {same} times with these arguments already.", "same_call"
        )


def _twice(text: str) -> str | None:
    """The first duplicate member of an object, at any depth: which one counts is ambiguous."""
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for name, value in pairs:
            if name in seen:
                found.append(name)
            seen[name] = value
        return seen

    json.loads(text, object_pairs_hook=look)
    return found[0] if found else None
