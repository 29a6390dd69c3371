"""What callers may do with runs: start, read, pause, cancel, approve."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from agentloop.agents import digest, version, written
from agentloop.events import (
    BudgetRaised,
    CancelRequested,
    DoubtResolved,
    Event,
    Item,
    LimitReached,
    Resolution,
    RunCreated,
    RunPaused,
    RunResumed,
    Who,
)
from agentloop.foreign import Unreadable, check
from agentloop.forking import NotForkable, fork
from agentloop.handing import NotHanded, Unanswered, answered
from agentloop.journal import Damaged, Entry, Journal, KeyReused, RunNotFound, RunRecord
from agentloop.run import Run, replay
from agentloop.steps import IllegalMove, Step
from agentloop.switches import Switches
from agentloop.words import Final, NoApproval, TooFast, Word, awaiting, judged, speak
from config.toolbox import AgentFacts
from dialects.errors import UNREADABLE
from gateway.agents.paging import Page
from gateway.agents.separating import began
from gateway.agents.sharing import chosen
from gateway.errors import (
    BadRequest,
    Conflict,
    KeyUsed,
    NotAllowed,
    NotFound,
    RoleNeeded,
    Stopped,
    Unavailable,
)
from gateway.services import Services
from ledger.principal import Principal
from storage.errors import StoreError

_LONGEST_KEY = 200  # characters of an Idempotency-Key, as in the table
_APPROVER = "approver"  # a key with this tag approves for the group that is its value

_ENCODE = msgspec.json.Encoder().encode


class NewRun(msgspec.Struct, forbid_unknown_fields=True):
    """The request body that starts a run."""

    agent: str
    input: str | list[msgspec.Raw]


class _InputItem(msgspec.Struct):
    """The minimum that input items of every type must satisfy."""

    type: str = "message"
    role: Literal["user", "assistant", "system", "developer"] | None = None
    content: str | list[dict[str, Any]] | None = None


_READ = msgspec.json.Decoder(NewRun)
_READ_ITEM = msgspec.json.Decoder(_InputItem)


class Order(msgspec.Struct, frozen=True):
    """A requested run, whichever API it came through. `hashed` is the hash of the whole request."""

    agent: str
    items: tuple[Item, ...]
    hashed: str
    request_key: str | None = None
    previous: str = ""
    background: bool = False
    metadata: dict[str, str] = {}


class Said(msgspec.Struct, frozen=True):
    """An approver's decision."""

    approve: bool
    reason: str = ""
    arguments_sha256: str = ""  # of the arguments the approver saw, if given


