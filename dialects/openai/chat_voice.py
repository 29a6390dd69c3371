"""Reads one choice of a chat vendor's streamed answer."""

from typing import Any

from dialects.answer import (
    CitationDelta,
    Delta,
    Failed,
    Finish,
    Finished,
    PartDelta,
    Reason,
    RefusalDelta,
    TextDelta,
    ThinkingDelta,
)
from dialects.base64_pieces import more
from dialects.checking import loosely
from dialects.conversation import Audio, Citation, Extra, Inline, RedactedThinking, Thinking
from dialects.deltas import gather
from dialects.halves import joined
from dialects.openai.chat_calls import Calls
from dialects.openai.chat_events import Choice, Said
from dialects.openai.chat_parts import NAME, read_annotations, read_images, thought_of
from dialects.openai.common import BROKE_OFF, broken
from dialects.openai.logprobs import read_logprobs
from dialects.openai.reasoning import Detail, details_of, read_detail

# In lower case, including other formats' reasons, which proxies pass on unchanged from the model's vendor.
_FINISHES: dict[str, Reason] = {
    **dict.fromkeys(("stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete"), "stop"),
    **dict.fromkeys(("length", "max_tokens", "max_output_tokens"), "length"),
    "model_length": "context_window",  # Mistral: https://docs.mistral.ai/api/
    "model_context_window_exceeded": "context_window",
    **dict.fromkeys(("tool_calls", "function_call", "tool_use", "tool_call"), "tool_calls"),
    **dict.fromkeys(("content_filter", "content_filtered", "guardrail_intervened"), "content_filter"),
    **dict.fromkeys(("safety", "recitation", "blocklist", "prohibited_content", "spii"), "content_filter"),
}
_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details")
_HIGH = range(0xD800, 0xDC00)


