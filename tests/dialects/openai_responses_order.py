"""Whether the events of a Responses stream come in an order that the official SDKs can put together."""

import json
from typing import Any

from dialects import sse

ENDS = ("response.completed", "response.incomplete", "response.failed")
# Of pieces that grow: the member of the last event that is the full text, and the index it is at.
PIECES = {
    "response.output_text": ("text", "content_index"),
    "response.refusal": ("refusal", "content_index"),
    "response.function_call_arguments": ("arguments", None),
    "response.custom_tool_call_input": ("input", None),
    "response.reasoning_summary_text": ("text", "summary_index"),
}
PARTS = {
    "response.content_part": "content_index",
    "response.reasoning_summary_part": "summary_index",
}


def events(stream: bytes) -> list[dict[str, Any]]:
    """The events' data; AssertionError where an event's name and its type differ."""
    found = []
    for event in sse.events(stream):
        data = json.loads(sse.data_of(event) or b"null")
        assert isinstance(data, dict), f"no object: {event!r}"
        assert sse.name_of(event).decode() == data.get("type"), f"the name is not the type: {event!r}"
        found.append(data)
    return found


def check_order(stream: bytes) -> None:
    """Raise AssertionError, with the reason, on any stream that an SDK could not put together."""
    said = events(stream)
    assert [each.get("sequence_number") for each in said] == list(range(len(said))), "numbers have a gap"
    kinds = [each["type"] for each in said]
    assert kinds[:2] == ["response.created", "response.in_progress"], "it does not begin with created"
    assert kinds[-1] in ENDS, f"it ends with {kinds[-1]}"
    responses = [each["response"] for each in said if "response" in each]
    assert len(responses) == 3, "a response is told at the beginning and at the end"
    assert len({response["id"] for response in responses}) == 1, "the response changes its id"
    course = _Course()
    for event in said[2:-1]:
        course.take(event)
    assert not course.open, f"left open: {sorted(course.open)}"
    assert responses[-1]["output"] == list(course.done.values()), "the output is not what was done"
    assert kinds[-1] == f"response.{responses[-1]['status']}", "the last event is not the status"


class _Course:
    """What was opened and closed so far."""

    def __init__(self) -> None:
        self.ids: dict[int, str] = {}
        self.open: set[int] = set()
        self.parts: set[tuple[int, str, int]] = set()
        self.counts: dict[tuple[int, str], int] = {}
        self.texts: dict[tuple[int, str, int], str] = {}
        self.full: set[tuple[int, str, int]] = set()  # the pieces that were said in full
        self.done: dict[int, dict[str, Any]] = {}

    def take(self, event: dict[str, Any]) -> None:
        kind, _, verb = event["type"].rpartition(".")
        index = event["output_index"]
        if kind == "response.output_item":
            self._item(event, verb, index)
            return
        if kind == "response.output_text.annotation":
            self._citation(event, index)
            return
        assert index in self.open, f"{event['type']} for an item that is not open"
        assert event["item_id"] == self.ids[index], "the item's id is another"
        if kind in PARTS:
            self._part(event, kind, verb)
        else:
            self._piece(event, kind, verb)

    def _item(self, event: dict[str, Any], verb: str, index: int) -> None:
        item = event["item"]
        if verb == "added":
            assert index == len(self.ids), "output indexes have a gap"
            assert item["id"] not in self.ids.values(), "two items have one id"
            self.ids[index] = item["id"]
            self.open.add(index)
            return
        assert index in self.open, "an item is done that is not open"
        assert item["id"] == self.ids[index], "an item changes its id"
        assert not [part for part in self.parts if part[0] == index], "an item is done before its parts"
        if item["type"] == "function_call":
            at = (index, "response.function_call_arguments", 0)
            assert at in self.full, "a call is done before its arguments"
            assert item["arguments"] == self.texts[at], "a call is not its arguments"
        self.open.remove(index)
        self.done[index] = item
        self.done = dict(sorted(self.done.items()))

    def _citation(self, event: dict[str, Any], index: int) -> None:
        """It may come after the item is done, which then has one more in the end."""
        at = event["content_index"]
        assert at < self.counts.get((index, "content_index"), 0), "a citation of no text"
        assert event["item_id"] == self.ids[index], "the item's id is another"
        if index in self.done:
            annotations = self.done[index]["content"][at]["annotations"]
            assert event["annotation_index"] == len(annotations), "the numbers of citations have a gap"
            annotations.append(event["annotation"])

    def _part(self, event: dict[str, Any], kind: str, verb: str) -> None:
        name = PARTS[kind]
        at = (event["output_index"], name, event[name])
        if verb == "added":
            expected = self.counts.get(at[:2], 0)
            assert at[2] == expected, "indexes of parts have a gap"
            assert not [part for part in self.parts if part[0] == at[0]], "two parts of an item are open"
            self.counts[at[:2]] = expected + 1
            self.parts.add(at)
            return
        assert at in self.parts, "a part is done that is not open"
        assert at in self.full, "a part is done before its text"
        said = event["part"].get("text", event["part"].get("refusal"))
        assert said == self.texts[at], "a part is not its text"
        self.parts.remove(at)

    def _piece(self, event: dict[str, Any], kind: str, verb: str) -> None:
        assert kind in PIECES, f"{event['type']} is no event of ours"
        member, name = PIECES[kind]
        at = (event["output_index"], name or kind, event[name] if name else 0)
        assert name is None or at in self.parts, f"{event['type']} for a part that is not open"
        assert at not in self.full, f"{event['type']} for what was said in full"
        if verb == "delta":
            assert event["delta"], "a delta says nothing"
            self.texts[at] = self.texts.get(at, "") + event["delta"]
        else:
            assert event[member] == self.texts.setdefault(at, ""), "the whole is not the sum of its deltas"
            self.full.add(at)
