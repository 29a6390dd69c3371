"""Facts: values from a tool's own answer, which rules may trust, unlike what a model wrote."""

from collections.abc import Mapping
from typing import Any

import msgspec

from agentloop.agents import ToolVersion
from agentloop.events import Event, Fact, ToolCompleted
from agentloop.foreign import Unreadable, read
from agentloop.steps import Step


def stated(tool: ToolVersion, step: Step, event: Event) -> Event:
    """The event with the facts that the operator declared for the tool; missing members are omitted."""
    if not tool.facts or not isinstance(event, ToolCompleted):
        return event
    try:
        answer = read(event.output)
        named = read(step.call.arguments or "{}").get(tool.facts_key)
    except Unreadable:
        return event
    if not isinstance(named, str):
        return event
    found = {name: member(answer, path) for name, path in tool.facts.items()}
    members = {name: value for name, value in found.items() if value is not None}
    return msgspec.structs.replace(event, fact=Fact(tool.facts_key, named, members))


def member(answer: Any, path: str) -> Any:
    """The value at a dotted path, in which a number is a list index; None if there is none."""
    value = answer
    for name in path.split("."):
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
