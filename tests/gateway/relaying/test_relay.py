"""A relayed call goes on where it can, ends when its caller leaves, and never looks whole when it is not."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.relaying.relay import answer_headers
from tests.gateway.relaying.vendor import Vendor, answers, begins, hasty, line, silent

IMAGE = b'{"created": 1, "data": [{"b64_json": "QUJD"}, {"b64_json": "QUJD"}]}'
FORM = "multipart/form-data; boundary=xx"
MODEL = b'--xx\r\ncontent-disposition: form-data; name="model"\r\n\r\n%b\r\n'
FILE = b'--xx\r\ncontent-disposition: form-data; name="image"; filename="a"\r\n\r\n'
END = b"\r\n--xx--\r\n"


async def came(vendor: Vendor, size: int) -> None:
    """Until so much of the first request's body is with the vendor."""
    for _ in range(500):
        if vendor.asked and len(vendor.asked[0].body) >= size:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")


async def test_a_json_body_is_sent_with_the_targets_model(tmp_path: Path) -> None:
    vendor = Vendor(answers(200, IMAGE))
    async with line(tmp_path, vendor) as relay:
        answer = await relay.post("/v1/images/generations", json={"model": "one", "prompt": "x", "n": 2})
        assert (answer.status_code, answer.content) == (200, IMAGE)
        [asked] = vendor.asked
        assert asked.line == "POST /v1/images/generations HTTP/1.1"
        assert bytes(asked.body) == b'{"model":"m","prompt":"x","n":2}'
        [row] = await relay.rows()
        assert (row["model_asked"], row["units"], row["cost_nano"]) == ("one", 2, 80_000_000)
        assert row["attempt_id"] == asked.headers["x-client-request-id"]


@pytest.mark.parametrize("status", [500, 429, 401])
async def test_the_next_target_is_asked_when_one_fails(tmp_path: Path, status: int) -> None:
    vendors = Vendor(answers(status, b'{"error": {"message": "no"}}')), Vendor(answers(200, IMAGE))
    async with line(tmp_path, *vendors) as relay:
        answer = await relay.post("/v1/images/generations", json={"model": "many", "prompt": "x"})
        assert (answer.status_code, answer.headers["x-signalbox-attempts"]) == (200, "2")
        first, second = await relay.rows(2)
        assert (first["status"], first["cost_nano"], second["status"]) == ("error", 0, "ok")


async def test_a_form_is_kept_where_there_is_another_target(tmp_path: Path) -> None:
    vendors = Vendor(answers(503, b"{}")), Vendor(answers(200, IMAGE))
    file = FILE + b"\1" * 2_000_000 + b"\r\n"
    async with line(tmp_path, *vendors) as relay:
        answer = await relay.here.client.post(
            "/v1/images/edits",
            content=file + MODEL % b"many" + END[2:],
            headers={**relay.here.headers, "content-type": FORM},
        )
        assert answer.status_code == 200, answer.text
        sent = [bytes(vendor.asked[0].body) for vendor in vendors]
        assert sent[0] == sent[1] == file + MODEL % b"m" + END[2:]


async def test_a_form_flows_while_it_arrives(tmp_path: Path) -> None:
    vendor = Vendor(answers(200, IMAGE))
    arrived = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield MODEL % b"one" + FILE + b"\1" * 100_000
        await came(vendor, 100_000)
        arrived.set()
        yield END

    async with line(tmp_path, vendor) as relay:
        answer = await relay.here.client.post(
            "/v1/images/edits", content=slowly(), headers={**relay.here.headers, "content-type": FORM}
        )
        assert (answer.status_code, arrived.is_set()) == (200, True)
        assert bytes(vendor.asked[0].body) == MODEL % b"m" + FILE + b"\1" * 100_000 + END


