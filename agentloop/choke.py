"""The one door for every effect: no tool is called that did not come through here, and none by default."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

from agentloop.agents import AgentVersion, ToolVersion
from agentloop.events import PolicyDecided, Verdict
from agentloop.run import Run
from agentloop.steps import Step

MAX_ARGUMENT_BYTES = 64 * 1024

# Judges arguments by a JSON Schema: what is wrong, or None.
Validate = Callable[[Mapping[str, Any], object], str | None]

_ENCODE = msgspec.json.Encoder().encode
_CANONICAL = msgspec.json.Encoder(order="sorted").encode
_STRICT = msgspec.json.Decoder(dict[str, msgspec.Raw])


class _Refused(Exception):
    """Not allowed: a code that the model may see, our words for it, and the rule."""

    def __init__(self, code: str, message: str, rule: str) -> None:
        super().__init__(message)
        self.code, self.message, self.rule = code, message, rule


@dataclass(frozen=True, slots=True)
class Door:
    """Pure but for `validate`, which only computes."""

    validate: Validate

    def decide_tool(self, run: Run, step: Step, agent: AgentVersion, now_ms: int) -> PolicyDecided:
        """Whether this call may be made, now. The stages are in the order of the contract."""
        try:
            tool = _resolved(step, agent)
            arguments = _parsed(step)
            self._fits(tool, arguments)
            hashed = sha256(_CANONICAL(arguments)).hexdigest()
            _not_again(run, step, tool, hashed)
        except _Refused as refused:
            message = _ENCODE({"error": {"code": refused.code, "message": refused.message}}).decode()
            return PolicyDecided(step.call.call_id, "deny", (refused.rule,), message)
        verdict: Verdict = "allow"
        rules: tuple[str, ...] = ("listed",)
        group, expires_ms = "", 0
        if tool.approval is not None:
            rules, group = ("approval",), tool.approval.group
            if not step.approved_by:
                verdict = "ask"
                expires_ms = now_ms + int(tool.approval.ttl * 1000)
        return PolicyDecided(
            step.call.call_id,
            verdict,
            rules,
            effect=tool.effect,
            arguments_sha256=hashed,
            group=group,
            expires_ms=expires_ms,
        )

    def _fits(self, tool: ToolVersion, arguments: object) -> None:
        wrong = self.validate(tool.parameters, arguments)
        if wrong is not None:
            raise _Refused("invalid_arguments", f"The arguments do not fit the tool: {wrong}.", "schema")


def _resolved(step: Step, agent: AgentVersion) -> ToolVersion:
    tool = agent.tool(step.call.tool)
    if tool is None:
        names = ", ".join(tool.spoken for tool in agent.tools) or "none"
        raise _Refused(
            "denied", f"There is no tool {step.call.tool!r} for this agent; there are: {names}.", "unlisted"
        )
    return tool


def _parsed(step: Step) -> dict[str, Any]:
    """Strictly: an object, each member once, of a bounded size."""
    text = step.call.arguments or "{}"
    if len(text.encode(errors="replace")) > MAX_ARGUMENT_BYTES:
        raise _Refused("invalid_arguments", f"The arguments are over {MAX_ARGUMENT_BYTES} bytes.", "size")
    try:
        _STRICT.decode(text)
        arguments: dict[str, Any] = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise _Refused("invalid_arguments", "The arguments are no JSON object.", "json") from None
    if (twice := _twice(text)) is not None:
        raise _Refused("invalid_arguments", f"The member {twice!r} is there twice.", "json")
    return arguments


def _not_again(run: Run, step: Step, tool: ToolVersion, hashed: str) -> None:
    """The loop detector: the same call over and over helps nobody."""
    if step.attempt or step.approved_by:
        return
    same = sum(call == (step.call.tool, hashed) for call in run.calls)
    if same >= run.limits.same_call:
        raise _Refused(
            "limit", f"This tool was called {same} times with these arguments already.", "same_call"
        )


def _twice(text: str) -> str | None:
    """The first member that an object, at any depth, has twice: which one counts is anybody's guess."""
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
