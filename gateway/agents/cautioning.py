"""Guards with the action `ask`, run before a tool call: on its arguments and earlier results."""

import asyncio
from collections import Counter
from contextlib import suppress

import msgspec

from agentloop.agents import WORD
from agentloop.choke import Case
from agentloop.events import Warned
from config.catalog import GuardFacts
from config.toolbox import ToolApproval
from gateway.agents.cautioning_elsewhere import warned_elsewhere
from gateway.guardrails.asking import ask
from gateway.guardrails.cordons import NOBODY, Asking, Post
from gateway.services import Services
from guardrails.bodies import Body
from guardrails.guard import AT_ONCE, Finding, GivingWay, GuardBroken, Lengthy, Segment, Span, Stage

RULE = "guard "  # prefix of the rule in a guard's verdict

_ENCODE = msgspec.json.Encoder().encode


class Cautioning:
    """The guards of the current configuration, whatever version the run is pinned to."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def standing(self, case: Case) -> bool:
        """Whether any guard applies to this call; a person's decision and built-in steps are exempt."""
        tool = case.agent.tool(case.step.call.tool)
        return tool is not None and tool.kind != WORD and not tool.inline and any(self._posts(case))

    async def warned(self, case: Case) -> Warned | None:
        """The approval the guards require, or None; no group if a guard failed that must not be skipped."""
        posts, metrics = self._posts(case), self._services.books.metrics
        texts: list[tuple[Stage, Body | None]] = [("tool_call", _said(case)), ("tool_result", _told(case))]
        failed = list[tuple[str, str]]()
        try:
            asked = await _here(posts.here, texts, failed)
            if posts.elsewhere and not case.step.approved_by:  # a remote verdict may differ each time
                found = await warned_elsewhere(self._services, case, posts.elsewhere, texts, failed)
                asked += [(post.facts, kinds) for post, kinds in found]
        except GuardBroken as broken:
            metrics.guard_failures.add((broken.guard, broken.reason))
            return Warned((RULE + broken.guard,))
        for name, reason in failed:
            metrics.guard_failures.add((name, reason))
        asked = [(facts, kinds) for facts, kinds in asked if kinds]
        if not case.step.approved_by:  # an approved call is judged again; its findings were counted before
            for facts, kinds in asked:
                for kind, count in kinds.items():
                    metrics.findings.add((facts.name, kind, "ask", facts.mode), count)
        return _together(asked) if asked else None

    def _posts(self, case: Case) -> Asking:
        cordons = self._services.deployment.cordons
        return NOBODY if cordons is None else cordons.asking(case.run.who.team, case.agent.model)


async def _here(
    posts: tuple[Post, ...], texts: list[tuple[Stage, Body | None]], failed: list[tuple[str, str]]
) -> list[tuple[GuardFacts, Counter[str]]]:
    """The findings of the guards in this process, by type. Raises GuardBroken."""
    budget = sum(post.facts.budget for post in posts)
    asked = []
    for stage, body in texts:
        for post in posts:
            if body is not None and body.joined and stage in post.guard.stages:
                found = await _found(post, stage, body, failed, budget)
                asked.append((post.facts, Counter(each.kind for each in found)))
    return asked


async def _found(
    post: Post, stage: Stage, body: Body, failed: list[tuple[str, str]], budget: float
) -> list[Finding]:
    """One guard's findings. A long text is scanned in a thread, within the budget. Raises GuardBroken."""

    def look(span: Span) -> list[Finding]:
        return body.asked(lambda text: ask(post, Segment(stage, text, span=span), failed))

    if len(body.joined) <= AT_ONCE:
        with suppress(Lengthy):
            return look(Span())
    try:
        return await asyncio.wait_for(asyncio.to_thread(look, GivingWay(budget)), budget)
    except (TimeoutError, Lengthy) as late:
        if post.facts.on_error == "block":
            raise GuardBroken(post.facts.name, late, "budget") from late
        failed.append((post.facts.name, "budget"))
        return []


def _said(case: Case) -> Body:
    """The call's arguments, in the form in which guards read an answer."""
    return Body.of(_ENCODE({"": case.step.call.arguments}))


def _told(case: Case) -> Body | None:
    """The tools' outputs in this conversation; None if there are none."""
    items = [item.json for item in case.run.items if '_call_output"' in item.json]
    return Body.of(f'{{"input":[{",".join(items)}]}}'.encode()) if items else None


def _together(asked: list[tuple[GuardFacts, Counter[str]]]) -> Warned:
    """One approval for all findings: by the first guard's group, within the shortest time of all."""
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
