"""Checks before a call that objects stored at a vendor belong to the caller's team."""

from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, NamedTuple

from config.kinds import Operation
from dialects.account_names import MADE, TOLD, Name, model_in, names_in
from dialects.errors import Malformed
from dialects.openai.responses_kept import stores
from dialects.plain import is_plain
from gateway.call import Call
from gateway.contents.parts import Contents
from gateway.errors import BadRequest, Unavailable
from gateway.frames import Sink
from gateway.responses.holding import Rules, pins_of
from gateway.responses.masks import Masks
from gateway.responses.noting import Kept, KeptResponse, MadeThings, Noting
from gateway.responses.owners import KIND, Owners
from gateway.services import Answering, Services
from ledger.objects import Made, VendorObjects
from ledger.principal import Principal
from storage.errors import StoreError

_RESPONSES = frozenset([Operation.RESPONSES, Operation.COUNT_RESPONSES])
_CONTINUED = frozenset(["responses", "conversations"])
_AGENTS = "agent:"  # models with this prefix are agents: their responses are runs
# Marks of requests that may create objects which later requests can refer to.
_MAKING = {Operation.CHAT: b"audio", Operation.MESSAGES: b"code_execution"}


class GoingOn:
    """Intercepts calls before the request path; those that refer to no stored object pass at once."""

    def __init__(self, owners: Owners, masks: Masks) -> None:
        self._owners = owners
        self._masks = masks

    def before(self, operation: Operation, road: Answering) -> Answering:
        """The function that answers calls of this operation."""
        return partial(self._respond if operation in _RESPONSES else self._answer, road)

    async def hold(self, call: Call, who: Principal, *, of_run: bool = False) -> None:
        """Pin a call to the vendors of the objects it refers to. Raises NotFound for those not its team's.

        For a run only its input is checked: what it continues is its own, and the rest is the operator's.
        """
        names = _names(call)
        if of_run:
            names = [name for name in names if name.place.startswith("input") and name.kind not in _CONTINUED]
        await self._hold(call, who, names)

    def _answer(
        self, road: Answering, call: Call, services: Services, caller: Sink
    ) -> Coroutine[Any, Any, None]:
        if _own_model(call) is None and is_plain(call.operation, call.body, call.asked.parts):
            return road(call, services, caller)
        return self._go(road, call, services, caller)

    def _respond(
        self, road: Answering, call: Call, services: Services, caller: Sink
    ) -> Coroutine[Any, Any, None]:
        """As `_answer`, but also records what a vendor stores of the answer."""
        return (self._answer if _asks_agent(call) else self._go)(road, call, services, caller)

    async def _go(self, road: Answering, call: Call, services: Services, caller: Sink) -> None:
        who = await services.keys.identify(call)
        if _asks_agent(call):
            await self.hold(call, who, of_run=call.operation in _RESPONSES)
        else:
            names = _names(call)
            await self._hold(call, who, names)
            conversations = _conversations(names)
            # Conversations store their turns, whether the response itself is stored or not.
            kept = _kept(call) or (KeptResponse() if conversations else None)
            if kept is not None:
                before = _Before(who, call.masked or {}, conversations)
                caller = Noting(caller, partial(self._note, call, before), kept)
        await road(call, services, caller)

    async def _hold(self, call: Call, who: Principal, names: Sequence[Name]) -> None:
        if not names:
            return
        rules = Rules(who.team, call.deployment.catalog)
        made = {name.id for name in names if name.kind in MADE}
        fresh = any(name.kind in TOLD and not name.shown for name in names)
        try:
            holders = await self._owners.holders(made, patiently=fresh)
            call.pins = pins_of(names, holders, rules)
            if call.pins is not None and rules.catalog.retention.keys:
                call.masked = await self._masks.of(*_continued(names, who))
        except StoreError as error:
            raise Unavailable(
                "The owner of what this request refers to cannot be looked up at the moment; try again later."
            ) from error

    def _note(self, call: Call, before: "_Before", vendor: str, ids: Sequence[str]) -> None:
        catalog = call.deployment.catalog
        facts = catalog.vendors.get(vendor)
        if facts is None or call.cache == "hit":
            return
        if call.operation is Operation.RESPONSES and Operation.STORED_RESPONSES not in facts.kind.paths:
            return
        account = call.account if len(facts.keys) > 1 else ""
        if call.masked:
            self._masks.put(ids, before.who, call)
            for each in before.conversations:
                self._masks.add(each, before.who, call, before.masked)
        self._owners.note([Made(vendor, each, before.who.team, KIND, account) for each in ids])


class _Before(NamedTuple):
    """What is known about a call before it enters the request path."""

    who: Principal
    masked: Mapping[str, str]
    conversations: Sequence[str]


def _own_model(call: Call) -> Name | None:
    """The account's own model, such as a fine-tuned one, if it is called by the vendor's name; models that
    the file declares are open to all."""
    model = call.asked.model
    return None if model in call.deployment.catalog.models else model_in(model)


def _asks_agent(call: Call) -> bool:
    return call.asked.model.startswith(_AGENTS)


def _names(call: Call) -> Sequence[Name]:
    own = _own_model(call)
    names = [] if own is None else [own]
    if not call.operation.relayed and is_plain(call.operation, call.body):
        return names
    try:
        return names + names_in(call.operation, call.body)
    except Malformed as error:
        raise BadRequest(f"Invalid request body: {error.message}.") from None


def _continued(names: Sequence[Name], who: Principal) -> tuple[Sequence[str], Principal, Sequence[str]]:
    responses = [name.id for name in names if name.kind == "responses" and not name.shown]
    return responses, who, _conversations(names)


def _conversations(names: Sequence[Name]) -> Sequence[str]:
    return [name.id for name in names if name.kind == "conversations" and not name.shown]


def _kept(call: Call) -> Kept | None:
    """The finder of objects that the answer may create; None: it creates none."""
    operation = call.operation
    if operation is Operation.RESPONSES:
        return KeptResponse() if stores(call.body) or b"code_interpreter" in call.body else None
    mark = _MAKING.get(operation)
    return MadeThings() if mark is not None and mark in call.body else None


def going_on(services: Services, contents: Contents, stack: AsyncExitStack) -> Owners:
    """Installs GoingOn as the services' gate; owners not yet written are written when the stack closes."""
    masks = Masks(contents.vault)
    owners = Owners(VendorObjects(contents.database, services.books.clock.unix_seconds), masks)
    stack.push_async_callback(owners.close)
    services.gate = GoingOn(owners, masks)
    return owners
