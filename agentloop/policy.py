"""Evaluates policies for a tool call: forbid beats ask, ask beats permit, undecidable rules never permit."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

import msgspec

from agentloop.events import ToolCall, Who
from config.expressions import Expression, Undecided

Verb = Literal["permit", "forbid", "require_approval"]


class History(msgspec.Struct, frozen=True):
    """Holds if the run began at least `calls` calls of these tools with the `same` arguments as this one.

    With `within` seconds it counts over all runs of the `scope`; with `sum` it adds up that value, and
    holds above `over`.
    """

    tools: tuple[str, ...]
    same: tuple[str, ...] = ()
    calls: int = 1
    within: float = 0.0
    sum: str = ""
    over: float = 0.0
    scope: str = "team"


class Escalation(msgspec.Struct, frozen=True):
    """The group asked next if nobody answers, and for how many seconds."""

    group: str
    ttl: float


class Rule(msgspec.Struct, frozen=True):
    """One rule; an empty field matches everything. Only the rules for the agent are pinned to the run."""

    name: str
    verb: Verb
    tools: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    when: str = ""
    history: History | None = None
    group: str = ""
    ttl: float = 0.0
    escalate: Escalation | None = None


class Asking(msgspec.Struct, frozen=True):
    """A call to judge. `facts` describe what its arguments identify; `made` are the run's earlier calls."""

    tool: str  # server/tool
    effect: str
    arguments: Mapping[str, Any]
    facts: Mapping[str, Any]
    who: Who
    run: Mapping[str, Any]
    made: Sequence[tuple[str, ToolCall]] = ()  # each with the tool's name in the operator's spelling
    counted: Mapping[str, float] = {}  # by rule: the count or sum over many runs


class Ruling(msgspec.Struct, frozen=True):
    """The verdict and the rules that led to it; `hint` is for the model."""

    verdict: Literal["allow", "deny", "ask"]
    rules: tuple[str, ...]
    group: str = ""
    ttl: float = 0.0
    hint: str = ""
    escalate: Escalation | None = None


_DENIED = "The operator's rules forbid this call."


def ruled(rules: Sequence[Rule], asking: Asking, conditions: Mapping[str, Expression]) -> Ruling:
    """The ruling for a call. `conditions` maps the texts of `when` to parsed expressions.

    If any rule permits something, a call that no rule permits is denied.
    """
    matching = [rule for rule in rules if matches(rule, asking)]
    asks: list[Rule] = []
    permits: list[Rule] = []
    hint = ""
    for rule in sorted(matching, key=lambda rule: _ORDER[rule.verb]):
        try:
            applies = _holds(rule, asking, conditions)
        except Undecided as undecided:
            hint = hint or _hint(undecided)
            if rule.verb != "permit":  # an undecidable forbid or ask must not let the call pass
                return Ruling("deny", (rule.name,), hint=hint)
            continue
        if applies and rule.verb == "forbid":
            return Ruling("deny", (rule.name,), hint=_DENIED)
        if applies:
            (permits if rule.verb == "permit" else asks).append(rule)
    names = tuple(rule.name for rule in (*asks, *permits))
    if not permits and any(rule.verb == "permit" for rule in rules):
        return Ruling("deny", ("unpermitted",), hint=hint or _DENIED)
    if asks:
        shortest = min(rule.ttl for rule in asks)
        return Ruling("ask", names, asks[0].group, shortest, escalate=asks[0].escalate)
    return Ruling("allow", names)


_ORDER: dict[Verb, int] = {"forbid": 0, "require_approval": 1, "permit": 2}


def tool_matches(tool: str, patterns: Sequence[str]) -> bool:
    """Whether any of the patterns matches the tool."""
    return tool in patterns or any(fnmatchcase(tool, each) for each in patterns)


def named(asking: Asking, name: str) -> Any:
    """The value that a name in `same` or `sum` stands for: an argument, or `facts.NAME`; None if missing."""
    root, _, rest = name.partition(".")
    if root == "facts" and rest:
        return asking.facts.get(rest)
    return asking.arguments.get(rest if root == "args" and rest else name)


def matches(rule: Rule, asking: Asking) -> bool:
    """Whether a rule concerns the call, before its condition is evaluated."""
    return (
        (not rule.tools or tool_matches(asking.tool, rule.tools))
        and (not rule.effects or asking.effect in rule.effects)
        and (not rule.teams or asking.who.team in rule.teams)
    )


def _holds(rule: Rule, asking: Asking, conditions: Mapping[str, Expression]) -> bool:
    if rule.history is not None and not _counts(rule, rule.history, asking):
        return False
    if not rule.when:
        return True
    return conditions[rule.when].holds(
        {
            "args": asking.arguments,
            "facts": asking.facts,
            "tool": {"name": asking.tool, "effect": asking.effect},
            "run": asking.run,
            "principal": msgspec.structs.asdict(asking.who),
        }
    )


def _counts(rule: Rule, history: History, asking: Asking) -> bool:
    if not history.within:
        return _happened(history, asking)
    number = asking.counted.get(rule.name)
    if number is None:
        missing = next((each for each in (*history.same, history.sum) if named(asking, each) is None), "")
        raise Undecided(f"{rule.name} was not counted", missing)
    return number > history.over if history.sum else number >= history.calls


def _happened(history: History, asking: Asking) -> bool:
    wanted = [asking.arguments.get(each) for each in history.same]
    texts = [each for each in wanted if isinstance(each, str)]
    before = 0
    for name, call in asking.made:
        if _may_say(call.arguments, texts) and tool_matches(name, history.tools):
            given = msgspec.json.decode(call.arguments or "{}")
            before += [given.get(each) for each in history.same] == wanted
    return before >= history.calls


def _may_say(arguments: str, texts: Sequence[str]) -> bool:
    """False if one of the texts is clearly missing from the arguments; avoids parsing their JSON."""
    if "\\" in arguments:
        return True
    for text in texts:
        if text not in arguments:
            return False
    return True


def _hint(undecided: Undecided) -> str:
    root, _, name = undecided.missing.partition(".")
    if root == "facts" and name:
        return f"It is not known yet what {name} is: look it up with a tool first, then call again."
    return "The operator's rules cannot be held against this call."
