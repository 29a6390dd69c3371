"""A world for runs to live in: a model that follows a script, tools that count, and a plug to pull."""

from dataclasses import dataclass, field

from agentloop import commands as c
from agentloop import events as e
from agentloop.run import Run, apply
from agentloop.steps import idempotency_key


class Killed(Exception):
    """The process is gone, in the middle of what it did."""


@dataclass
class World:
    """`script` has one tuple of (tool, effect) per turn; the turn after the last says goodbye.

    The plug is pulled at the given counts of dangerous moments: before and after each effect.
    """

    script: list[tuple[tuple[str, str], ...]]
    kills: set[int] = field(default_factory=set)
    asks: set[str] = field(default_factory=set)  # tools that a person must approve
    moment: int = 0
    calls: list[tuple[str, str]] = field(default_factory=list)  # effect class and key, as they arrived
    effects: dict[str, int] = field(default_factory=dict)  # key -> how often it took effect
    models: int = 0

    def danger(self) -> None:
        self.moment += 1
        if self.moment in self.kills:
            raise Killed

    def perform(self, run: Run, command: c.Command) -> list[e.Event]:
        """What the command brings: the driver's work, without its I/O."""
        return getattr(self, f"_{type(command).__name__}")(run, command)

    def _RequestModel(self, run, command):
        return [e.ModelRequested(command.turn, command.attempt)]

    def _AskModel(self, run, command):
        self.models += 1
        self.danger()
        tools = self.script[command.turn - 1] if command.turn <= len(self.script) else ()
        calls = tuple(
            e.ToolCall(f"call_{command.turn}_{place}", f"{tool}:{effect}", f'{{"turn":{command.turn}}}')
            for place, (tool, effect) in enumerate(tools)
        )
        self.danger()
        return [e.ModelCompleted((e.Item('{"role":"assistant"}'),), calls, f"turn {command.turn}", 10, 7)]

    def _Judge(self, run, command):
        step = run.step(command.call_id)
        tool, _, effect = step.call.tool.partition(":")
        ask = tool in self.asks and not step.approved_by
        verdict = "deny" if tool == "forbidden" else "ask" if ask else "allow"
        return [e.PolicyDecided(command.call_id, verdict, ("rule",), "no", effect, step.call.arguments)]

    def _RequestApproval(self, run, command):
        step = run.step(command.call_id)
        return [e.ApprovalRequested(f"apr_{step.number}", command.call_id, "people", "", 0)]

    def _Intend(self, run, command):
        step = run.step(command.call_id)
        key = idempotency_key(run.id, step.number, step.call.tool, step.arguments_sha256)
        return [e.ToolIntended(command.call_id, key, command.attempt)]

    def _RunTools(self, run, command):
        outcomes = [self._call(run, call_id) for call_id in command.call_ids]
        for step in map(run.step, command.call_ids):
            if step.effect == "transactional":  # together with its outcome: it is lost where that is
                self.effects[step.key] = self.effects.get(step.key, 0) + 1
        return outcomes

    def _call(self, run, call_id):
        step = run.step(call_id)
        self.danger()
        self.calls.append((step.effect, step.key))
        known = step.effect in ("read", "keyed", "idempotent") and step.key in self.effects
        if not known and step.effect != "transactional":
            self.effects[step.key] = self.effects.get(step.key, 0) + 1
        self.danger()  # it took effect, and nobody was told
        return e.ToolCompleted(call_id, "done")

    def _Reconcile(self, run, command):
        step = run.step(command.call_id)
        self.danger()
        return [e.ToolReconciled(command.call_id, step.key in self.effects, "looked up")]

    def _Abandon(self, run, command):
        return [e.ToolAbandoned(command.call_id, "no answer")]

    def _NoteLimit(self, run, command):
        return [e.LimitReached(command.limit, command.used, command.allowed)]

    def _Finish(self, run, command):
        return [e.RunFinished(command.status, command.reason, command.output)]


def live(world: World, journal: list[e.Event], person=None, rounds: int = 400) -> Run:
    """Drive a run from its journal until it rests, through every kill; what was not appended is forgotten."""
    run = Run("run_1")
    for event in journal:
        run = apply(run, event)
    for _ in range(rounds):
        try:
            command = c.decide(run)
            if isinstance(command, c.Rest):
                word = person(run, command) if person is not None and run.ending is None else None
                if word is None:
                    return run
                news = [word]
            else:
                news = world.perform(run, command)
        except Killed:
            news = [e.RunClaimed("the next worker")]
        for event in news:
            run = apply(run, event)
            journal.append(event)
    raise AssertionError(f"no end after {rounds} rounds: {run.phase}")
