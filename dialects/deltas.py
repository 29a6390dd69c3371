"""Converts the deltas of a stream to a whole answer, and back."""

from collections.abc import Iterable, Iterator

import msgspec

from dialects.answer import (
    Answer,
    Choice,
    CitationDelta,
    Counted,
    Delta,
    Failed,
    Finish,
    Finished,
    PartDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Part, Refusal, Text, Thinking, ToolCall
from dialects.usage import Usage

replace = msgspec.structs.replace

_NOTHING = Usage()


def gather(deltas: Iterable[Delta], dialect: str) -> Answer:
    """The whole answer for the deltas of a complete stream; Failed is ignored."""
    started, counted = Started(), Counted(_NOTHING)
    usage = None
    parts: dict[int, dict[int, Part]] = {}
    logprobs: dict[int, list[object]] = {}
    finishes: dict[int, Finish] = {}
    for delta in deltas:
        match delta:
            case Started():
                started, usage = delta, delta.usage or usage
            case Counted():
                usage, counted = delta.usage, delta
            case Finished():
                finishes[delta.choice] = delta.finish
            case Failed():
                continue
            case _:
                of_choice = parts.setdefault(delta.choice, {})
                of_choice[delta.part] = _grown(of_choice.get(delta.part), delta)
                if isinstance(delta, TextDelta) and delta.logprobs:
                    logprobs.setdefault(delta.choice, []).extend(delta.logprobs)
    choices = tuple(
        Choice(tuple(parts.get(index, {}).values()), finish, index, tuple(logprobs.get(index, ())))
        for index, finish in sorted(finishes.items())
    )
    return Answer(
        dialect,
        choices,
        started.id,
        started.model,
        started.created,
        usage,
        service_tier=counted.tier if isinstance(counted.tier, str) else None,
        billed=counted.billed,
        searches=counted.searches,
    )


def _grown(part: Part | None, delta: Delta) -> Part:
    match delta:
        case TextDelta():
            return (
                Text(delta.text) if not isinstance(part, Text) else replace(part, text=part.text + delta.text)
            )
        case CitationDelta():
            text = part if isinstance(part, Text) else Text("")
            return replace(text, citations=(*text.citations, delta.citation))
        case ThinkingDelta():
            return _thought(part if isinstance(part, Thinking) else Thinking(""), delta)
        case RefusalDelta():
            return Refusal((part.text if isinstance(part, Refusal) else "") + delta.text)
        case ToolStarted():
            return ToolCall(delta.id, delta.name, "", delta.signature)
        case ToolDelta() if isinstance(part, ToolCall):
            return replace(part, arguments=part.arguments + delta.arguments)
        case PartDelta():
            return delta.value
    raise ValueError(f"{type(delta).__name__} says nothing about a part")


def _thought(part: Thinking, delta: ThinkingDelta) -> Thinking:
    return replace(
        part,
        text=part.text + delta.text,
        signature=part.signature if delta.signature is None else (part.signature or "") + delta.signature,
        origin=delta.origin or part.origin,
        id=delta.id or part.id,
    )


def scatter(answer: Answer) -> Iterator[Delta]:
    """The deltas for a whole answer, each part in one piece."""
    yield Started(answer.id, answer.model, answer.created)
    for choice in answer.choices:
        for number, part in enumerate(choice.parts):
            yield from _pieces(part, number, choice)
        yield Finished(choice.finish, choice.index)
    if answer.usage is not None:
        yield Counted(answer.usage, answer.billed, answer.service_tier, answer.searches)


def _pieces(part: Part, number: int, choice: Choice) -> Iterator[Delta]:
    at = choice.index
    match part:
        case Text():
            first = all(not isinstance(before, Text) for before in choice.parts[:number])
            yield TextDelta(part.text, number, at, choice.logprobs if first else ())
            for citation in part.citations:
                yield CitationDelta(citation, number, at)
        case Thinking():
            yield ThinkingDelta(part.text, part.signature, part.origin, part.id, number, at)
        case Refusal():
            yield RefusalDelta(part.text, number, at)
        case ToolCall():
            yield ToolStarted(part.id, part.name, number, at, part.signature)
            if part.arguments:
                yield ToolDelta(part.arguments, number, at)
        case _:
            yield PartDelta(part, number, at)
