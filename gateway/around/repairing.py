"""Enforces the caller's JSON Schema, and asks a target once more if its answer is invalid.

Only whole answers are checked, since a stream cannot be taken back. For a streamed call the answer is
requested whole, validated, and then written as a stream; meanwhile the caller gets keep-alives.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from config.catalog import SchemaRule
from config.kinds import Operation
from dialects.answer import Answer
from dialects.conversation import Conversation, Message, Refusal, Text, ToolCall
from dialects.dialect import Destination, Dialect
from dialects.errors import Malformed
from gateway.around.as_read import AsRead
from gateway.around.kinds import Means, Run, Where
from gateway.attempts.holding import Held, as_whole, give, told_to_wait
from gateway.call import Cleared
from gateway.deployment import Line, Route
from gateway.errors import AnswerNotValid, BadRequest, GatewayError
from gateway.frames import Sink
from routing.plan import Choice, Plan

Check = Callable[[Line, bytes], None]

replace = msgspec.structs.replace

_SHOW = msgspec.json.Encoder().encode
_IN_WORDS = (
    "Answer with one JSON value that is valid by the JSON Schema below, and with nothing else: "
    "no explanation, no code fence.\n\n"
)
_ANY_JSON = "Answer with one JSON object, and with nothing else: no explanation, no code fence."
_AGAIN = (
    "Your answer is not valid by the JSON Schema that was asked for: {fault}.\n"
    "Answer again with the whole corrected JSON value, and with nothing else."
)
# Formats with a single prompt have no turns in which to explain a schema or show a fault.
_WITHOUT_TURNS = frozenset([Operation.COMPLETIONS, Operation.OLLAMA_GENERATE])
_ABOVE = frozenset(["system", "developer"])
_ENDED = frozenset(["stop", "stop_sequence"])


class Repairing:
    """The layer around groups that validate answers; calls without a schema pass through."""

    def __init__(self, means: Means) -> None:
        self._monotonic = means.books.clock.monotonic

    async def run(self, inner: Run, cleared: Cleared, where: Where, sink: Sink) -> None:
        """Pass on the first valid answer. Raises AnswerNotValid, and what `inner` raises."""
        call, route = cleared.call, where.route
        rule = route.json_schema
        wish = None if rule is None else _wish(cleared, route, rule)
        if wish is None:
            await inner(cleared, route, where.plan, sink)
            return
        asked = call.asked
        waiting = told_to_wait(call, sink, self._monotonic)
        guard, ponder, call.ponder = call.check, call.ponder, None  # invalid answers need no inspection
        call.asked, call.check = replace(asked, stream=False), _each(wish.check, guard, asked.stream)
        try:
            whole = await _valid(inner, wish, where)
        finally:
            call.asked, call.check, call.ponder = asked, guard, ponder
            if waiting is not None:
                waiting.end()
        give(call, whole, sink)

    async def close(self) -> None:
        """Does nothing: there is no background work."""


async def _valid(inner: Run, wish: "_Wish", where: Where) -> Held:
    """The first valid answer; each of the plan's targets is asked to repair its answer once, if allowed."""
    route, left = where.route, where.plan
    while True:
        try:
            return await _once(inner, wish.question, Where(route, left))
        except AnswerNotValid as failure:
            left = _after(left, failure.target)
            try:
                if not wish.rule.repair or not wish.turns:
                    raise
                again = Choice(failure.target, "asked again: its answer is not valid")
                return await _once(inner, wish.again(failure), Where(route, (again,)))
            except GatewayError:
                if not left:
                    raise


async def _once(inner: Run, question: Cleared, where: Where) -> Held:
    held = Held()
    await inner(question, where.route, where.plan, held)
    return held


def _after(plan: Plan, target: str) -> Plan:
    names = [choice.target for choice in plan]
    return plan[names.index(target) + 1 :]


