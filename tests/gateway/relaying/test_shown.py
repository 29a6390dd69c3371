"""A relayed answer passes the guards of answers, and what was masked in its request comes back."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.relaying.vendor import Answer, Told, Vendor, answers, line
from tests.gateway.responses.test_going_on import OPENAI

STOPS = """
guards: { w: { kind: words, words: ["red dragon"], stages: [output] } }
guardrails: [w]
teams: { default: { passthrough: [v0] } }
"""
MASKS = "guardrails: [pii]"
MADE = b'{"id": "file-1", "object": "file", "data": []}'
FORM = {"files": {"file": b"abc"}, "data": {"model": "one"}}
UPLOAD = {"files": {"file": b"abc"}, "data": {"purpose": "batch"}}
RERANK = {"model": "one", "query": "x", "documents": ["a"]}


def echoes(content_type: str, body: str) -> Answer:
    """What it was given for a mail address, in an answer."""

    async def answer(told: Told, writer: asyncio.StreamWriter) -> None:
        await told.whole.wait()
        names = re.findall(rb"<EMAIL_[0-9a-f]+>", bytes(told.body))
        await answers(200, body.replace("@", names[0].decode()).encode(), content_type)(told, writer)

    return answer


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1/images/generations", {"model": "one", "prompt": "ann@acme.com"}),
        ("/v1/moderations", {"model": "one", "input": "ann@acme.com"}),
        ("/v2/rerank", {**RERANK, "documents": ["ann@acme.com"]}),
        ("/v1/vector_stores", {"name": "ann@acme.com"}),
    ],
)
async def test_what_was_masked_comes_back(tmp_path: Path, path: str, asked: dict[str, Any]) -> None:
    said = json.dumps(
        {"id": "x", "data": [{"b64_json": "a" * 80_000, "revised_prompt": "To @."}], "meta": {}}
    )
    kind = OPENAI.replace("openai", "cohere") if "rerank" in path else OPENAI
    async with line(tmp_path, Vendor(echoes("application/json", said)), more=MASKS, kind=kind) as relay:
        answer = await relay.post(path, json=asked)
        assert answer.status_code == 200 and "ann" not in str(relay.vendors[0].asked[0].body)
        assert answer.json()["data"][0]["revised_prompt"] == "To ann@acme.com."
        [row] = await relay.rows()
        assert (row["status"], row["guard"]) == ("ok", "mask")


async def test_what_was_masked_comes_back_in_a_stream(tmp_path: Path) -> None:
    events = [{"type": "image_generation.completed", "b64_json": "aaaa", "revised_prompt": "To @."}]
    said = "".join(f"data: {json.dumps(each, separators=(',', ':'))}\n\n" for each in events)
    vendor = Vendor(echoes("text/event-stream", said))
    async with line(tmp_path, vendor, more=MASKS, kind=OPENAI) as relay:
        asked = {"model": "one", "prompt": "ann@acme.com", "stream": True}
        answer = await relay.post("/v1/images/generations", json=asked)
        assert answer.text == said.replace("@", "ann@acme.com")


@pytest.mark.parametrize("status", [400, 503])
@pytest.mark.parametrize("path", ["/v1/images/generations", "/v1/vector_stores"])
async def test_an_error_is_told_as_its_caller_may_read_it(tmp_path: Path, status: int, path: str) -> None:
    async def answer(told: Told, writer: asyncio.StreamWriter) -> None:
        await told.whole.wait()
        names = re.findall(rb"<EMAIL_[0-9a-f]+>", bytes(told.body))
        said = {"error": {"message": f"no {names[0].decode()}, red dragon", "code": "x"}}
        await answers(status, json.dumps(said).encode())(told, writer)

    more = STOPS.replace("[w]", "[w, pii]")
    async with line(tmp_path, Vendor(answer), more=more, kind=OPENAI) as relay:
        refused = await relay.post(
            path, json={"model": "one", "prompt": "ann@acme.com", "name": "ann@acme.com"}
        )
        assert refused.status_code == status
        assert "no ann@acme.com, [WORD]" in refused.json()["error"]["message"]


def pieces(*deltas: str) -> bytes:
    events = [*({"type": "transcript.text.delta", "delta": each} for each in deltas)]
    events.append({"type": "transcript.text.done", "text": "".join(deltas)})
    return "".join(f"data: {json.dumps(each)}\n\n" for each in events).encode()


@pytest.mark.parametrize(
    ("ways", "content_type", "body"),
    [
        ("media", "application/json", b'{"text": "a RED dragon"}'),
        ("media", "application/json", b"[" + b'"x",' * 30_000 + b'"a red dragon"]'),
        ("media", "text/plain; charset=utf-8", b"a red dragon"),
        ("media", "text/vtt", b"WEBVTT\n\na red dragon"),
        ("media", "application/x-subrip", b"1\na red\ndragon"),
        ("media", "text/event-stream", pieces("a r", "ed dra", "gon")),
        ("media", "text/event-stream", b'data: {"type": "x", "t": "red dragon"}'),
        ("passed", "application/json", b'{"a": {"b": "red dragon"}}'),
        ("kept", "application/json", b'{"id": "file-1", "filename": "red dragon"}'),
        ("content", "application/octet-stream", b'{"body": {"text": "red dr\\u0061gon"}}\n{"a": "b"}'),
        ("content", "application/jsonl", b"no JSON, red dragon"),
    ],
)
async def test_what_is_forbidden_does_not_leave(
    tmp_path: Path, ways: str, content_type: str, body: bytes
) -> None:
    vendor = Vendor(answers(200, MADE), answers(200, body, content_type))
    async with line(tmp_path, vendor, more=STOPS, kind=OPENAI) as relay:
        assert (await relay.post("/v1/files", **UPLOAD)).status_code == 200
        if ways == "media":
            answer = await relay.post("/v1/audio/transcriptions", **FORM)
        else:
            paths = {"passed": "/passthrough/v0/x", "kept": "/v1/files/file-1"}
            answer = await relay.here.get(paths.get(ways, "/v1/files/file-1/content"))
        assert b"dr" not in answer.content.lower()
        row = (await relay.rows(2))[1]
        assert (row["status"], row["guard"]) == ("blocked", "block")
        assert "content_filter" in answer.text


async def test_what_is_found_in_lines_is_counted_once(tmp_path: Path) -> None:
    lines = b'{"a": "red dragon"}\n' * 3 + b'{"a": "b"}\n'
    vendor = Vendor(answers(200, MADE), answers(200, lines, "application/octet-stream"))
    more = STOPS.replace("[output] }", "[output], action: redact }")
    async with line(tmp_path, vendor, more=more, kind=OPENAI) as relay:
        assert (await relay.post("/v1/files", **UPLOAD)).status_code == 200
        answer = await relay.here.get("/v1/files/file-1/content")
        assert answer.content == lines.replace(b"red dragon", b"[WORD]")
        row = (await relay.rows(2))[1]
        told = [step for step in json.loads(row["trail"]) if step[0] == "guard answer"]
        assert told == [["guard answer", "redact", "w", {"WORD": 3}]]
        said = (await relay.here.client.get("/metrics")).text
        assert re.findall(r'signalbox_guard_findings_total\{[^}]*"w"[^}]*\} (\S+)', said) == ["3.0"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("audio/mpeg", b"\xff\xfbred dragon"),
        ("text/plain", "grüß\n".encode()),
        ("application/json", b'{ "text" : "gr\\u00fc\\u00df" }'),
        ("text/event-stream", pieces("a ", "clean", " text") + b"data: [DONE]\n\n"),
        ("application/json", b"not quite JSON"),
        ("application/octet-stream", b'{"a": 1}\n\n\xff\xfe\r\nx'),
    ],
)
async def test_whatever_else_passes_as_it_is(tmp_path: Path, content_type: str, body: bytes) -> None:
    vendor = Vendor(answers(200, MADE), answers(200, body, content_type))
    async with line(tmp_path, vendor, more=STOPS, kind=OPENAI) as relay:
        assert (await relay.post("/v1/files", **UPLOAD)).status_code == 200
        if "octet" in content_type:
            answer = await relay.here.get("/v1/files/file-1/content")
        else:
            answer = await relay.post("/v1/audio/transcriptions", **FORM)
        assert (answer.status_code, answer.content) == (200, body)
        assert (await relay.rows(2))[1]["status"] == "ok"
