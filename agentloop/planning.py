"""What a new version of an agent changes, above all what it is newly allowed to do."""

from collections.abc import Mapping
from difflib import unified_diff

from agentloop.agents import AgentVersion, ToolVersion, digest


def differences(old: Mapping[str, AgentVersion], new: Mapping[str, AgentVersion]) -> dict[str, list[str]]:
    """The `changes` of each agent by name, including agents that are gone."""
    gone = {name: ["gone: nobody can begin a run of it"] for name in old if name not in new}
    return {name: changes(old.get(name), each) for name, each in new.items()} | gone


def changes(old: AgentVersion | None, new: AgentVersion) -> list[str]:
    """One sentence per change; empty if the versions are equal."""
    if old is None:
        reach = ", ".join(tool.name for tool in new.tools) or "nothing"
        return [f"new: it can call {reach}"]
    found = []
    if old.model != new.model:
        found.append(f"model: {old.model} → {new.model}")
    if old.instructions != new.instructions:
        found += _text(old.instructions, new.instructions)
    if old.parameters != new.parameters:
        found.append(f"parameters: {old.parameters} → {new.parameters}")
    found += _tools(old, new)
    found += _rules(old, new)
    for name in new.limits.__struct_fields__:
        before, after = getattr(old.limits, name), getattr(new.limits, name)
        if before != after:
            found.append(f"limit {name}: {before} → {after}")
    if old.flow != new.flow:
        found.append("the workflow's graph changed")
    if not found and digest(old) != digest(new):
        found.append("its tools or rules stand in another order")
    return found


def _text(old: str, new: str) -> list[str]:
    lines = unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return [f"instructions: {line}" for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def _rules(old: AgentVersion, new: AgentVersion) -> list[str]:
    before = {rule.name: rule for rule in old.rules}
    after = {rule.name: rule for rule in new.rules}
    found = [f"rule {name} is new ({after[name].verb})" for name in after if name not in before]
    found += [f"gain: the rule {name} is gone ({before[name].verb})" for name in before if name not in after]
    return found + [f"rule {name} changed" for name in after if before.get(name, after[name]) != after[name]]


def _tools(old: AgentVersion, new: AgentVersion) -> list[str]:
    before = {tool.name: tool for tool in old.tools}
    after = {tool.name: tool for tool in new.tools}
    found = [f"gain: it can now call {name} ({after[name].effect})" for name in after if name not in before]
    found += [f"loss: it can no longer call {name}" for name in before if name not in after]
    for name in after:
        if name in before and before[name] != after[name]:
            found += _tool(before[name], after[name])
    return found


def _tool(old: ToolVersion, new: ToolVersion) -> list[str]:
    name = new.name
    if old.approval is not None and new.approval is None:
        return [f"gain: it can now call {name} without asking {old.approval.group}"]
    changed = [each for each in new.__struct_fields__ if getattr(old, each) != getattr(new, each)]
    return [f"tool {name}: {', '.join(changed)} changed"]
