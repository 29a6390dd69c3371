"""What the cache must know about a call before its lookup, or why it is bypassed."""

from collections.abc import Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec

from caching.controls import NOTHING_SAID, Controls, read_controls, take_controls
from caching.fingerprint import (
    MAYBE_STATEFUL,
    beside,
    canonical,
    canonical_typed,
    end_user,
    fingerprint,
    is_stateful,
    left_out,
    read,
    says_all,
    temperature,
)
from caching.flight import Flight
from caching.purging import KEY_DIGITS
from caching.replaying import Form
from config.caching import CachePolicy
from config.kinds import COUNTING, Operation
from dialects.dialect import Destination, Dialect
from dialects.errors import Malformed, Unsupported
from gateway.caching.rules import CacheRules
from gateway.call import Call, Cleared
from gateway.errors import Header
from gateway.formats import dialect_of
from ledger.principal import Principal

if TYPE_CHECKING:
    from hashlib import _Hash as Beside

    from gateway.caching.inquiry import Inquiry

# Both are Gemini's format: they differ only in the framing of streams, which a replay takes care of.
_ALIKE = {Operation.GENERATE_CONTENT_ARRAY: Operation.GENERATE_CONTENT}
# The usual header of Anthropic's clients; it counts as if it were absent.
_USUAL = b"anthropic-version: 2023-06-01\r\n"

_OURS = b"x-signalbox-"
CONTROL = b"cache-control"
ANEW = (CONTROL, b"no-cache")  # the last header of a call that renews an answer; compared by identity
_NAME = itemgetter(0)  # of a header
_NO_SHAPE = frozenset(
    b"x-signalbox-cache-tags x-signalbox-priority x-signalbox-session x-signalbox-unmask".split()
)
_WISH = "signalbox_"
_WISH_IN_BODY = b'"signalbox_'  # in OpenAI's `metadata`, which is otherwise left out of the fingerprint
_MOST_CONTEXTS = 4096
_KEY_BYTES = KEY_DIGITS // 2
_MOST_SILENT, _LONGEST_SILENT = 256, 2048  # sets of header names, and bytes of one set


class Context(msgspec.Struct, frozen=True):
    """The facts shared by all calls that differ only in their bodies: computed once for all of them."""

    policy: CachePolicy  # held, so that its id stays unique
    dialect: Dialect | None  # None for embeddings: their answers are replayed unchanged
    vectors: bool
    plain: bool  # whether the fingerprint needs nothing but the body's members in their own format
    bounded: bool  # whether the policy excludes some requests by their choices or temperature
    own: "Beside"  # the hashed context of requests in their own format
    typed: "Beside"  # the hashed context of requests in the typed form that all formats share
    left_out: frozenset[str]
    wishing: frozenset[str]  # left out of requests with routing controls in their metadata
    forms: tuple[Form, Form, Form, Form]  # at 2 · stream + include_usage


class Sought(msgspec.Struct, gc=False):
    """One call's cache lookup: its fingerprint and what may be served to it."""

    cleared: Cleared
    policy: CachePolicy
    controls: Controls
    fingerprint: bytes
    form: Form
    dialect: Dialect | None  # None for embeddings: their answers are replayed unchanged
    base: bytes = b""  # of a batch of inputs to embed: a fingerprint of everything but the inputs
    flight: Flight | None = None  # set once it leads
    said: bytes = b""  # for the semantic cache: the request in canonical form
    around: bytes = b""  # for the semantic cache: a fingerprint of the context
    inquiry: "Inquiry | None" = None  # its semantic lookup, once begun

    @property
    def team(self) -> str:
        return self.cleared.principal.team

    @property
    def model(self) -> str:
        """The model as requested."""
        return self.cleared.call.asked.model

    @property
    def tags(self) -> tuple[str, ...]:
        return self.controls.tags

    @property
    def key(self) -> str:
        """The fingerprint's beginning in hexadecimal, as shown to people and accepted by purges."""
        return self.fingerprint[:_KEY_BYTES].hex()


def seek(cleared: Cleared, rules: CacheRules, policy: CachePolicy) -> Sought | str:
    """The lookup to make, or why the cache is bypassed. The caller must be allowed to use the model."""
    call = cleared.call
    told = _told(call.headers, rules) if call.headers else ()
    controls = read_controls(told) if told else NOTHING_SAID
    if call.operation in COUNTING:
        return "a count"
    members = read(cleared.body)
    if members is None:
        return "not readable"
    wishing = "metadata" in members and _WISH_IN_BODY in cleared.body
    if wishing and isinstance(members["metadata"], dict) and (more := take_controls(members["metadata"])):
        controls = _controls(more, told)
        wishing = any(name.startswith(_WISH) for name in members["metadata"])
    if controls.no_store:
        return "no-store"
    if not MAYBE_STATEFUL.isdisjoint(members) and is_stateful(members):
        return "depends on what is kept elsewhere"
    context = _context_of(cleared, rules, policy, told)
    asked = call.asked
    form = context.forms[2 * asked.stream + asked.include_usage]
    without = context.wishing if wishing else context.left_out
    if context.plain:
        key = fingerprint(context.own, canonical(members, without))
        return Sought(cleared, policy, controls, key, form, context.dialect)
    if context.bounded and (reason := _outside(policy, call, members)):
        return reason
    # Besides the key and its user, which the context covers.
    who = end_user(members) if policy.scope == "user" else b""
    around, said = _said(cleared, context, members, without, wishing=wishing)
    found = Sought(cleared, policy, controls, fingerprint(around, who + said), form, context.dialect)
    if policy.semantic is not None:
        found.said, found.around = said, fingerprint(around, who)
    if context.vectors and members.pop("input", None) is not None:
        found.base = fingerprint(around, who + canonical(members, context.left_out))
    return found


