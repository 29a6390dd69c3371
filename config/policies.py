"""Compiles policies: checks each name, parses each condition."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from config.agents import is_meant
from config.errors import any_of, did_you_mean, quoted
from config.escalating import escalation
from config.expressions import Expression, read_expression
from config.models import Scope
from config.node import Node
from config.policy_schema import VERBS, AskEntry, HistoryEntry, MatchEntry, PolicyEntry, RuleEntry
from config.toolbox import HistoryFacts, RuleFacts, ToolServerFacts

DEFAULT_TEAM = "default"  # which every installation has
# The names that conditions may use; `facts` and `args` have members.
ROOTS = ("args", "facts", "tool", "run", "principal")


@dataclass(frozen=True, slots=True)
class Declared:
    """The names that rules may refer to: all that the file declares, including invalid entries."""

    servers: Mapping[str, ToolServerFacts]
    agents: Collection[str]  # and workflows
    teams: Collection[str]


def compile_policy(
    name: str, entry: PolicyEntry, node: Node, declared: Declared, scope: Scope
) -> tuple[RuleFacts, ...]:
    """The rules of one policy, in the order of the file."""
    compiler = _Rules(name, declared, scope)
    found = [compiler.rule(each, node.get("rules", index) or node) for index, each in enumerate(entry.rules)]
    return tuple(rule for rule in found if rule is not None)


class _Rules:
    def __init__(self, policy: str, declared: Declared, scope: Scope) -> None:
        self._policy = policy
        self._declared = declared
        self._tools = [tool for server in declared.servers.values() for tool in server.tools.values()]
        self._scope = scope

    def rule(self, entry: RuleEntry, node: Node) -> RuleFacts | None:
        given = {verb: getattr(entry, verb) for verb in VERBS if getattr(entry, verb) is not None}
        if len(given) != 1:
            found = ", ".join(given) or "none of them"
            self._scope.report.wrong(node, found, f"one of {', '.join(VERBS)} in the rule {quoted(entry.id)}")
            return None
        [(verb, match)] = given.items()
        place = node.get(verb) or node
        self._known(match.tools, place.get("tools") or place)
        self._agents_there(match.agents, place.get("agents") or place)
        self._teams_there(match.teams, place.get("teams") or place)
        if match.when:
            self._condition(match.when, place.get("when") or place)
        history = None
        if match.history is not None:
            self._known(match.history.tools, place.get("history", "tools") or place)
            history = self._history(match.history, match.tools, place.get("history") or place)
        return _facts(f"{self._policy}/{entry.id}", verb, match, history)

    def _history(self, given: HistoryEntry, tools: tuple[str, ...], node: Node) -> HistoryFacts:
        if (given.sum is None) is not (given.over is None) or (given.sum and given.within is None):
            self._scope.report.wrong(node, "half of a sum", "sum, over and within together")
        yielded = {fact for tool in self._tools for fact in tool.facts}
        for name in (*given.same, given.sum or ""):
            if name.startswith("facts.") and name.removeprefix("facts.") not in yielded:
                self._scope.report.wrong(node, quoted(name), f"facts that a tool yields: {any_of(yielded)}")
        return HistoryFacts(
            given.tools or tools or ("*",),
            given.same,
            given.calls,
            given.within or 0.0,
            given.sum or "",
            float(given.over or 0),
            given.scope,
        )

    def _known(self, patterns: Sequence[str], node: Node) -> None:
        names = [tool.name for tool in self._tools]
        for index, pattern in enumerate(patterns):
            if pattern.startswith(("agents/", "handoffs/", "memory/")):
                continue  # an agent, or its memory: agents are compiled after the rules
            if not any(fnmatchcase(name, pattern) for name in names):
                hint = did_you_mean(pattern, names)
                found = f"{quoted(pattern)}, which is no tool"
                self._scope.report.wrong(node.get(index) or node, found, any_of(names), hint)

    def _agents_there(self, patterns: Sequence[str], node: Node) -> None:
        """Reports unknown agents: a rule about one would silently never apply."""
        names = self._declared.agents
        for index, pattern in enumerate(patterns):
            if not any(is_meant(name, pattern) for name in names):
                found = f"{quoted(pattern)}, which is no agent"
                hint = did_you_mean(pattern, [*names])
                self._scope.report.wrong(node.get(index) or node, found, any_of(names), hint)

    def _teams_there(self, teams: Sequence[str], node: Node) -> None:
        """Only warns about unknown teams: a team may exist only in the database."""
        names = {*self._declared.teams, DEFAULT_TEAM}
        for index, team in enumerate(teams):
            if team not in names:
                found = f"{quoted(team)}, which is no team of the file"
                hint = did_you_mean(team, [*names]) or "The rule is about one that the database has, if any."
                self._scope.report.warn(node.get(index) or node, found, any_of(names), hint)

    def _condition(self, text: str, node: Node) -> None:
        try:
            expression = read_expression(text)
        except ValueError as error:
            self._scope.report.wrong(node, quoted(text), f"a condition; {error}")
            return
        for name in sorted(expression.names):
            if name.partition(".")[0] not in ROOTS:
                self._scope.report.wrong(node, quoted(name), f"what conditions know: {', '.join(ROOTS)}")
        self._facts_there(expression, node)

    def _facts_there(self, expression: Expression, node: Node) -> None:
        """Reports facts that no tool yields: such a condition would silently refuse every call."""
        yielded = {fact for tool in self._tools for fact in tool.facts}
        for name in sorted(expression.names):
            root, _, fact = name.partition(".")
            if root == "facts" and fact and fact.partition(".")[0] not in yielded:
                self._scope.report.wrong(node, quoted(name), f"facts that a tool yields: {any_of(yielded)}")


def _facts(name: str, verb: str, match: MatchEntry, history: HistoryFacts | None) -> RuleFacts:
    return RuleFacts(
        name,
        verb,
        match.agents,
        match.tools,
        match.effects,
        match.teams,
        match.when,
        history,
        match.group if isinstance(match, AskEntry) else "",
        match.ttl if isinstance(match, AskEntry) else 0.0,
        escalation(match.escalate) if isinstance(match, AskEntry) else None,
    )
