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

# Both speak Gemini: only their streams are framed differently, which a replay sees to.
_ALIKE = {Operation.GENERATE_CONTENT_ARRAY: Operation.GENERATE_CONTENT}
# What every caller of Anthropic's format says unless it wants something else.
_USUAL = b"anthropic-version: 2023-06-01\r\n"

_OURS = b"x-signalbox-"
CONTROL = b"cache-control"
ANEW = (CONTROL, b"no-cache")  # the last header of a call that renews an answer, known by its identity
_NAME = itemgetter(0)  # of a header
_NO_SHAPE = frozenset(
    b"x-signalbox-cache-tags x-signalbox-priority x-signalbox-session x-signalbox-unmask".split()
)
_WISH = "signalbox_"
_WISH_IN_BODY = b'"signalbox_'  # in OpenAI's `metadata`, which does not count else
_MOST_CONTEXTS = 4096
_KEY_BYTES = KEY_DIGITS // 2
_MOST_SILENT, _LONGEST_SILENT = 256, 2048  # sets of names, and bytes of one


class Context(msgspec.Struct, frozen=True):
    """What is alike in all calls that differ in nothing but their bodies: made once for all of them."""

    policy: CachePolicy  # held, so that its id is nobody else's
    dialect: Dialect | None  # None: vectors, which are only ever given again as they are
    vectors: bool
    plain: bool  # whether the members of a request say all: nothing further of it is asked for
    bounded: bool  # whether the policy leaves some of them out
    own: "Beside"  # for requests in their own format
    typed: "Beside"  # for those in the form in which all formats meet
    left_out: frozenset[str]
    wishing: frozenset[str]  # left out of requests that wish something in their metadata
    forms: tuple[Form, Form, Form, Form]


class Sought(msgspec.Struct, gc=False):
    """One call whose answer may be known."""

    cleared: Cleared
    policy: CachePolicy
    controls: Controls
    fingerprint: bytes
    form: Form
    dialect: Dialect | None  # None: vectors, which are only ever given again as they are
    base: bytes = b""  # of a batch of inputs to embed: covers all but these
    flight: Flight | None = None  # once it asks for others too
    said: bytes = b""  # for the semantic cache: the request in its canonical form, and all around it
    around: bytes = b""
    inquiry: "Inquiry | None" = None  # once others' texts were looked at

    @property
    def team(self) -> str:
        return self.cleared.principal.team

    @property
    def model(self) -> str:
        """As it was asked for."""
        return self.cleared.call.asked.model

    @property
    def tags(self) -> tuple[str, ...]:
        return self.controls.tags

    @property
    def key(self) -> str:
        """The fingerprint's beginning, as people see it."""
        return self.fingerprint[:_KEY_BYTES].hex()


def seek(cleared: Cleared, rules: CacheRules, policy: CachePolicy) -> Sought | str:
    """What to look for, or why there is nothing to look for. The call's model must be one it may use."""
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
    # One whom neither the key nor the request names is not taken for anybody else.
    who = end_user(members) if policy.scope == "user" else b""
    around, said = _said(cleared, context, members, without, wishing=wishing)
    found = Sought(cleared, policy, controls, fingerprint(around, who + said), form, context.dialect)
    if policy.semantic is not None:
        found.said, found.around = said, fingerprint(around, who)
    if context.vectors and members.pop("input", None) is not None:
        found.base = fingerprint(around, who + canonical(members, context.left_out))
    return found


def _controls(in_body: Sequence[Header], told: Sequence[Header]) -> Controls:
    """What is said of the cache in a body and in headers together."""
    if told and told[-1] is ANEW:  # then the body's caller has its answer, and nothing to say but its tags
        in_body = [each for each in in_body if each[0] != CONTROL]
    return read_controls([*in_body, *told])


def _told(headers: Sequence[Header], rules: CacheRules) -> Sequence[Header]:
    """Those that the cache looks at: most calls have none, and the same names as others before."""
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
    model, team = call.asked.model, who.team  # whose settings shape the answer, whoever may share it
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
    """What the caller wants of routing, which decides who answers."""
    found = [each for each in told if each[0].startswith(_OURS) and each[0] not in _NO_SHAPE]
    return tuple([f"{name!r}={value!r}" for name, value in sorted(found)])


def _outside(policy: CachePolicy, call: Call, members: dict[str, Any]) -> str:
    """Why the policy keeps the cache out; "" where it does not."""
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
    """The request in its canonical form, with what counts beside it in that form."""
    policy = context.policy
    dialect = context.dialect
    # A text that goes on is not a turn that is answered, though the typed form has one word for both.
    if (
        policy.formats == "any"
        and dialect is not None
        and cleared.call.operation is not Operation.COMPLETIONS
    ):
        try:
            conversation = dialect.read_request(cleared.body)
            written = dialect.write_request(conversation, Destination(conversation.model))
        except (Malformed, Unsupported):
            pass  # whoever answers says what is wrong with it
        else:
            if says_all(members, written, without):
                vary = (*policy.vary, "metadata") if wishing else policy.vary
                return context.typed, canonical_typed(conversation, vary, without)
    return context.own, canonical(members, without)
