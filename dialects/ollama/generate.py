"""Ollama's completions of a single prompt: https://docs.ollama.com/api/generate."""

import msgspec

from dialects.answer import Answer
from dialects.conversation import Conversation, Extra, Message, Part, Refusal, Text, Thinking
from dialects.dialect import Destination, Reply
from dialects.errors import Unsupported
from dialects.members import Members, read_members
from dialects.ollama.answer import read_answer, write_answer
from dialects.ollama.chat import OllamaChat
from dialects.ollama.message import read_image, write_parts
from dialects.ollama.request import CANNOT, GENERATE, finish, read_common
from dialects.ollama.stream import OllamaWriter

_ENCODE = msgspec.json.Encoder().encode


class OllamaGenerate(OllamaChat):
    """The Dialect of `/api/generate`: a prompt is a single user turn, after the `system` prompt.

    Members without an equivalent elsewhere stay in `extra`: `suffix`, `raw`, `template`, `context`.
    """

    name = GENERATE
    cannot = CANNOT | {"tools", "tool_choice", "prefill", "thinking"}

    def read_request(self, body: bytes) -> Conversation:
        members = read_members(body)
        model = members.need("model", str)
        system, prompt = members.take("system", str), members.take("prompt", str)
        asked: list[Part] = [Text(prompt)] if prompt else []
        asked += members.each("images", read_image)
        turns = [Message("system", (Text(system),))] if system else []
        turns += [Message("user", tuple(asked))] if asked else []
        common = read_common(members)
        return Conversation(
            dialect=GENERATE, model=model, messages=tuple(turns), **common, extra=members.rest()
        )

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        told: list[Part] = []
        asked: list[Part] = []
        for message in conversation.messages:
            if message.role == "user" and not asked:
                asked += message.parts
            elif message.role == "system" and not asked:
                told += message.parts
            else:  # a prompt cannot have a history
                raise Unsupported(GENERATE, ["messages"])
        said, system = write_parts(asked, "user"), write_parts(told, "system")["content"]
        members: Extra = {"model": to.model, "prompt": said.pop("content")}
        members |= said | ({"system": system} if system else {})
        return finish(members, conversation, to)

    def read_answer(self, body: bytes) -> Answer:
        return read_answer(body, GENERATE, _read_parts)

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        return _ENCODE(write_answer(answer, reply, GENERATE, _write_parts))

    def writer(self, reply: Reply) -> OllamaWriter:
        return OllamaWriter(reply, chat=False)


def _read_parts(members: Members) -> tuple[tuple[Part, ...], None]:
    thought, text = members.take("thinking", str), members.need("response", str)
    thoughts: tuple[Part, ...] = (Thinking(thought),) if thought else ()
    return (*thoughts, Text(text)) if text else thoughts, None


def _write_parts(parts: tuple[Part, ...], extra: Extra | None) -> Extra:
    thought = "".join(part.text for part in parts if isinstance(part, Thinking))
    text = "".join(part.text for part in parts if isinstance(part, Text | Refusal))
    return {"response": text} | ({"thinking": thought} if thought else {})
