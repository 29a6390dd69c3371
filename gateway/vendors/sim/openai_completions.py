"""OpenAI's legacy completions: reads a prompt, writes its continuation whole or streamed."""

from collections.abc import Iterator

import msgspec
import orjson

from gateway.vendors.sim import openai_wire as wire
from gateway.vendors.sim import tokens
from gateway.vendors.sim.author import Ask, compose
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.script import (
    Choice,
    Event,
    Part,
    Stamp,
    ToolCall,
    segment_tokens,
    unkept,
    write_script,
)

PROMPTS = 128  # completions per request at most
DEFAULT_TOKENS = 16  # the default of OpenAI's endpoint


class _Request(msgspec.Struct, frozen=True):
    model: str
    prompt: str | list[str | int | list[int]]
    stream: bool | None = None
    stream_options: wire.StreamOptions | None = None
    n: int | None = None
    stop: str | list[str] | None = None
    max_tokens: int | None = None
    metadata: wire.Metadata | None = None


_REQUESTS = msgspec.json.Decoder(_Request)


class CompletionRequest:
    """The parts of a completion request that the simulator uses."""

    __slots__ = ("_prompts", "_request", "behaviour", "model", "stream")

    def __init__(self, body: bytes) -> None:
        """Read a request. Raises `Refused` if it is invalid."""
        self._request = request = wire.decode(_REQUESTS.decode, body)
        wire.at_least("n", request.n, 1)
        wire.only_of_streams(request.stream_options, request.stream)
        wire.at_least("max_tokens", request.max_tokens, 0)
        self._prompts = _prompts(request.prompt)
        if not 1 <= len(self._prompts) * (request.n or 1) <= PROMPTS:
            raise Refused(
                400,
                f"Between 1 and {PROMPTS} completions can be asked for at once: "
                f"{len(self._prompts)} prompts with n={request.n or 1} were found.",
                param="prompt",
                code="invalid_value",
            )
        self.model = request.model
        self.stream = bool(request.stream)
        self.behaviour = request.metadata.behaviour if request.metadata else None

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> "CompletionReply":
        """The continuations of this request's prompts."""
        request = self._request
        stop = request.stop
        limit = request.max_tokens
        if limit is None and behaviour.length is None:
            limit = DEFAULT_TOKENS
        choices: list[Choice] = []
        for text, _ in self._prompts:
            ask = Ask(
                model=self.model.partition("@")[0],
                input_tokens=0,
                last_user=text,
                tool_choice="none",  # this endpoint has no tools
                choices=request.n or 1,
                max_tokens=limit,
                stop=(stop,) if isinstance(stop, str) else tuple(stop or ()),
            )
            choices.extend(compose(ask, behaviour, seed).choices)
        size = sum(size for _, size in self._prompts)
        script = unkept(write_script(tuple(choices), size, behaviour.usage))
        options = request.stream_options
        return CompletionReply(
            script,
            stamp,
            self.model,
            per_event=behaviour.tokens_per_event or 1,
            include_usage=options is not None and options.include_usage,
        )


def _prompts(prompt: str | list[str | int | list[int]]) -> list[tuple[str, int]]:
    """Each prompt's text and its size in tokens; numbers are token ids."""
    if isinstance(prompt, str):
        return [(prompt, tokens.count(prompt))]
    ids = [each for each in prompt if isinstance(each, int)]
    if ids:
        return [(f"{len(ids)} tokens", len(ids))]
    return [
        (each, tokens.count(each)) if isinstance(each, str) else (f"{len(each)} tokens", len(each))
        for each in prompt
        if not isinstance(each, int)
    ]


class CompletionReply(wire.ScriptedReply):
    """One completion."""

    __slots__ = ()

    def whole(self, *, usage: bool = True, finish: bool = True) -> bytes:
        choices = b",".join(
            self._choice(index, _said(choice), choice.finish if finish else None)
            for index, choice in enumerate(self._script.choices)
        )
        end = b',"usage":' + wire.usage_json(self._script.usage) if usage else b""
        return b"".join((self._head(), choices, b"]", end, b"}"))

    def events(self, without: frozenset[Part] = frozenset()) -> Iterator[Event]:
        head = b"data: " + self._head()
        end = b'],"usage":null}\n\n' if self._include_usage else b"]}\n\n"
        for index, choice in enumerate(self._script.choices):
            pieces = list(tokens.pieces(_said(choice), self._per_event))
            left = sum(segment_tokens(each) for each in choice.segments)
            for place, piece in enumerate(pieces, 1):
                # Reasoning and text are counted separately, which may give one token more than both together.
                handed = left if place == len(pieces) else min(left, self._per_event)
                left -= handed
                yield Event(Part.TEXT, head + self._choice(index, piece, None) + end, handed)
            yield Event(Part.FINISH, head + self._choice(index, "", choice.finish) + end)
        if self._include_usage:
            last = b'],"usage":' + wire.usage_json(self._script.usage) + b"}\n\n"
            yield Event(Part.USAGE, head + last)
        yield Event(Part.DONE, wire.DONE)

    def broken(self) -> bytes:
        return wire.BROKEN

    def failure(self, *, stream: bool) -> bytes:
        return b"data: " + wire.failure_json() + b"\n\n" if stream else wire.failure_json()

    def _head(self) -> bytes:
        return b'{"id":"cmpl-%b","object":"text_completion","created":%d,"model":%b,"choices":[' % (
            self._stamp.id.encode(),
            self._stamp.created,
            self._model,
        )

    @staticmethod
    def _choice(index: int, text: str, finish: str | None) -> bytes:
        reason = b'"%b"' % finish.encode() if finish else b"null"
        return b'{"text":%b,"index":%d,"logprobs":null,"finish_reason":%b}' % (
            orjson.dumps(text),
            index,
            reason,
        )


def _said(choice: Choice) -> str:
    return "".join(each.text for each in choice.segments if not isinstance(each, ToolCall))