class Voice:
    """Produces the deltas of one choice; a whole message is one delta."""

    __slots__ = (
        "_calls",
        "_citations",
        "_halves",
        "_index",
        "_kind",
        "_next",
        "_part",
        "_sound",
        "_text",
        "finished",
    )

    def __init__(self, index: int) -> None:
        self.finished = False
        self._index = index
        self._next = 0  # the number of the next part
        self._part = -1
        self._kind: object = None  # of the open part
        self._text = -1  # the last text part
        self._calls = Calls(index)
        self._halves: dict[str, str] = {}
        self._citations: list[Citation] = []
        self._sound: dict[str, Any] = {}

    def more(self, choice: Choice) -> TextDelta | None:
        """Fast path of `hear`: the delta of a choice with only more of the open text; otherwise None."""
        said = choice.delta
        if (
            self._kind != "text"
            or said is None
            or choice.finish_reason
            or choice.logprobs
            or self._halves
            or self.finished
        ):
            return None
        content = said.content
        if type(content) is not str or not content or said != Said(content):
            return None
        return TextDelta(content, self._part, self._index)

    def hear(self, choice: Choice, out: list[Delta], *, odd: bool = False) -> None:
        """Adds the choice's deltas to `out`. `odd`: parsed leniently, may hold halves of surrogate pairs."""
        said = choice.delta or choice.message
        mend = odd or bool(self._halves)
        if said is None:
            if choice.text:
                self._say(choice.text, out, choice, mend)
        else:
            if said.reasoning_content or said.reasoning or said.reasoning_details:
                self.think(said, out, mend)
            content = said.content
            if isinstance(content, str):
                if content:
                    self._say(content, out, choice, mend)
            elif content:
                self._hear_list(content, out, choice)
            if said.tool_calls:
                self._begin(None)
                self._next = self._calls.hear(said.tool_calls, out, self._next, whole=choice.delta is None)
            if said.refusal or said.audio or said.images or said.annotations or said.function_call:
                self._hear_rare(said, out)
        if choice.finish_reason and not self.finished:
            self._finish(choice, out)

    def think(self, said: Said, out: list[Delta], mend: bool = False) -> None:
        """Adds thinking deltas: from the list if it contains text, otherwise from the text member as well."""
        details = details_of(said.reasoning_details)
        # vLLM writes the same text under both names during a renaming.
        text = said.reasoning_content or said.reasoning
        if text and not any(detail.text or detail.summary for detail in details):
            self._think(text, out, mend)
        for detail in details:
            self._think_detail(detail, out)

    def _think_detail(self, detail: Detail, out: list[Delta]) -> None:
        # An encrypted part is complete, except for OpenAI's, which belongs to a summary.
        whole = detail.data is not None and not (detail.origin == "openai" and detail.id)
        key = object() if whole else ("detail", detail.index)
        # A signature without text signs the preceding thinking, in whichever member that was.
        signs = self._kind == "thought" and not (whole or detail.text or detail.summary)
        joins = signs or key == self._kind
        delta = read_detail(detail, self._part if joins else self._next, self._index)
        if delta is None:
            return
        if signs:
            self._kind = key
        self._begin(key)
        out.append(delta)

    def _begin(self, kind: object) -> None:
        """Begins a part of this kind, unless one is open; None only ends the open part."""
        if kind != self._kind:
            self._kind = kind
            if kind is not None:
                self._part = self._next
                self._next += 1

    def _say(self, text: str, out: list[Delta], choice: Choice, mend: bool) -> None:
        if mend:
            text = self._mended("text", text)
            if not text:
                return
        if self._kind != "text":
            self._begin("text")
            self._text = self._part
        logprobs = choice.logprobs
        out.append(TextDelta(text, self._part, self._index, read_logprobs(logprobs) if logprobs else ()))

    def _think(self, text: str, out: list[Delta], mend: bool) -> None:
        text = self._mended("thought", text) if mend else text
        if text:
            self._begin("thought")
            out.append(ThinkingDelta(text, part=self._part, choice=self._index))

    def _hear_list(self, content: list[Any], out: list[Delta], choice: Choice) -> None:
        for part in content:
            if isinstance(part, str):
                part = {"text": part}
            if not isinstance(part, dict):
                continue
            thought, text = thought_of(part), part.get("text")
            if thought:
                self._think(thought, out, True)
            if isinstance(text, str) and text:
                self._say(text, out, choice, True)

    def _hear_rare(self, said: Said, out: list[Delta]) -> None:
        if said.annotations:
            self._citations = read_annotations(said.annotations)
            if self._kind == "text":
                self._cited(out)
        if said.refusal:
            self._begin("refusal")
            out.append(RefusalDelta(said.refusal, self._part, self._index))
        if said.function_call is not None:
            self._begin(None)
            self._next = self._calls.hear_function(said.function_call, out, self._next)
        if isinstance(said.audio, dict):
            self._listen(said.audio)
        for image in read_images(said.images):
            self._begin(object())
            out.append(PartDelta(image, self._part, self._index))

    def _listen(self, audio: dict[str, Any]) -> None:
        sound = self._sound
        if isinstance(audio.get("data"), str):
            sound["data"] = more(sound.get("data", ""), audio["data"])
        if isinstance(audio.get("transcript"), str):
            sound["transcript"] = sound.get("transcript", "") + audio["transcript"]
        sound |= {name: audio[name] for name in ("id", "expires_at") if audio.get(name)}

    def note_citations(self, found: Any) -> None:
        """Perplexity lists URLs beside the choices: https://docs.perplexity.ai/api-reference"""
        if isinstance(found, list) and not self._citations:
            self._citations = [Citation(url=url) for url in found if isinstance(url, str)]

    def _cited(self, out: list[Delta]) -> None:
        if self._text >= 0:
            out += [CitationDelta(citation, self._text, self._index) for citation in self._citations]
        self._citations = []

    def _finish(self, choice: Choice, out: list[Delta]) -> None:
        reason = choice.finish_reason
        if reason in BROKE_OFF:
            out.append(Failed(broken(choice.error)))
            return
        self._cited(out)
        self._next = self._calls.finish(out, self._next)
        if self._sound:
            self._begin("sound")
            out.append(PartDelta(self._audio(), self._part, self._index))
        self.finished = True
        out.append(Finished(self._ended(choice), self._index))

    def _ended(self, choice: Choice) -> Finish:
        """The finish; an unknown reason counts as `stop`, but not `sure`."""
        word = (choice.finish_reason or "").lower()
        reason = _FINISHES.get(word, "stop")
        sure = word in _FINISHES and not choice.error
        if reason == "stop" and self._calls.any:
            return Finish("tool_calls", sure=sure)  # OpenAI reports `stop` if a tool was forced by name
        # https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
        if reason == "stop" and isinstance(choice.stop_reason, str):
            return Finish("stop_sequence", choice.stop_reason, sure)
        return Finish(reason, sure=sure)

    def _audio(self) -> Audio:
        sound = self._sound
        rest: Extra = {name: sound[name] for name in ("id", "expires_at") if name in sound}
        return Audio(Inline("audio/wav", sound.get("data", "")), sound.get("transcript"), rest or None)

    def _mended(self, kind: str, text: str) -> str:
        """The text with surrogate pairs joined across events, and lone halves replaced."""
        text = self._halves.pop(kind, "") + text
        if text and ord(text[-1]) in _HIGH:
            self._halves[kind] = text[-1]
            text = text[:-1]
        return joined(text)


def read_thoughts(message: dict[str, Any]) -> tuple[Thinking | RedactedThinking, ...]:
    """The thinking in an assistant message that a client sends back."""
    out: list[Delta] = []
    Voice(0).think(loosely({name: message.get(name) for name in _THOUGHTS}, Said), out)
    parts = gather([*out, Finished(Finish("stop"))], NAME).choices[0].parts
    return tuple(part for part in parts if isinstance(part, Thinking | RedactedThinking))
