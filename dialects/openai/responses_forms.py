"""Converts responses from stream to whole, and back."""

from collections.abc import Iterator, Mapping, Sequence

from dialects.conversation import Extra
from dialects.dialect import Reply
from dialects.merging import objects
from dialects.openai.responses_blocks import Pen
from dialects.usage import Usage

_ENDS = frozenset(["response.completed", "response.incomplete", "response.failed"])
# The single text of an item: its events' prefix, and its member.
_TEXTS: Mapping[str, tuple[str, str]] = {
    "function_call": ("response.function_call_arguments", "arguments"),
    "custom_tool_call": ("response.custom_tool_call_input", "input"),
    "mcp_call": ("response.mcp_call_arguments", "arguments"),
}
_CONTENTS: Mapping[str, tuple[str, str]] = {
    "output_text": ("response.output_text", "text"),
    "refusal": ("response.refusal", "refusal"),
    "reasoning_text": ("response.reasoning_text", "text"),
}


class ResponsesForms:
    """Forms for responses, whose streams end with the whole response."""

    def whole_of(self, events: Sequence[bytes], usage: Usage | None) -> Extra:
        done: dict[int, Extra] = {}
        whole: Extra = {}
        for event in objects(events):
            if event["type"] == "response.output_item.done":
                done[event["output_index"]] = event["item"]
            elif event["type"] in _ENDS:
                whole = event["response"]
        if not whole["output"]:  # some servers leave it empty
            whole["output"] = [done[index] for index in sorted(done)]
        return whole

    def stream_of(self, whole: Extra, reply: Reply) -> bytes:
        pen = Pen()
        begun: Extra = {"status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
        first = {"response": whole | begun}
        out = [pen.event("response.created", first), pen.event("response.in_progress", first)]
        for index, item in enumerate(whole["output"]):
            out += _item(pen, index, item)
        return b"".join(out) + pen.event(f"response.{whole['status']}", {"response": whole})


def _item(pen: Pen, index: int, item: Extra) -> Iterator[bytes]:
    at = {"item_id": item["id"], "output_index": index}
    kind = item["type"]
    empty = item | {name: [] for name in ("content", "summary") if isinstance(item.get(name), list)}
    prefix, member = _TEXTS.get(kind, ("", ""))
    if member:
        empty[member] = ""
    yield pen.event(
        "response.output_item.added",
        {"output_index": index, "item": empty | {"status": "in_progress"} if "status" in item else empty},
    )
    if member:
        yield from _said(pen, prefix, at, {member: item[member]})
    for number, part in enumerate(item.get("summary") or ()):
        where = at | {"summary_index": number}
        yield pen.event("response.reasoning_summary_part.added", where | {"part": part | {"text": ""}})
        yield from _said(pen, "response.reasoning_summary_text", where, {"text": part["text"]})
        yield pen.event("response.reasoning_summary_part.done", where | {"part": part})
    for number, part in enumerate(item.get("content") or ()):
        yield from _content(pen, at | {"content_index": number}, part)
    yield pen.event("response.output_item.done", {"output_index": index, "item": item})


def _content(pen: Pen, at: Extra, part: Extra) -> Iterator[bytes]:
    prefix, member = _CONTENTS[part["type"]]
    logprobs, annotations = part.get("logprobs") or [], part.get("annotations") or []
    empty = part | {member: ""} | {name: [] for name in ("logprobs", "annotations") if name in part}
    yield pen.event("response.content_part.added", at | {"part": empty})
    beside = {"logprobs": logprobs} if member == "text" else {}
    yield from _said(pen, prefix, at, {member: part[member]} | beside)
    for number, annotation in enumerate(annotations):
        members = at | {"annotation_index": number, "annotation": annotation}
        yield pen.event("response.output_text.annotation.added", members)
    yield pen.event("response.content_part.done", at | {"part": part})


def _said(pen: Pen, prefix: str, at: Extra, said: Extra) -> Iterator[bytes]:
    """A text's delta and done events; the text is the first member of `said`."""
    (_, text), *beside = said.items()
    if text:
        yield pen.event(f"{prefix}.delta", at | {"delta": text} | dict(beside))
    yield pen.event(f"{prefix}.done", at | said)