@dataclass(frozen=True, slots=True)
class Desk:
    """The operations on runs, for all APIs. They raise GatewayError.

    `wake` is called when a run became due; `new_id` returns unguessable ids.
    """

    services: Services
    journal: Journal
    wake: Callable[[], None]
    new_id: Callable[[], str]
    switches: Switches | None = None

    async def begin(self, principal: Principal, body: bytes, request_key: str | None) -> RunRecord:
        """Starts a run from a request body of `/v1/runs`."""
        try:
            asked = _READ.decode(body)
        except UNREADABLE as error:
            raise BadRequest(f"The body is not a valid run: {error}. Expected {{agent, input}}.") from None
        if not asked.input:
            raise BadRequest("There is no input: expected a text or items.", param="input")
        return await self.order(
            principal, Order(asked.agent, items_of(asked.input), hash_of(body), request_key)
        )

    def agent(self, principal: Principal, name: str) -> AgentFacts:
        """A declared agent, or one that a label chooses, that the caller's key may use with all it calls."""
        catalog = self.services.deployment.catalog
        split = catalog.agent_labels.get(name)
        meant = name if split is None else chosen(split, principal.user or principal.key_id)
        facts = catalog.agents.get(meant)
        if facts is None:
            raise NotFound(
                f"There is no agent '{name}' here. The key may use: {self._names(principal)}.",
                param="agent",
            )
        if not principal.allows(f"agent:{name}") or not all(map(principal.allows, facts.models)):
            raise NotAllowed(
                f"This key may not use the agent '{name}' or its model '{', '.join(facts.models)}'.",
                param="agent",
            )
        for other in facts.below():
            inline = facts.flow is not None and other.name.startswith(f"{facts.name}.")
            named = inline or principal.allows(f"agent:{other.name}")
            if not named or not all(map(principal.allows, other.models)):
                raise NotAllowed(
                    f"The agent '{name}' calls '{other.name}': this key may not use that agent or its model.",
                    param="agent",
                )
        return facts

    async def order(self, principal: Principal, order: Order) -> RunRecord:
        """Starts a run of a declared agent, with the rights of the caller's key."""
        if order.request_key is not None and not 0 < len(order.request_key) <= _LONGEST_KEY:
            raise BadRequest(f"The Idempotency-Key has 1 to {_LONGEST_KEY} characters.")
        agent = version(self.agent(principal, order.agent))
        stopped = self.switches and self.switches.stopped(principal.team, agent.name, agent.model)
        if stopped:
            raise Stopped(f"An operator has stopped {stopped.shown}.")
        record = RunRecord(
            f"run_{self.new_id()}",
            principal.team,
            principal.key_id,
            agent.name,
            digest(agent),
            request_key=order.request_key,
            request_hash=order.hashed,
        )
        created = RunCreated(
            agent.name,
            record.digest,
            order.items,
            agent.limits,
            written(agent),
            order.previous,
            order.background,
            order.metadata,
            Who(principal.team, principal.key_id, principal.user or "", dict(principal.tags)),
            flow=agent.undoes,
        )
        try:
            begun = await self.journal.create(record, created)
        except KeyReused as error:
            raise KeyUsed(str(error)) from None
        except StoreError as error:
            raise Unavailable("The run cannot be recorded now; try again later.") from error
        self.wake()
        return begun

    async def fork(self, principal: Principal, run_id: str, at: int | None) -> RunRecord:
        """A new run that begins like one of the team's runs, with the agent as declared now.

        It has the rights of the caller's key.
        """
        record = await self._record(principal, run_id)
        _, events = await self.events(principal, run_id, 0)
        try:
            _, forked = fork("", record, events[: record.head], at)
        except NotForkable as error:
            raise BadRequest(str(error), param="at") from None
        order = Order(forked.agent, forked.input, "", metadata=forked.metadata)
        return await self.order(principal, order)

    async def show(self, principal: Principal, run_id: str) -> tuple[RunRecord, Run]:
        """One of the team's runs: its row and its state, replayed from the journal."""
        record = await self._record(principal, run_id)
        return record, await self._replayed(record)

    async def listed(self, principal: Principal, status: str | None, asked: Page) -> list[RunRecord]:
        """The team's newest runs, plus one more than the page holds if there are more. Raises NotFound."""
        after = None if asked.after is None else await self._record(principal, asked.after)
        try:
            return await self.journal.listed(principal.team, status, asked.limit + 1, after)
        except StoreError as error:
            raise Unavailable("Runs cannot be looked up now; try again later.") from error

    async def events(self, principal: Principal, run_id: str, after: int) -> tuple[RunRecord, list[Event]]:
        """The run's row, and its events from number `after` on."""
        record = await self._record(principal, run_id)
        try:
            return record, await self.journal.events(run_id, after)
        except Damaged as error:
            raise Conflict(str(error)) from None
        except StoreError as error:
            raise Unavailable("The run cannot be read now; try again later.") from error

    async def entries(self, principal: Principal, run_id: str) -> tuple[RunRecord, list[Entry]]:
        """The run's row and journal, with the time of each event."""
        record = await self._record(principal, run_id)
        try:
            return record, await self.journal.entries(run_id)
        except Damaged as error:
            raise Conflict(str(error)) from None
        except StoreError as error:
            raise Unavailable("The run cannot be read now; try again later.") from error

    async def cancel(self, principal: Principal, run_id: str) -> RunRecord:
        """Begin nothing more; calls in flight are settled first."""
        return await self._say(principal, run_id, lambda run: [CancelRequested(principal.key_id)])

    async def pause(self, principal: Principal, run_id: str) -> RunRecord:
        """Hold the run: nothing new is started."""
        return await self._say(principal, run_id, lambda run: [RunPaused(principal.key_id)])

    async def resume(self, principal: Principal, run_id: str) -> RunRecord:
        """Let the run continue."""
        return await self._say(principal, run_id, lambda run: [RunResumed(principal.key_id)])

    async def judge(self, principal: Principal, run_id: str, words: Mapping[str, Said]) -> RunRecord:
        """Applies an approver's decisions, by approval id, to exactly the calls they saw: all or none."""

        def resolved(run: Run) -> list[Event]:
            events: list[Event] = []
            for approval_id, said in words.items():
                step = awaiting(run, approval_id, int(self.journal.clock() * 1000))
                _check_approver(principal, step)
                if said.arguments_sha256 not in ("", step.arguments_sha256):
                    raise Conflict("The arguments of the call differ from those that are approved.")
                by, reason = principal.key_id, said.reason
                events.append(judged(step, approve=said.approve, by=by, reason=reason))
            return events

        record = await self._record(principal, run_id)
        if await self._began(record, principal):
            raise RoleNeeded("You cannot approve calls of a run that you started; ask another approver.")
        return await self._say(principal, run_id, resolved)

    async def answered(self, principal: Principal, run_id: str, outputs: Mapping[str, str]) -> RunRecord:
        """Records the client's results, which must cover all calls that were handed to it."""

        def said(run: Run) -> list[Event]:
            if principal.key_id != run.who.key and (not principal.user or principal.user != run.who.user):
                raise RoleNeeded(
                    "Only the key that started the run, or its user, may report results of its calls."
                )
            try:
                return [answered(run, outputs, principal.key_id)]
            except NotHanded as error:
                raise Conflict(str(error)) from None
            except Unanswered as error:
                raise BadRequest(str(error), param="input") from None

        return await self._say(principal, run_id, said)

    async def raised(self, principal: Principal, run_id: str, to: int, *, refuse: bool = False) -> RunRecord:
        """An operator's decision at a soft limit: a new soft limit, the hard one (0), or no further."""

        def word(run: Run) -> list[Event]:
            over = run.over
            if over is None:
                raise Conflict("The run does not wait at a soft limit.")
            if refuse:
                return [LimitReached(over.limit, over.used, over.allowed)]
            return [BudgetRaised(over.limit, to, principal.key_id)]

        _check_operator(principal, "raise a run's limit")
        return await self._say(principal, run_id, word)

    async def resolve(
        self, principal: Principal, run_id: str, call_id: str, resolution: Resolution
    ) -> RunRecord:
        """An operator's decision about a call whose outcome is unknown."""
        _check_operator(principal, "say what became of a call")
        return await self._say(
            principal, run_id, lambda run: [DoubtResolved(call_id, resolution, principal.key_id)]
        )

    async def _say(self, principal: Principal, run_id: str, word: Word) -> RunRecord:
        try:
            said = await speak(self.journal, run_id, word, principal.team)
        except RunNotFound:
            raise _not_found(run_id) from None
        except NoApproval as error:
            raise NotFound(str(error)) from None
        except (Final, Damaged) as error:
            raise Conflict(str(error)) from None
        except IllegalMove as error:
            raise Conflict(f"The run does not accept this now: {error}.") from None
        except TooFast as error:
            raise Unavailable(str(error)) from None
        except StoreError as error:
            raise Unavailable("The run cannot be changed now; try again later.") from error
        self.wake()
        return said

    async def _record(self, principal: Principal, run_id: str) -> RunRecord:
        try:
            return await self.journal.record(run_id, principal.team)
        except RunNotFound:
            raise _not_found(run_id) from None
        except StoreError as error:
            raise Unavailable("The run cannot be looked up now; try again later.") from error

    async def _began(self, record: RunRecord, principal: Principal) -> bool:
        try:
            return await began(self.journal.database, record.key_id, principal.key_id)
        except StoreError as error:
            raise Unavailable("The run cannot be looked up now; try again later.") from error

    async def _replayed(self, record: RunRecord) -> Run:
        try:
            events = await self.journal.events(record.id)
        except Damaged as error:
            raise Conflict(str(error)) from None
        except StoreError as error:
            raise Unavailable("The run cannot be read now; try again later.") from error
        return replay(record.id, events[: record.head])

    def _names(self, principal: Principal) -> str:
        catalog = self.services.deployment.catalog
        names = (*catalog.agents, *catalog.agent_labels)
        return ", ".join(name for name in names if principal.allows(f"agent:{name}")) or "none"


