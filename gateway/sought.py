"""What of a call the cache must know before it is asked, or why it is not asked."""

from typing import TYPE_CHECKING, Any

import msgspec

from caching.controls import Controls, read_controls
from caching.fingerprint import (
    canonical,
    canonical_typed,
    end_user,
    fingerprint,
    is_stateful,
    read,
    temperature,
)
from caching.flight import Flight
from caching.purging import KEY_DIGITS
from caching.replaying import Form
from config.caching import CachePolicy
from config.kinds import Operation
from dialects.dialect import Dialect
from dialects.errors import Malformed
from gateway.cache_rules import CacheRules
from gateway.call import Call, Cleared
from gateway.formats import dialect_of

if TYPE_CHECKING:
    from gateway.likeness import Inquiry

# Both speak Gemini: only their streams are framed differently, which a replay sees to.
_ALIKE = {Operation.GENERATE_CONTENT_ARRAY: Operation.GENERATE_CONTENT}
# What every caller of Anthropic's format says unless it wants something else.
_USUAL = b"anthropic-version: 2023-06-01\r\n"


_OURS = b"x-signalbox-"
_NO_SHAPE = frozenset([b"x-signalbox-cache-tags", b"x-signalbox-priority", b"x-signalbox-session"])
_WISH_IN_BODY = b'"signalbox_'  # in OpenAI's `metadata`, which does not count else


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
    def key(self) -> str:
        """The fingerprint's beginning, as people see it."""
        return self.fingerprint.hex()[:KEY_DIGITS]


def seek(cleared: Cleared, rules: CacheRules, policy: CachePolicy) -> Sought | str:
    """What to look for, or why there is nothing to look for. The call's model must be one it may use."""
    call = cleared.call
    controls = read_controls(call.headers)
    if controls.no_store:
        return "no-store"
    if call.operation.counts:
        return "a count"
    members = read(cleared.body)
    if members is None:
        return "not readable"
    if reason := _outside(policy, call, members):
        return reason
    scope = _scope(cleared, policy, members)
    dialect = dialect_of(call.operation)
    said, form_of_request = _said(cleared, policy, members, dialect)
    shaped = (
        form_of_request,
        call.asked.model,
        rules.version(cleared.principal.team),
        "masked" if cleared.body is not call.body else "",
        "" if call.forwarded == _USUAL else call.forwarded.decode("latin-1"),
        *_wishes(call),
    )
    found = Sought(cleared, policy, controls, fingerprint(scope, shaped, said), _form(call), dialect)
    if policy.semantic is not None:
        found.said, found.around = said, fingerprint(scope, shaped, b"")
    if call.operation is Operation.EMBEDDINGS and members.pop("input", None) is not None:
        found.base = fingerprint(scope, shaped, canonical(members, call.operation, policy.vary))
    return found


def _wishes(call: Call) -> list[str]:
    """What the caller wants of routing, which decides who answers."""
    told = [each for each in call.headers if each[0].startswith(_OURS) and each[0] not in _NO_SHAPE]
    return [f"{name!r}={value!r}" for name, value in sorted(told)]


def _outside(policy: CachePolicy, call: Call, members: dict[str, Any]) -> str:
    """Why the policy or the request's nature keeps the cache out; "" where neither does."""
    if policy.max_choices is not None and call.asked.choices > policy.max_choices:
        return "more choices than max_choices"
    if is_stateful(members):
        return "depends on what is kept elsewhere"
    if policy.max_temperature is not None:
        wanted = temperature(members, call.operation)
        if wanted is None or wanted > policy.max_temperature:
            return "a temperature above max_temperature"
    return ""


def _said(
    cleared: Cleared, policy: CachePolicy, members: dict[str, Any], dialect: Dialect | None
) -> tuple[bytes, str]:
    """The request in its canonical form, and whose form that is; "": that of all formats."""
    operation, vary = cleared.call.operation, policy.vary
    if _WISH_IN_BODY in cleared.body:
        vary = (*vary, "metadata")
    if policy.formats == "any" and dialect is not None:
        try:
            conversation = dialect.read_request(cleared.body)
            return canonical_typed(conversation, vary), ""
        except Malformed:
            pass  # whoever answers says what is wrong with it
    return canonical(members, operation, vary), _ALIKE.get(operation, operation).value


def _form(call: Call) -> Form:
    operation, asked = call.operation, call.asked
    if not asked.stream:
        operation = _ALIKE.get(operation, operation)
    return Form(operation, asked.stream, asked.include_usage)


def _scope(cleared: Cleared, policy: CachePolicy, members: dict[str, Any]) -> tuple[str, ...]:
    who = cleared.principal
    match policy.scope:
        case "organisation":
            return (who.organisation,)
        case "team":
            return (who.organisation, who.team)
        case "key":
            return (who.organisation, who.team, who.key_id)
        case "user":
            # One whom neither the key nor the request names is not taken for anybody else.
            return (who.organisation, who.team, who.user, who.key_id, end_user(members).decode())
