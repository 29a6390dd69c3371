"""A batch that a vendor runs names in its lines what its own team may name, or does not begin."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.relaying.batch_files import made_among, names_of
from tests.gateway.relaying.vendor import Told, Vendor, answers, line
from tests.gateway.responses.test_going_on import MORE, OPENAI, stranger


class Batching(Vendor):
    """Keeps what is uploaded, and begins every batch."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.contents: dict[str, bytes] = {}

    async def _answer(self, told: Told, writer: asyncio.StreamWriter) -> None:
        await told.whole.wait()
        method, path, _ = told.line.split(" ")
        said: Any = {"id": "batch_1", "object": "batch"}
        if method == "POST" and path.endswith("/files"):
            name = f"file_{len(self.contents)}"
            self.contents[name] = bytes(told.body).split(b"\r\n\r\n")[-1].rpartition(b"\r\n--")[0]
            said = {"id": name, "object": "file"}
        elif path.endswith("/content"):
            content = self.contents[path.split("/")[-2]]
            return await answers(200, content, "application/octet-stream")(told, writer)
        await answers(200, json.dumps(said).encode())(told, writer)


def asks(*parts: dict[str, Any], **more: Any) -> bytes:
    body = {"model": "m", "messages": [{"role": "user", "content": list(parts)}], **more}
    one = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": body}
    return json.dumps(one).encode() + b"\n"


def named(file_id: str) -> dict[str, Any]:
    return {"type": "file", "file": {"file_id": file_id}}


async def test_a_line_names_no_file_of_another_team(tmp_path: Path) -> None:
    vendor = Batching()
    async with line(tmp_path, vendor, more=MORE, kind=OPENAI) as relay:
        other = await stranger(relay)
        vendors = {"x-signalbox-vendor": "v0"}

        async def upload(headers: dict[str, str], content: bytes) -> str:
            form, files = {"purpose": "batch"}, {"file": ("a.jsonl", content)}
            sent = await relay.here.client.post(
                "/v1/files", files=files, data=form, headers=headers | vendors, timeout=20
            )
            return str(sent.json()["id"])

        async def begun(headers: dict[str, str], content: bytes) -> tuple[int, str]:
            order = {"input_file_id": await upload(headers, content), "endpoint": "/v1/chat/completions"}
            order |= {"completion_window": "24h"}
            made = await relay.here.client.post(
                "/v1/batches", json=order, headers=headers | vendors, timeout=20
            )
            return made.status_code, made.text

        secret = await upload(relay.here.headers, b"secret")
        plain = asks({"type": "text", "text": "x"})
        assert await begun(relay.here.headers, plain * 3 + asks(named(secret))) == (
            200,
            '{"id": "batch_1", "object": "batch"}',
        )
        status, text = await begun(other, plain + asks(named(secret)))
        assert (status, json.loads(text)["error"]["code"]) == (404, "not_found")
        assert json.loads(text)["error"]["param"] == "line 2: messages.0.content.0.file.file_id"
        bucket = {"type": "image_url", "image_url": {"url": "gs://bucket/x"}}
        assert (await begun(relay.here.headers, asks(bucket)))[0] == 404
        assert (await begun(other, plain))[0] == 200
        assert [told.line for told in vendor.asked].count("POST /v1/batches HTTP/1.1") == 2
        assert (await begun(relay.here.headers, b"{\n"))[0] == 400


async def pieces(*data: bytes):  # type: ignore[no-untyped-def]
    for each in data:
        yield each


@pytest.mark.parametrize("cut", [0, 10, 150])
async def test_names_are_found_once_wherever_the_file_is_cut(cut: int) -> None:
    one = {"url": "/v1/responses", "body": {"input": "x", "previous_response_id": "resp_1"}}
    data = asks(named("a")) + b"\n" + json.dumps(one).encode() + b"\n" + asks(named("a"))
    found = await names_of(pieces(data[:cut], data[cut:]))
    assert [(name.place, name.id) for name in found] == [
        ("line 1: messages.0.content.0.file.file_id", "a"),
        ("line 3: previous_response_id", "resp_1"),
    ]
    assert made_among(found) == {"a", "resp_1"}
