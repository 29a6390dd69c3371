"""Guards that ask a person, before a run's tool calls: what a call says, and what tools told before it."""

import asyncio
from collections import Counter

import msgspec

from agentloop.agents import WORD
from agentloop.choke import Case
from agentloop.events import Warned
from config.catalog import GuardFacts
from config.toolbox import ToolApproval
from gateway.asking import ask
from gateway.cordons import Post
from gateway.guarding import is_quick
from gateway.services import Services
from guardrails.bodies import Body
from guardrails.guard import Finding, GuardBroken, Segment, Stage

RULE = "guard "  # how the name of a verdict's rule begins that is a guard

_ENCODE = msgspec.json.Encoder().encode


class Cautioning:
    """The guards of the configuration that is in force now, whatever a run began with."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def standing(self, case: Case) -> bool:
        """Whether any of them stands before this call; a person's own word is not judged."""
        tool = case.agent.tool(case.step.call.tool)
        return tool is not None and tool.kind != WORD and not tool.inline and bool(self._posts(case))

    async def warned(self, case: Case) -> Warned | None:
        """What they want of it; where one fails that must not be passed by, that no word helps."""
        texts: list[tuple[Stage, bytes]] = [("tool_call", _said(case)), ("tool_result", _told(case))]
        budget = sum(post.facts.budget for post in self._posts(case))
        asked: list[tuple[GuardFacts, Counter[str]]] = []
        metrics, failed = self._services.books.metrics, list[tuple[str, str]]()
        try:
            for stage, text in texts:
                for post in self._posts(case):
                    if text and stage in post.guard.stages:
                        found = await _found(post, Segment(stage, text), failed, budget)
                        asked.append((post.facts, Counter(each.kind for each in found)))
        except GuardBroken as broken:
            metrics.guard_failures.add((broken.guard, broken.reason))
            return Warned((RULE + broken.guard,))
        for name, reason in failed:
            metrics.guard_failures.add((name, reason))
        asked = [(facts, kinds) for facts, kinds in asked if kinds]
        if not case.step.approved_by:  # what was approved is judged once more, and is no further finding
            for facts, kinds in asked:
                for kind, count in kinds.items():
                    metrics.findings.add((facts.name, kind, "ask", facts.mode), count)
        return _together(asked) if asked else None

    def _posts(self, case: Case) -> tuple[Post, ...]:
        cordons = self._services.deployment.cordons
        return () if cordons is None else cordons.asking(case.run.who.team, case.agent.model)


async def _found(post: Post, segment: Segment, failed: list[tuple[str, str]], budget: float) -> list[Finding]:
    """What one finds. A long text is read in a thread, in its time. Raises GuardBroken."""
    if is_quick(segment.text):
        return list(ask(post, segment, failed))
    try:
        reading = asyncio.to_thread(ask, post, segment, failed)
        return list(await asyncio.wait_for(reading, budget))
    except TimeoutError as late:
        if post.facts.on_error == "block":
            raise GuardBroken(post.facts.name, late, "budget") from late
        failed.append((post.facts.name, "budget"))
        return []


def _said(case: Case) -> bytes:
    """The call's arguments, as guards read them in an answer."""
    return Body.of(_ENCODE({"": case.step.call.arguments})).joined


def _told(case: Case) -> bytes:
    """What tools answered in this conversation."""
    items = [item.json for item in case.run.items if '_call_output"' in item.json]
    return Body.of(f"[{','.join(items)}]".encode()).joined if items else b""


def _together(asked: list[tuple[GuardFacts, Counter[str]]]) -> Warned:
    """The people of the first are asked about all, in the shortest of their times."""
    names = [f"{RULE}{facts.name}: {', '.join(sorted(kinds))}" for facts, kinds in asked]
    approvals = [facts.approval for facts, _ in asked if facts.approval is not None]
    first: ToolApproval = approvals[0]
    then = first.escalate
    return Warned(
        tuple(dict.fromkeys(names)),
        first.group,
        min(each.ttl for each in approvals),
        "" if then is None else then.group,
        0.0 if then is None else then.ttl,
    )