def hash_of(body: bytes) -> str:
    """The hash by which a repeated request is recognised."""
    return hashlib.sha256(body).hexdigest()


def items_of(given: str | list[msgspec.Raw]) -> tuple[Item, ...]:
    """Input of the Responses API as a run stores it. Raises BadRequest."""
    if isinstance(given, str):
        return (Item(_ENCODE({"role": "user", "content": given}).decode()),)
    return tuple(_item(bytes(raw).decode(), place) for place, raw in enumerate(given))


def _item(text: str, place: int) -> Item:
    try:
        check(text)
        read = _READ_ITEM.decode(text)
    except (Unreadable, *UNREADABLE) as error:
        raise BadRequest(f"The input cannot be read: {error}.", param=f"input[{place}]") from None
    if read.type == "message" and (read.role is None or read.content is None):
        raise BadRequest("A message of the input needs role and content.", param=f"input[{place}]")
    return Item(text)


def _not_found(run_id: str) -> NotFound:
    return NotFound(f"There is no run '{run_id}', or it is another team's.")


def _check_operator(principal: Principal, does: str) -> None:
    if principal.role != "admin" and dict(principal.tags).get("operator") != "true":
        raise RoleNeeded(f"Only an operator's key (tag operator=true) may {does}.")


def _check_approver(principal: Principal, step: Step) -> None:
    if dict(principal.tags).get(_APPROVER) != step.group:
        raise RoleNeeded(
            f"This approval needs a key of the group '{step.group}' (tag {_APPROVER}={step.group})."
        )