async def test_a_form_that_flowed_goes_nowhere_else(tmp_path: Path) -> None:
    vendor = Vendor(answers(500, b'{"error": {"message": "no"}}'))
    async with line(tmp_path, vendor) as relay:
        answer = await relay.here.client.post(
            "/v1/images/edits",
            content=MODEL % b"one" + FILE + END,
            headers={**relay.here.headers, "content-type": FORM},
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (502, "vendor_failed")


async def test_a_vendor_that_answers_before_the_upload_ends_is_heard(tmp_path: Path) -> None:
    vendor = Vendor(hasty(400, b'{"error": {"message": "too long", "code": "too_long"}}'))

    async def slowly() -> AsyncIterator[bytes]:
        yield MODEL % b"one" + FILE
        await asyncio.sleep(0.3)
        yield END

    async with line(tmp_path, vendor) as relay:
        answer = await relay.here.client.post(
            "/v1/images/edits", content=slowly(), headers={**relay.here.headers, "content-type": FORM}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_long")
        [row] = await relay.rows()
        assert (row["status"], row["http_status"], row["cost_nano"]) == ("error", 400, 0)


async def test_a_vendor_that_refuses_is_heard(tmp_path: Path) -> None:
    said = b'{"error": {"message": "no such size", "code": "bad_size", "param": "size"}}'
    vendors = Vendor(answers(400, said)), Vendor(answers(200, IMAGE))
    async with line(tmp_path, *vendors) as relay:
        answer = await relay.post("/v1/images/generations", json={"model": "many", "prompt": "x"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_size")
        assert vendors[1].asked == []


@pytest.mark.parametrize("body", ["json", "form"])
async def test_a_caller_who_leaves_ends_the_vendors_work(tmp_path: Path, body: str) -> None:
    vendor = Vendor(silent)
    sent: dict[str, Any] = {"json": {"model": "one", "prompt": "x"}}
    headers = {}
    if body == "form":
        sent, headers = {"content": MODEL % b"one" + FILE + END}, {"content-type": FORM}
    async with line(tmp_path, vendor) as relay:
        with pytest.raises(httpx.ReadTimeout):
            await relay.here.client.post(
                "/v1/images/edits", headers={**relay.here.headers, **headers}, timeout=0.4, **sent
            )
        async with asyncio.timeout(5):
            await vendor.asked[0].gone.wait()
        [row] = await relay.rows()
        assert (row["status"], row["units"], row["estimated"]) == ("cancelled", 1, 1)
        metrics = (await relay.here.client.get("/metrics")).text
        assert 'signalbox_requests_total{endpoint="image_edits",model="one",status="499"} 1' in metrics


async def test_a_caller_who_leaves_in_the_middle_of_an_upload_pays_nothing(tmp_path: Path) -> None:
    vendor = Vendor(silent)

    async def half() -> AsyncIterator[bytes]:
        yield MODEL % b"one" + FILE + b"\1" * 100_000
        await came(vendor, 1)
        raise ConnectionError

    async with line(tmp_path, vendor) as relay:
        with pytest.raises(ConnectionError):
            await relay.here.client.post(
                "/v1/images/edits", content=half(), headers={**relay.here.headers, "content-type": FORM}
            )
        async with asyncio.timeout(5):
            await vendor.asked[0].gone.wait()
        [row] = await relay.rows()
        assert (row["status"], row["cost_nano"]) == ("cancelled", 0)


async def test_a_caller_who_leaves_a_stream_is_noticed(tmp_path: Path) -> None:
    vendor = Vendor(begins(b"RIFF", "audio/wav"))
    async with line(tmp_path, vendor) as relay:
        body = {"model": "one", "input": "hello", "voice": "a"}
        async with relay.here.client.stream(
            "POST", "/v1/audio/speech", json=body, headers=relay.here.headers
        ) as answer:
            assert await anext(answer.aiter_raw()) == b"RIFF"
        async with asyncio.timeout(5):
            await vendor.asked[0].gone.wait()
        [row] = await relay.rows()
        assert (row["status"], row["units"], row["unit"]) == ("cancelled", 5, "character")


async def test_sound_that_breaks_off_never_looks_whole(tmp_path: Path) -> None:
    vendor = Vendor(begins(b"RIFF", "audio/wav", then=b"more"))
    async with line(tmp_path, vendor) as relay:
        with pytest.raises(httpx.RemoteProtocolError):
            await relay.post("/v1/audio/speech", json={"model": "one", "input": "hello", "voice": "a"})
        [row] = await relay.rows()
        assert (row["status"], row["error_code"]) == ("cut", "vendor_cut")


async def test_a_stream_of_events_that_breaks_off_says_so(tmp_path: Path) -> None:
    vendor = Vendor(begins(b'data: {"type": "a"}\n\n', "text/event-stream", then=b""))
    async with line(tmp_path, vendor) as relay:
        answer = await relay.post("/v1/audio/speech", json={"model": "one", "input": "x", "voice": "a"})
        assert b'"code":"vendor_cut"' in answer.content.splitlines()[2]


async def test_a_short_answer_that_breaks_off_goes_to_the_next_target(tmp_path: Path) -> None:
    vendors = Vendor(begins(IMAGE[:9], "application/json", then=b"")), Vendor(answers(200, IMAGE))
    async with line(tmp_path, *vendors) as relay:
        answer = await relay.post("/v1/images/generations", json={"model": "many", "prompt": "x"})
        assert (answer.status_code, answer.content) == (200, IMAGE)


async def test_a_long_answer_passes_without_being_held(tmp_path: Path) -> None:
    long = (
        b'{"data": [{"b64_json": "'
        + b"A" * 300_000
        + b'"}], "usage": {"input_tokens": 5, "output_tokens": 9}}'
    )
    vendor = Vendor(answers(200, long))
    async with line(tmp_path, vendor) as relay:
        answer = await relay.post("/v1/images/generations", json={"model": "one", "prompt": "x"})
        assert answer.content == long
        assert "x-signalbox-cost" not in answer.headers
        [row] = await relay.rows()
        assert (row["input_tokens"], row["output_tokens"], row["units"]) == (5, 9, 1)


@pytest.mark.parametrize(
    ("path", "content", "headers", "status", "code"),
    [
        pytest.param("/v1/audio/speech", b"x" * 1_100_000, {}, 413, "request_too_large", id="large"),
        pytest.param(
            "/v1/images/edits",
            MODEL % b"one" + FILE + b"\1" * 21_000_000 + END,
            {"content-type": FORM},
            413,
            "request_too_large",
            id="a large form",
        ),
        pytest.param(
            "/v1/images/edits", FILE + END, {"content-type": FORM}, 404, "model_not_found", id="unnamed"
        ),
        pytest.param(
            "/v1/rerank", b"{", {"content-encoding": "gzip"}, 415, "unsupported_media_type", id="gzip"
        ),
        pytest.param(
            "/v1/images/edits",
            MODEL % b"one" + FILE,
            {"content-type": FORM},
            400,
            "invalid_request",
            id="a form without end",
        ),
    ],
)
async def test_what_is_refused(
    tmp_path: Path, path: str, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    async with line(tmp_path, Vendor(answers(200, IMAGE))) as relay:
        answer = await relay.here.client.post(
            path, content=content, headers={**relay.here.headers, **headers}, timeout=20
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_a_body_that_does_not_go_on_is_given_up(tmp_path: Path) -> None:
    async def stuck() -> AsyncIterator[bytes]:
        yield MODEL % b"one" + FILE
        await asyncio.sleep(5)

    async with line(tmp_path, Vendor(silent)) as relay:
        answer = await relay.here.client.post(
            "/v1/images/edits", content=stuck(), headers={**relay.here.headers, "content-type": FORM}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (408, "request_timeout")


async def test_a_model_without_a_price_is_not_relayed_where_that_is_denied(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(silent), Vendor(silent), more="ledger: { unpriced: deny }") as relay:
        answer = await relay.post("/v1/images/generations", json={"model": "rest", "prompt": "x"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "model_unpriced")


async def test_a_rerank_goes_to_a_vendor_that_has_only_its_twin(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(answers(200, b"{}"))) as relay:
        answer = await relay.post("/v2/rerank", json={"model": "one", "query": "q", "documents": ["a"]})
        assert answer.status_code == 200
        assert relay.vendors[0].asked[0].line.startswith("POST /v1/rerank ")


class Response:
    headers = (
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"set-cookie", b"a=b"),
        (b"connection", b"keep-alive"),
    )


class AtTarget:
    target = "v/ü m"


def test_an_answer_tells_only_what_is_about_itself() -> None:
    headers = answer_headers(AtTarget(), Response())  # type: ignore[arg-type]
    assert headers == [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"x-accel-buffering", b"no"),
        (b"x-signalbox-target", b"v/%C3%BC%20m"),
        (b"x-signalbox-cache", b"bypass"),
    ]