@dataclass(frozen=True, slots=True)
class _Wish:
    """A call that requests an answer matching a schema."""

    question: Cleared
    rule: SchemaRule
    dialect: Dialect
    asked: Conversation  # without streaming
    validator: Any  # gateway.around.validating.Validator
    in_words: bool  # some target needs the schema in words
    read: AsRead

    @property
    def turns(self) -> bool:
        return self.question.call.operation not in _WITHOUT_TURNS

    def again(self, failure: AnswerNotValid) -> Cleared:
        """The request with the invalid answer and its fault appended."""
        shown = Message("assistant", (Text(failure.text),))
        told = Message("user", (Text(_AGAIN.format(fault=failure.flaw)),))
        return self.put(replace(self.asked, messages=(*self.asked.messages, shown, told)))

    def put(self, conversation: Conversation, body: bytes | None = None) -> Cleared:
        """The request as bytes, also with the schema in words for targets without a schema mode."""
        to = Destination(self.question.call.asked.model)
        body = self.dialect.write_request(conversation, to) if body is None else body
        words = self.dialect.write_request(explained(conversation), to) if self.in_words else None
        return replace(self.question, body=body, in_words=words)

    def check(self, line: Line, body: bytes) -> None:
        """Raises AnswerNotValid. Only choices that ended normally are validated."""
        if self.rule.check == "unenforced" and line.capabilities.json_schema is not False:
            return
        try:
            answer = self.dialect.read_answer(body)
        except Malformed as error:
            raise AnswerNotValid(line.target, "", f"it cannot be read: {error.message}") from None
        trail = self.question.call.trail
        for text in _texts(answer):
            fault = self.validator.fault(self.read.text(text))
            if fault is not None:
                trail.append(("schema", "invalid", f"breaks {fault.keyword}", {}))
                # The flaw is sent to the model, so it must not quote unmasked values.
                flaw = fault.unquoted if self.read.differs else fault.said
                raise AnswerNotValid(line.target, text, flaw)
        trail.append(("schema", "valid", line.target, {}))


def _each(valid: Check, guard: Check | None, stream: bool) -> Check:
    """Adds the guards' check of valid answers; for a streamed call they inspect the stream instead."""
    if guard is None or stream:
        return valid

    def check(line: Line, body: bytes) -> None:
        valid(line, body)
        guard(line, body)

    return check


def _wish(cleared: Cleared, route: Route, rule: SchemaRule) -> _Wish | None:
    """The call's validation; None: it has no schema, or all its targets enforce schemas themselves."""
    call = cleared.call
    lacking = any(line.capabilities.json_schema is False for line in route.lines.values())
    if call.operation.embeds or call.operation.counts or (rule.check == "unenforced" and not lacking):
        return None
    dialect = cast(Dialect, call.dialect)
    try:
        asked = dialect.read_request(cleared.body)
    except Malformed as error:
        raise BadRequest(error.message, param=error.param) from None
    if asked.format is None or asked.format.schema is None:
        return None
    validating = call.deployment.validating
    assert validating is not None
    read = AsRead(cleared.shield)
    try:
        validator = validating.Validator(read.schema(asked.format.schema))
    except validating.UnusableSchema as error:
        raise BadRequest(f"The JSON Schema of the answer cannot be used: {error}.") from None
    whole = as_whole(asked)
    words = lacking and call.operation not in _WITHOUT_TURNS
    wish = _Wish(cleared, rule, dialect, whole, validator, words, read)
    question = wish.put(whole, None if call.asked.stream else cleared.body)
    return _Wish(question, rule, dialect, whole, validator, words, read)


def explained(conversation: Conversation) -> Conversation:
    """The conversation with its schema explained in the last of the leading system messages."""
    assert conversation.format is not None
    schema = conversation.format.schema
    messages = conversation.messages
    first = next((at for at, each in enumerate(messages) if each.role not in _ABOVE), len(messages))
    words = _ANY_JSON if schema is None else _IN_WORDS + _SHOW(schema).decode()
    told = Message("system", (Text(words),))
    return replace(conversation, format=None, messages=(*messages[:first], told, *messages[first:]))


def _texts(answer: Answer) -> list[str]:
    """The texts to validate: of each choice that ended by itself and calls no tool."""
    return [
        "".join(part.text for part in choice.parts if isinstance(part, Text))
        for choice in answer.choices
        if choice.finish.reason in _ENDED
        and not any(isinstance(part, ToolCall | Refusal) for part in choice.parts)
    ]