def _controls(in_body: Sequence[Header], told: Sequence[Header]) -> Controls:
    """The cache controls of a body and of headers, combined."""
    if told and told[-1] is ANEW:  # a renewal, whose caller has its answer: only the body's tags apply
        in_body = [each for each in in_body if each[0] != CONTROL]
    return read_controls([*in_body, *told])


def _told(headers: Sequence[Header], rules: CacheRules) -> Sequence[Header]:
    """The headers that concern the cache. Sets of names without any are remembered: most calls repeat one."""
    names = tuple(map(_NAME, headers))
    if names in rules.silent:
        return ()
    joined = b"\n".join(names)
    if _OURS not in joined and CONTROL not in joined:
        if len(rules.silent) < _MOST_SILENT and len(joined) < _LONGEST_SILENT:
            rules.silent.add(names)
        return ()
    return [each for each in headers if each[0].startswith(_OURS) or each[0] == CONTROL]


def _context_of(cleared: Cleared, rules: CacheRules, policy: CachePolicy, told: Sequence[Header]) -> Context:
    call, who, scope = cleared.call, cleared.principal, policy.scope
    masked = cleared.body is not call.body
    wishes = _wishes(told) if told else ()
    model, team = call.asked.model, who.team  # the team's settings shape the answer in every scope
    personal = None if scope == "team" or scope == "organisation" else (who.user, who.key_id)
    key = id(policy), who.organisation, team, personal, call.operation, model, masked, call.forwarded, wishes
    context = rules.contexts.get(key)
    if context is None:
        if len(rules.contexts) >= _MOST_CONTEXTS:
            rules.contexts.clear()
        shaped = (
            model,
            rules.version(team),
            "masked" if masked else "",
            "" if call.forwarded == _USUAL else call.forwarded.decode("latin-1"),
            *wishes,
        )
        sharers = (scope, *_sharers(policy, who))
        context = rules.contexts[key] = _made(sharers, shaped, call.operation, policy)
    return context


def _sharers(policy: CachePolicy, who: Principal) -> tuple[str, ...]:
    match policy.scope:
        case "organisation":
            return (who.organisation,)
        case "team":
            return (who.organisation, who.team)
        case "key":
            return (who.organisation, who.team, who.key_id)
        case "user":
            return (who.organisation, who.team, who.user, who.key_id)


def _made(
    scope: tuple[str, ...], shaped: tuple[str, ...], operation: Operation, policy: CachePolicy
) -> Context:
    alike = _ALIKE.get(operation, operation)
    whole = [Form(alike, False, usage) for usage in (False, True)]
    streams = [Form(operation, True, usage) for usage in (False, True)]
    dialect, vectors = dialect_of(operation), operation is Operation.EMBEDDINGS
    bounded = policy.max_choices is not None or policy.max_temperature is not None
    further = bounded or vectors or policy.scope == "user" or policy.semantic is not None
    return Context(
        policy,
        dialect,
        vectors,
        not further and (policy.formats == "own" or dialect is None),
        bounded,
        beside(scope, (alike.value, *shaped)),
        beside(scope, ("", *shaped)),
        left_out(operation, policy.vary),
        left_out(operation, (*policy.vary, "metadata")),
        (whole[0], whole[1], streams[0], streams[1]),
    )


def _wishes(told: Sequence[Header]) -> tuple[str, ...]:
    """The caller's routing controls: they decide which model answers."""
    found = [each for each in told if each[0].startswith(_OURS) and each[0] not in _NO_SHAPE]
    return tuple([f"{name!r}={value!r}" for name, value in sorted(found)])


def _outside(policy: CachePolicy, call: Call, members: dict[str, Any]) -> str:
    """Why the policy excludes this request from the cache; "" if it does not."""
    if policy.max_choices is not None and call.asked.choices > policy.max_choices:
        return "more choices than max_choices"
    if policy.max_temperature is not None:
        wanted = temperature(members, call.operation)
        if wanted is None or wanted > policy.max_temperature:
            return "a temperature above max_temperature"
    return ""


def _said(
    cleared: Cleared, context: Context, members: dict[str, Any], without: frozenset[str], *, wishing: bool
) -> tuple["Beside", bytes]:
    """The hashed context for the canonical form that applies, and the request in that form."""
    policy = context.policy
    dialect = context.dialect
    # A prompt to complete is not a turn to answer, though the typed form represents both alike.
    if (
        policy.formats == "any"
        and dialect is not None
        and cleared.call.operation is not Operation.COMPLETIONS
    ):
        try:
            conversation = dialect.read_request(cleared.body)
            written = dialect.write_request(conversation, Destination(conversation.model))
        except (Malformed, Unsupported):
            pass  # a later step reports what is wrong with it
        else:
            if says_all(members, written, without):
                vary = (*policy.vary, "metadata") if wishing else policy.vary
                return context.typed, canonical_typed(conversation, vary, without)
    return context.own, canonical(members, without)
